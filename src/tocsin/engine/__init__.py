"""The durable loop. It knows what is due only through the `Work` protocol and imports no slice."""
