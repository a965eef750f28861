"""The only place that wires everything: the web process, the engine process, the command line."""
