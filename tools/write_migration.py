"""Write the migration that brings the tables to what the models say.

usage: python tools/write_migration.py NUMBER MESSAGE      (for instance: 0002 "monitor labels")

Until the first release there is only 0001; `0001 initial` writes it anew. Needs no running database: it starts an
embedded one of its own and throws it away.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tocsin.infra.embedded import EmbeddedPostgres
from tocsin.infra.migrate import differences, migrate, write_revision
from tocsin.migrations.metadata import metadata

VERSIONS = Path(__file__).resolve().parent.parent / "src/tocsin/migrations/versions"
FIRST_LINES = """def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE SEQUENCE IF NOT EXISTS contact_ids")
"""


async def write(dsn: str, *, number: str, message: str) -> None:
    if number == "0001":
        for old in VERSIONS.glob("0001_*.py"):
            old.unlink()
    else:
        await migrate(dsn)
    await write_revision(dsn, message=message, number=number)
    if number == "0001":
        new = next(VERSIONS.glob("0001_*.py"))
        new.write_text(new.read_text().replace("def upgrade() -> None:\n", FIRST_LINES, 1))
    await migrate(dsn)
    left = await differences(dsn, metadata)
    print("written; the tables now agree with the models" if not left else f"still different: {left}")


def main() -> None:
    number, message = sys.argv[1], " ".join(sys.argv[2:])
    folder = Path(tempfile.mkdtemp(prefix="tocsin-migration-", dir="/tmp"))
    postgres = EmbeddedPostgres(folder)
    try:
        postgres.start(durable=False)
        asyncio.run(write(postgres.dsn, number=number, message=message))
    finally:
        postgres.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
