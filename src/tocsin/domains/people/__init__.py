"""Users, contacts, notification preferences, teams."""
