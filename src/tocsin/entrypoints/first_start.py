import asyncio
from tocsin.entrypoints.start import begin
from tocsin.infra.migrate import migrate
def main():
    s = begin("first-start")
    asyncio.run(migrate(s.database_url))
    return 0
