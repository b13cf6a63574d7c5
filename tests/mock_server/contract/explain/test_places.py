"""Where something stands."""

from mock_server.contract.documents import OPENAPI
from mock_server.contract.explain.places import describing, in_profile, in_question, of_document, place
from mock_server.contract.operations import operations
from tests.places import APIKLEY, line


def test_a_node_has_its_line() -> None:
    assert line(place(OPENAPI / "family.yaml", "lost")).startswith("lost: ")
    assert line(in_question("first_items", "readings", "both")).startswith("    both: ")


def test_a_place_of_a_document_gets_its_folder() -> None:
    document = f"{APIKLEY}:{7}"
    assert of_document(document) == f"openapi/{document}"


def test_what_a_profile_does_not_say_stands_in_the_one_that_it_extends() -> None:
    assert in_profile("observed", "summary").startswith("openapi/profiles/observed.yaml:")
    assert in_profile("observed", "limits").startswith("openapi/profiles/apikley.yaml:")


def test_an_operation_is_described_by_the_own_document_first() -> None:
    described = {name: describing("classic", operations()[name]).name for name in ("extend", "wav")}
    assert described == {"extend": "classic.openapi.yaml", "wav": "openapi/operations/wav.yaml"}
