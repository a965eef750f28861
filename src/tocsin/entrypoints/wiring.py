"""What each process is made of."""

from tocsin.infra.web import Services
from tocsin.kernel.work import Work


def works(services: Services) -> list[Work]:
    """Everything the engine turns, from all slices."""
    del services
    return []
