"""`tocsin demo`: an empty installation becomes that of a small shop with a month behind it."""

from tocsin.entrypoints.demo.stage import fill as fill
