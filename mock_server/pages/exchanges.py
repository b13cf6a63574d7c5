"""What went over the wire, as a page shows it: bodies with their headers, and what a receiver answered. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.core.text import cut
from mock_server.domain.kept_answer import (
    KeptAnswer,
    lines_of_answer,
    lines_of_headers,
    masked_headers,
    readable,
)
from mock_server.domain.masking import masked_whole
from mock_server.pages.bodies import CHARACTERS_SHOWN, GONE, SAME, Line, lines_of
from mock_server.pages.json_tree import Twig, tree_of
from mock_server.state.journal_entries import Attempted

URL_SHOWN: Final = 4096
"""Characters of a URL that a page has."""
HEADERS_SHOWN: Final = 200
"""Headers that a page has of one request or answer."""
SEEN: Final = HEADERS_SHOWN + 1
"""Headers that are looked at, to know whether there are more."""
LINE_SHOWN: Final = 4096
"""Characters of each, and of a line of an answer."""
BASE64_SHOWN: Final = 16 * 1024
"""Characters of a body in base64 that a page has."""
EXCERPT: Final = 120
"""Characters of an answer's body that a timeline shows by themselves."""
NO_UTF8: Final = "It is no UTF-8. What is none is written as \\xff; the curl sends the bytes as they came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What went over the wire in one attempt, as lines, by its entry's `id`. `answer` is empty where none came, and
    `excerpt` is what it says, in short."""

    id: int
    sent: Sequence[str]
    answer: Sequence[str]
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body with a member per line, and the headers of its request or answer; of a callback, how it differs from that
    of the stage before. `text` is the body as it came; `sent` tells whether it is one that can be sent again."""

    name: str
    lines: Sequence[Line]
    text: str = ""
    head: Sequence[str] = ()
    curl: str | None = None
    note: str = ""
    sent: bool = True

    @property
    def raw(self) -> str:
        """The body as it came, where it is JSON that is shown otherwise."""
        return self.text if self.tree and self.pretty not in ("", self.text) else ""

    @property
    def pretty(self) -> str:
        """The body with a member per line, to be copied, where all of it came and is shown."""
        whole = self.text and not self.note and len(self.text) <= CHARACTERS_SHOWN
        own = [line.text for line in self.lines if line.change != GONE]
        return "\n".join(own) if whole and not own[-1].startswith("... ") else ""

    @property
    def tree(self) -> Sequence[Twig]:
        """The body as a tree, where it is JSON."""
        return tree_of(self.lines)


def answered(answer: KeptAnswer) -> Body:
    """What the mock answered to a request."""
    shown = answer.shown(whole=True)
    head = [f"HTTP {answer.status}", *shown_headers(shown["headers"])]
    text, note = readable_text(shown)
    more = answer.size - len(answer.body)
    note = f"{len(answer.body)} bytes of its body are kept, {more} more were sent." if more else note
    return Body(name="answer", head=head, lines=unchanged(text), text=text, note=note, sent=False)


def readable_text(shown: Mapping[str, Any]) -> tuple[str, str]:
    """A body as it is read, and what there is to say of it."""
    octets = shown["body_base64"]
    text = readable({**shown, "body_base64": octets and octets[:BASE64_SHOWN]})
    more = " Its beginning is shown." if octets and len(octets) > BASE64_SHOWN else ""
    return text, "It has no body." if not text else NO_UTF8 + more if octets else ""


def exchange_of(attempt: Attempted) -> Exchange | None:
    """What went over the wire in an attempt; None where it was not made."""
    if not attempt.sent and attempt.answer is None:
        return None
    sent = [f"POST {cut(masked_whole(attempt.url), URL_SHOWN)}", *shown_headers(masked_headers(attempt.sent))]
    if attempt.answer is None:
        return Exchange(id=attempt.id, sent=sent, answer=[], excerpt="nothing came back")
    shown = attempt.answer.shown(whole=True)
    excerpt = cut(" ".join(readable(shown).split()), EXCERPT) or "without a body"
    answer = [cut(line, LINE_SHOWN) for line in lines_of_answer(shown)]
    return Exchange(id=attempt.id, sent=sent, answer=answer, excerpt=excerpt)


def shown_headers(headers: Sequence[tuple[str, str]]) -> Iterator[str]:
    """One line per header, as far as a page shows them."""
    yield from (cut(line, LINE_SHOWN) for line in lines_of_headers(headers[:HEADERS_SHOWN]))
    if len(headers) > HEADERS_SHOWN:
        yield f"... more than {HEADERS_SHOWN} headers; the entry of the journal has all"


def unchanged(body: str | None) -> Sequence[Line]:
    """The lines of a body that is compared with none."""
    return unchanged_lines(lines_of(body))


def unchanged_lines(lines: Sequence[str]) -> Sequence[Line]:
    return [Line(line, SAME) for line in lines]
