"""What is known of a field of a request, and of a model: the rules and limits that it has. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from mock_server.contract.documents import FIXTURES, OPENAPI, Document
from mock_server.contract.explain.explanation import Explanation, Fact, merged
from mock_server.contract.explain.places import family, in_document, in_family, in_profile, place, profiles
from mock_server.contract.explain.rules import known, listed
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_file
from mock_server.contract.rule_source import models, request_pointer

MODEL_NAME: Final = "model_name in callbacks and polling: {}"
LONGEST: Final = "a track lasts {} seconds at most"
TRACKS = FIXTURES / "tracks.yaml"


def field_names() -> list[str]:
    return list(dict.fromkeys(each.rule.field for each in known()))


def of_field(name: str) -> Explanation:
    """Every rule of the field, on all operations and profiles."""
    uses = dict.fromkeys(each.rule.id.partition(".")[0] for each in known() if each.rule.field == name)
    return Explanation(
        name=name,
        causes=(Fact(f"a field of {', '.join(uses)}"),),
        sections=listed(lambda each: each.rule.field == name),
    )


def model_names() -> list[str]:
    return list(dict.fromkeys([*family().model_names, *(name for each in profiles() for name in each.models)]))


def of_model(name: str) -> Explanation:
    """Every limit that it has, and the facts of the family."""
    offering = [each for each in profiles() if name in each.models]
    offered = {each.source for each in offering}
    facts = [
        *(Fact(f"offered by {each.source}", (offer(each, name),)) for each in offering),
        *_known(name, offering),
        *_source_tracks(name),
    ]
    return Explanation(
        name=name,
        causes=merged(facts),
        sections=listed(lambda each: each.limits and each.profile in offered and each.rule.model in ("", name)),
    )


def _known(name: str, offering: Sequence[Profile]) -> Iterator[Fact]:
    """The internal name and the longest track: of the family's models there, of others where a profile adds them."""
    adding = [] if name in family().model_names else offering
    for facts in [each.family for each in adding] or [family()]:
        for key, text in (("model_names", MODEL_NAME), ("longest", LONGEST)):
            yield Fact(text.format(getattr(facts, key)[name]), (_states(name, key, adding),))


def _states(name: str, key: str, adding: Sequence[Profile]) -> str:
    """The line that states it."""
    return in_profile(adding[0].source, "models", name) if adding else in_family(key, name)


def offer(profile: Profile, model: str) -> str:
    """The line of the profile's document that offers a model, or of the profile, if that adds it."""
    document = Document.read(OPENAPI / profile_file(profile.source)["document"])
    offered = models(document)
    offers = (*request_pointer(operations()[EXTEND]), "properties", "model", "enum")
    own = model not in offered
    return in_profile(profile.source, "models", model) if own else in_document(document, *offers, offered.index(model))


def _source_tracks(model: str) -> list[Fact]:
    tracks = enumerate(Document.read(TRACKS).tree)
    return [
        Fact(f"source track {each['id']}, {each['title']}", (place(TRACKS, index),))
        for index, each in tracks
        if each["model"] == model
    ]
