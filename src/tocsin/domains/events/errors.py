from tocsin.kernel.errors import AppError, NotFound, ValidationError


class UnknownIntegrationKey(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "No alert source has this integration key; copy it again from the alert source's page"
        )


class MissingIntegrationKey(ValidationError):
    def __init__(self) -> None:
        super().__init__("integrationKey: is missing; send it in the body (or apiKey), or in the URL")


class NoOpenAlertWithKey(AppError):
    """Only on the legacy path (§4.3)."""

    status = 400
    code = "NO_OPEN_INCIDENT_WITH_KEY"

    def __init__(self) -> None:
        super().__init__("There is no open alert with this key")


class TooLarge(AppError):
    status = 413
    code = "TOO_LARGE"

    def __init__(self) -> None:
        super().__init__("The event is larger than 1 MiB; send less, for instance fewer logs")
