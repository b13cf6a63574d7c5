"""Asks a target for the credits of a key."""

from contract_tests.documents.published import Published
from contract_tests.target.target import Target


class Credits:
    """Asks each of the family's endpoints for credits, until one tells them."""

    def __init__(self, target: Target, published: Published) -> None:
        self._target = target
        self._paths = published.terms.credits

    def __call__(self) -> float | None:
        """The credits that are left; None where no endpoint tells them."""
        return next((left for path in self._paths if (left := self._told(path)) is not None), None)

    def _told(self, path: str) -> float | None:
        exchange = self._target.get(path)
        left = exchange.record if exchange.code == 200 else None
        return left if isinstance(left, int | float) and not isinstance(left, bool) else None
