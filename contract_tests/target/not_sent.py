"""Why a request to a target was not sent, or tells nothing."""

from contract_tests.target.exchange import Exchange


class NotSent(Exception):
    """The request was not tried; the text says why."""


class Spent(NotSent):
    """The budget has no room for the request."""


class Lenient(NotSent):
    """The target accepted another request that breaks the same rule, so that this one could start a task, too."""


class Silent(NotSent):
    """The target has stopped answering."""


class Busy(NotSent):
    """The target goes on answering 429, however long a request waits; `exchange` is the last answer, if any."""

    def __init__(self, text: str, exchange: Exchange | None = None) -> None:
        super().__init__(text)
        self.exchange = exchange
