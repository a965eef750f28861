"""Pure building blocks. Standard library only: no I/O, no database, no web framework."""
