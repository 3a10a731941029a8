"""The one way a service says no."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a defect
    """A verb refused: what is wrong, where, and what to do next.

    code is stable for machines; message and cure are shown to people; field is the path to the bad input;
    status is the HTTP status an API door uses (409 unless said otherwise).
    """

    def __init__(
        self,
        code: str,
        message: Any,
        *,
        field: str = "",
        cure: Any = "",
        status: int = 409,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        """Keep the parts; translation happens when they are shown."""
        super().__init__(str(code))
        self.code = code
        self.message = message
        self.field = field
        self.cure = cure
        self.status = status
        self.errors = errors or []

    def __str__(self) -> str:
        """Readable in logs and tests."""
        return f"{self.code}: {self.message}"


class NotYours(Refusal):
    """The object does not exist for this principal; doors answer 404 and say nothing more."""

    def __init__(self, what: str = "object") -> None:
        """`what` is only for the log."""
        super().__init__("not_found", f"No such {what}.", status=404)
