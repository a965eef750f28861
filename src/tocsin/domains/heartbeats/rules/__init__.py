"""Pure decisions about heartbeats: schedules, deadlines, signals, noise. No I/O, no clock, no database."""
