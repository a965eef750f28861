"""Alerts: something is wrong and somebody has to act."""
