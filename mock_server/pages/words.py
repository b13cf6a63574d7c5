"""Texts that came from clients, in words that can be read on a page. Pure."""

from itertools import islice
from typing import Final

from mock_server.core.text import LISTED, cut
from mock_server.domain.accounts import AccountRecord
from mock_server.pages.delivered import REASON
from mock_server.state.journal_entries import Requested

RULES_NAMED: Final = 3
"""Broken rules that a row names."""


def titled(title: str) -> str:
    """A title as pages show it: in quotes where it is blank, or begins or ends so that nobody would see it."""
    return title if title == title.strip() else f'"{title}"'


def refusal_of(entry: Requested) -> str:
    """The fields that are wrong in a refused request, each with its rule; without a rule, what the answer said."""
    if not entry.rules:
        return cut(entry.msg.partition(" - ")[2], REASON)
    names = [f"{rule.split('.')[1]} ({rule})" for rule in entry.rules[:RULES_NAMED]]
    more = len(entry.rules) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def queued_of(account: AccountRecord) -> str:
    """The scenarios of the next requests, in order."""
    more = len(account.queued) - LISTED
    names = [*islice(account.queued, LISTED), *([f"{more} more"] if more > 0 else [])]
    return ", ".join([*names, *([f"{account.standing} for all others"] if account.standing else [])])
