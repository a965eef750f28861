"""The timeline of an alert: one log entry for everything that happened to it."""
