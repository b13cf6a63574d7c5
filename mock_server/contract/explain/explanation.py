"""What there is to tell of a name, and its lines of text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Facts = tuple["Fact", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a document says: of an answer, a callback or a rule, as which profile reads it, and `file:line`."""

    profile: str
    about: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds here, and each `file:line` that makes it so."""

    text: str
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}  ({', '.join(self.places)})" if self.places else self.text


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of one kind under a heading."""

    heading: str
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of a name. `commands` provoke it."""

    name: str
    quotes: tuple[Quote, ...] = ()
    causes: Facts = ()
    sections: tuple[Section, ...] = ()
    commands: tuple[str, ...] = ()


def lines(found: Explanation) -> Iterator[str]:
    """The explanation as text."""
    yield found.name
    quotes = [f"{each.profile:8} {each.about:8} {each.text}  ({each.place})" for each in found.quotes]
    yield from _under("The documents:", quotes)
    yield from _under("Here:", found.causes)
    for section in found.sections:
        yield from _under(f"{section.heading}:", section.facts)
    yield from _under("On demand:", found.commands)


def merged(facts: Iterable[Fact]) -> Facts:
    """Each text once, with all of its places."""
    places: dict[str, dict[str, None]] = {}
    for fact in facts:
        places.setdefault(fact.text, {}).update(dict.fromkeys(fact.places))
    return tuple(Fact(text, tuple(found)) for text, found in places.items())


def _under(heading: str, told: Iterable[object]) -> Iterator[str]:
    indented = [f"  {each}" for each in told]
    if indented:
        yield heading
        yield from indented
