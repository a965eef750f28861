"""Heartbeat monitors: a job that should report in does not, so a person hears of it."""
