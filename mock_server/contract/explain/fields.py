"""What is known of a field of a request, and of a model: the rules and limits that it has. Pure."""

from mock_server.contract.documents import FIXTURES, OPENAPI, Document
from mock_server.contract.explain.explanation import Explanation, Fact, merged
from mock_server.contract.explain.places import family, in_document, in_family, place, profiles
from mock_server.contract.explain.rules import known, listed
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_file
from mock_server.contract.rulebook import request_pointer

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
    return list(family().model_names)


def of_model(name: str) -> Explanation:
    """Every limit that it has, and the facts of the family."""
    offering = [each for each in profiles() if name in each.models]
    offered = {each.name for each in offering}
    facts = [
        *(Fact(f"offered by {each.name}", (offer(each, name),)) for each in offering),
        Fact(f"model_name in callbacks and polling: {family().model_names[name]}", (in_family("model_names", name),)),
        Fact(f"a track lasts {family().longest[name]} seconds at most", (in_family("longest", name),)),
        *_source_tracks(name),
    ]
    return Explanation(
        name=name,
        causes=merged(facts),
        sections=listed(lambda each: each.limits and each.profile in offered and each.rule.model in ("", name)),
    )


def offer(profile: Profile, model: str) -> str:
    """The line of the profile's document that offers a model."""
    document = Document.read(OPENAPI / profile_file(profile.name)["document"])
    offers = (*request_pointer(operations()[EXTEND]), "properties", "model", "enum")
    return in_document(document, *offers, profile.models.index(model))


def _source_tracks(model: str) -> list[Fact]:
    tracks = enumerate(Document.read(TRACKS).tree)
    return [
        Fact(f"source track {each['id']}, {each['title']}", (place(TRACKS, index),))
        for index, each in tracks
        if each["model"] == model
    ]
