"""What tests of every kind share: a real PostgreSQL, an owned clock, rows to start from."""
