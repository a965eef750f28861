"""Notifications: a planned message to a person, its delivery and its trace."""
