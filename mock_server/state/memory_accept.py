"""What the store in memory decides on one request: the checks that need the state, in order, then what follows."""

from collections.abc import Callable, Mapping
from typing import Final

from mock_server.core.errors import ApiError, Forced, InsufficientCredits
from mock_server.domain.accounts import Account, Window
from mock_server.domain.proposal import Decision, Opening, Proposal, too_many
from mock_server.state.memory_accounts import Accounts
from mock_server.state.memory_callbacks import OwedCallbacks
from mock_server.state.store import Moment

NOBODY: Final = Account(credits=0)
"""The account of a request that is not counted: none of its checks asks for one."""


class Deciding:
    """One request. What a check takes, a queued scenario or a place in the rate, is taken although a later one refuses;
    the price is paid, and what can be made once is made, when none does."""

    __slots__ = ("_account", "_accounts", "_choice", "_moment", "_owed", "_proposal")

    def __init__(self, proposal: Proposal, accounts: Accounts, owed: OwedCallbacks, moment: Moment) -> None:
        self._proposal = proposal
        self._accounts = accounts
        self._owed = owed
        self._moment = moment
        self._choice = proposal.choice or proposal.scenarios.plain
        self._account = NOBODY if proposal.key is None or proposal.ordinal == 0 else accounts.used(proposal.key)

    def decide(self) -> tuple[Opening | None, Decision]:
        """The task that is started, if one is, and the decision."""
        proposal, account, now = self._proposal, self._account, self._moment.now
        ordinal = proposal.ordinal
        if ordinal is None:
            account.requests += 1
            ordinal = account.requests
        refusal = self._first_refusal() or proposal.refusal
        if refusal is not None:
            return None, Decision(ordinal, now, self._choice, refusal)
        if proposal.made is not None:
            account.make(*proposal.made)
        if proposal.opens is None:
            if ordinal:
                account.pay(proposal.price, None)
            return None, Decision(ordinal, now, self._choice)
        opening = proposal.opens(ordinal, now, self._choice.scenario)
        account.pay(proposal.price, opening.refund_at)
        return opening, Decision(ordinal, now, self._choice, record=opening.record)

    def _first_refusal(self) -> ApiError | None:
        for step in self._proposal.steps:
            refusal = STEPS[step](self)
            if refusal is not None:
                return refusal
        return None

    def take_scenario(self) -> ApiError | None:
        """The scenario that is queued for the key's next request, where the request asks for none."""
        queued = self._account.next_scenario() if self._proposal.choice is None else None
        if queued is not None:
            self._choice = self._proposal.scenarios.choice(queued)
        scenario = self._choice.scenario
        return None if scenario.answer is None else Forced(scenario.answer, scenario.name, self._choice.applied)

    def take_place_in_rate(self) -> ApiError | None:
        """Count the request against the account's rate."""
        return self._past_limit(self._account.window, "the account")

    def take_poll(self) -> ApiError | None:
        """Count a query of a task."""
        return self._past_limit(self._accounts.polls(self._proposal.polled), "the task")

    def refuse_second_time(self) -> ApiError | None:
        """Refuse what the key has made before, where it can be made once."""
        made = self._proposal.made
        return self._proposal.made_already if made is not None and made in self._account.made else None

    def refuse_without_room(self) -> ApiError | None:
        """Refuse when no more callbacks can be owed."""
        crowded = self._owed.crowded(self._proposal.receiver, self._moment.now)
        return None if crowded is None else crowded.refusal(frozen=self._moment.frozen)

    def refuse_without_credits(self) -> ApiError | None:
        """Refuse when the account cannot pay."""
        balance, price = self._account.balance(self._moment.now), self._proposal.price
        return InsufficientCredits(balance, price) if balance < price else None

    def _past_limit(self, window: Window, whose: str) -> ApiError | None:
        limit = self._proposal.limit
        wait = None if limit is None else window.take_slot(self._moment.now, limit)
        return None if limit is None or wait is None else too_many(limit, wait, whose, frozen=self._moment.frozen)


STEPS: Final[Mapping[str, Callable[[Deciding], ApiError | None]]] = {
    "scenario": Deciding.take_scenario,
    "rate": Deciding.take_place_in_rate,
    "poll": Deciding.take_poll,
    "once": Deciding.refuse_second_time,
    "room": Deciding.refuse_without_room,
    "credits": Deciding.refuse_without_credits,
}
"""The checks that a store decides, by their names in `openapi/checks.yaml`."""
