"""Heartbeat monitors: a job that should report in does not, so a person hears of it.

A ping is on disk before it is answered (`ingest`). The engine looks at monitors whose `check_at` has passed (`jobs`)
and hands ALERT and RESOLVE events to the monitor's alert source; nothing else in the product knows heartbeats.
Time in which we could not receive pings never counts against a monitor (`liveness`, `rules.gaps`).
"""
