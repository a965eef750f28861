"""Notifications: a planned message to a person, its delivery and its trace.

Always holds: a notification commits together with what caused it; before each try its attempt is written and
committed; right before sending it is checked again that the alert still needs it; whatever becomes of it, the
row and the alert's timeline say so.
"""
