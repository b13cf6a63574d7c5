"""What an extension asks for."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.extend import asked as asked_for
from tests.builders import SOURCE, request, task


def test_a_custom_extension_is_what_it_says() -> None:
    asked = asked_for(request(title="T", style="S", prompt="P", continueAt=60), SOURCE)
    assert (asked.title, asked.style, asked.prompt, asked.starts) == ("T", "S", "P", 60)


@given(st.fixed_dictionaries({}, optional={name: st.text() for name in ("title", "style", "prompt")}))
def test_another_extension_inherits_everything(ignored: dict[str, str]) -> None:
    asked = asked_for({"defaultParamFlag": False, "model": "V4", **ignored}, SOURCE)
    assert (asked.title, asked.style, asked.prompt) == (SOURCE.title, SOURCE.style, SOURCE.prompt)
    assert asked.starts == SOURCE.duration


def test_an_extension_is_of_the_model_asked_for() -> None:
    assert task(model="V5").request.model == "V5"
