"""Members of which a recording shows that they make no difference."""

from array import array
from collections.abc import Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.without_effect import without_effect

Asked = Mapping[str, str]
ASKED = st.dictionaries(st.sampled_from(["model", "title", "style", "id"]), st.sampled_from(['"x"', '"y"', "1", "2"]))
FREE = "id"
"""Its value is compared by its kind alone."""


def numbered(known: list[tuple[Asked, int]]) -> frozenset[str]:
    members = [*dict.fromkeys(each for asked, _ in known for each in asked.items())]
    kinds = [value[:1] for _, value in members]
    every = [*dict.fromkeys([*members, *((name, kind) for (name, _), kind in zip(members, kinds, strict=True))])]
    told = [(array("L", [members.index(each) for each in asked.items()]), (200, code)) for asked, code in known]
    compared = [every.index((name, value[:1]) if name == FREE else (name, value)) for name, value in members]
    return without_effect(told, members, compared, kinds, never={FREE})


def compared(asked: Asked, but: str) -> Asked:
    return {name: value[:1] if name in (FREE, but) else value for name, value in asked.items()}


def shown(known: list[tuple[Asked, int]]) -> Iterator[str]:
    """Every pair of requests, looked at one by one."""
    for name in ("model", "title", "style"):
        alike = [
            (one[name] != other[name], code == other_code)
            for one, code in known
            for other, other_code in known
            if name in one and name in other and compared(one, name) == compared(other, name)
        ]
        if any(differs for differs, _ in alike) and all(same for _, same in alike):
            yield name


@given(st.lists(st.tuples(ASKED, st.sampled_from([200, 422])), max_size=20))
def test_there_are_several_values_beside_the_same_others_and_one_outcome(known: list[tuple[Asked, int]]) -> None:
    assert numbered(known) == {*shown(known)}
