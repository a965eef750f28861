"""Escalation policies, and the durable state of each alert's escalation."""
