"""Memory of an idle installation without PostgreSQL, and how long a start takes.

usage: python bench/memory.py
"""

import time

from installation import Running, installation, row


def main() -> None:
    began = time.monotonic()
    with installation() as running:
        row("first start: ready after", time.monotonic() - began, "s", target=3, at_most=True)
        time.sleep(10)
        _memory(running)
        row("later start: ready after", running.restart(), "s", target=2, at_most=True)
        time.sleep(10)
        _memory(running)


def _memory(running: Running) -> None:
    parts = {name: running.resident_mib(name) for name in ("up", "web", "engine")}
    detail = ", ".join(f"{name} {value:.0f}" for name, value in parts.items())
    row("memory when idle, without PostgreSQL", sum(parts.values()), "MiB", target=200, at_most=True)
    print(f"  of which {detail} (pages shared between them are counted twice)")


if __name__ == "__main__":
    main()
