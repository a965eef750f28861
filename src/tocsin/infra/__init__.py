"""What touches the outside, once: database, mail, HTTP, settings, logs, metrics."""
