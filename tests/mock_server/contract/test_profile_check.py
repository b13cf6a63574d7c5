"""What is said of a profile that cannot be served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import MockServer, Settings, create_app
from mock_server.contract.documents import OPENAPI, load, load_head
from mock_server.contract.operation_files import FOLDER
from mock_server.contract.profile_check import check, problems
from mock_server.contract.profile_files import profile_names
from mock_server.contract.profile_schema import schema
from mock_server.contract.questions import Register
from mock_server.core.errors import BadSetting
from mock_server.core.setting_kinds import MODEL, MODELS_ARE
from tests.mock_server.contract.test_profile_files import written

OF_FILES = [*FOLDER.glob("*.yaml")]
SERVED = "serves: [extend]\ndocument: apikley.openapi.yaml\ncallback_document: apikley.openapi.yaml"
SCHEMA_TREE = schema()


def said(folder: Path, text: str, extends: str = "apikley") -> list[str]:
    """What is wrong, without the name of the file."""
    path = written(folder, f"format: 1\nextends: {extends}\n{text}")
    return [str(each).replace(path, "mine") for each in problems(path)]


@pytest.mark.parametrize("name", profile_names())
def test_our_profiles_can_be_served(name: str) -> None:
    assert problems(name) == []
    first = (OPENAPI / "profiles" / f"{name}.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../profile.schema.json"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "limits: {extend: [{models: [V5], if: {$ref: 'http://127.0.0.1:9/x'}, characters: {title: 5}}]}",
            "limits.extend.0.if has $ref. Allowed: a JSON Schema without references.",
        ),
        (
            "uploads: {stream: /__admin/a, base64: /b, url: /c, days: 1}",
            "uploads.stream is /__admin/a, that of the mock itself. Allowed: a path of its own.",
        ),
        (
            "uploads: {stream: /a, base64: /a, url: /c, days: 1}",
            "uploads.base64 is /a, that of uploads.stream. Allowed: a path of its own.",
        ),
        (
            "uploads: {stream: /api/v1/generate, base64: /a, url: /c, days: 1}",
            "uploads.stream is /api/v1/generate, that of generate. Allowed: a path of its own.",
        ),
        (
            "media_path: /__admin/a",
            "media_path is /__admin/a, which is the mock's own. Allowed: a path that does not begin with /__admin or ",
        ),
        ("operation_files: [V5]", "operation_files: V5: it cannot be read: "),
        ("pikcs: {}", "pikcs is unknown. Nearest: picks. Allowed: format, summary, extends, "),
        ("picks: {first_itmes: both}", "picks.first_itmes is unknown. Nearest: first_items. Allowed: refusal_status, "),
        ("picks: {first_items: bth}", "picks.first_items is 'bth'. Nearest: both. Allowed: one, both."),
        ("tracks_per_task: two", 'tracks_per_task is "two". Allowed: a whole number from 1 to 100.'),
        ("stages: {frist: {at: 3}}", "stages.frist is unknown. Nearest: first. Allowed: text, first, complete."),
        ("stages: {first: {at: 3}}", "stages.first.at is 3. Allowed: 30 or more, that of the stage before."),
        ("stages: {complete: {skipped: 0.5}}", "stages.complete.skipped is not 0. Allowed: 0, since it ends a task."),
        ("stages: {first: {at: [1, 2]}}", "stages.first.at is [1, 2]. Allowed: 30 or more, that of the stage before."),
        (
            "stages: {first: {at: {2: 3}}}",
            'stages.first.at is {"2": 3}. Allowed: seconds after the answer ',
        ),
        ("texts: {lenght: Long.}", "texts.lenght is unknown. Nearest: length. Allowed: the id of a rule, "),
        (
            "order: [extend.title.lenght]",
            "order.0 is 'extend.title.lenght', and there is no such rule. Nearest: extend.",
        ),
        (
            "order: [extend.continueAt.end]",
            "order.0 is 'extend.continueAt.end', which needs more than a body: `checks` ",
        ),
        ("texts: {extend.title.lenght: Long.}", "texts.extend.title.lenght is unknown. Nearest: extend.title.length. "),
        ("models: {V4: {limits: {extend: {promt: 5}}}}", "models.V4.limits.extend.promt is unknown. Nearest: prompt. "),
        (
            "limits: {generate: [{models: [V4], characters: {tilte: 5}}]}",
            "limits.generate.0.characters.tilte is unknown. Nearest: title. Allowed: ",
        ),
        (
            "limits: {record-info: [{models: [V4], characters: {taskId: 5}}]}",
            "limits.record-info.0.characters.taskId is unknown. Allowed: none, since record-info has no body.",
        ),
        ("tracks: [{id: a, model: V4}]", "tracks.0.duration is missing. Allowed: seconds, above 0."),
        ("personas: [5]", "personas.0 is 5. Allowed: personaIds that exist from the start"),
        ("personas_exclude: [V9]", "personas_exclude.0 is 'V9', no model of the profile. Allowed: V4, "),
        ("stages: {text: {at: [60, 20]}}", "stages.text.at is [60, 20]. Allowed: the least first, [20.0, 60.0]."),
        ("stages: {text: {at: {0: 60, 1: 20}}}", "stages.text.at is {0: 60, 1: 20}. Allowed: the least first, "),
        ("answers: {members: {code: 1}}", "answers.members.code is unknown. Allowed: a name of a member beside code, "),
        (
            "answers: {headers: {Content-Length: '5'}}",
            "answers.headers.Content-Length is a header that the mock writes. ",
        ),
        ("answers: {latency: [3, 1]}", "answers.latency is [3, 1]. Allowed: the least first, [1.0, 3.0]."),
        (
            "answers: {statuses: {402: 204}}",
            "answers.statuses.402 is 204. Allowed: a status of HTTP from 200 to 599 tha",
        ),
        ("track_members: {callbacks: {frist: {}}}", "track_members.callbacks.frist is unknown. Nearest: first. Allow"),
        ("ids: {task: task}", 'ids.task is "task". Allowed: the id of a task, such as task_{id}; {id} is 32 digits.'),
        ("refunds: al", 'refunds is "al". Nearest: all. Allowed: some, all or none: the failures that give the price'),
        ("refusals: {rate: 200}", "refusals.rate is 200, which says that a request is accepted. Allowed: any other "),
        (
            "picks: {first_items: one}\npicks: {text_items: none}",
            "picks is there twice, first on line 3. Allowed: each",
        ),
        ("codes: {402: Pay., '402': No.}", "codes.402 is there twice, first on line 3. Allowed: each key once."),
        ("checks: [body]", "checks: body comes before key, scenario, whose findings it needs. Allowed: key, "),
        ("tells: frist", 'tells is "frist". Nearest: first. Allowed: all or first: which of the rules'),
        ("texts: {length: '{size}'}", 'texts.length is "{size}". Allowed: a text that may have {field}, {value}, '),
        ("tracks: [{id: a, model: V9, duration: 5}]", "tracks.0.model is 'V9', no model of the profile. Allowed: V4, "),
        (
            "serves: [extned]",
            "serves.0 is 'extned', no operation. Nearest: extend. Allowed: extend, generate, persona, ",
        ),
        ("poll_limit: {seconds: 2024-01-01}", 'poll_limit.seconds is "the date datetime.date(2024, 1, 1)". Allowed: '),
        ("retention_days: .inf", 'retention_days is "the float inf". Allowed: days that media are kept, from 0 on.'),
        ("callbacks: {signature: {header: X}}", "callbacks.signature.signs is missing. Allowed: header, signs, key "),
        ("refusals: {rate: 430}", "refusals.rate is 430, which has no text. Allowed: 200, 401, 402, 404, 409, "),
        ("codes: {422: null}", "refusals.invalid is 422, which has no text. Allowed: 200, 401, 402, 404, 409, 429, "),
        (
            "models: {V6: {liek: V5}}",
            "models.V6.liek is unknown. Nearest: like. Allowed: like, as, name, longest, limits.",
        ),
        ("models: {V6: {like: V9}}", "models.V6.like is 'V9', no model of the profile. Allowed: V4, V4_5, "),
        ("models: {V6: {like: V5, as: V5}}", "models.V6 has both like and as. Allowed: one of them."),
        ("models: {V6: {like: V6}}", "models.V6 is like itself, by way of others. Allowed: "),
        ("models: {V6: {like: V5}, 'V 7': {}}", "models.V 7 is unknown. Allowed: letters, digits, dots, "),
        (
            "models: {V6: {name: chirp, longest: 5}}",
            "models.V6 has no limit of prompt for extend. Allowed: a number in ",
        ),
        (
            "models: {V6: {name: a}}",
            "models.V6.longest is missing. Allowed: longest, or `like:` a ",
        ),
        ("unknown_model: V9", "unknown_model is 'V9', no model of the profile. Allowed: V4, V4_5, "),
        (
            "models: {V4: null, V4_5: null, V4_5PLUS: null, V4_5ALL: null, V5: null}",
            "models: every model is taken away. ",
        ),
        (
            "operations: {wav: {path: /api/v1/generate}}",
            "operations.wav.path is /api/v1/generate, that of generate too.",
        ),
        ("limits: {extend: [{models: [V9], characters: {}}]}", "limits.extend is 'V9', no model of the profile. "),
        (
            "limits: {extend: [{models: [V5], characters: {title: 3}, when: {first_items: bth}}]}",
            "limits.extend: first_items=bth is no reading. Nearest: first_items. `suno-mock questions` lists them.",
        ),
        (
            "limits: {extend: [{models: [V5], characters: {title: 3}, quote: not there}]}",
            "the rules of extend cannot be read: ",
        ),
        (
            "document: nothing.yaml",
            "document is 'nothing.yaml', and no such file is there. Allowed: admin.openapi.yaml, ",
        ),
        (
            "document: admin.openapi.yaml",
            "document: admin.openapi.yaml does not describe POST /api/v1/generate/extend ",
        ),
        (
            "serves: [wav]\nmodels: {V6: {like: V5}}\ndocument: mine.yaml",
            "does not describe POST /api/v1/generate/extend",
        ),
        ("document: mine.yaml", "does not describe POST /api/v1/generate/extend with its models: 'paths'."),
        ("callback_document: mine.yaml", " does not describe POST /api/v1/generate/extend with its models: "),
        ("codes: {40: a}", "codes.40 is unknown. Allowed: a code of three digits, such as 402."),
        ("picks: {v4_5all_title: 80}", 'v4_5all_title is 80. Allowed: one of 80, 100; in quotes, "80", since YAML '),
        ("picks: {first_items: 5}", "picks.first_items is 5. Allowed: one of one, both."),
        ("picks: {error_data: null}", "picks.error_data is missing. Allowed: absent, null in quotes."),
        (
            "rate_limit: {seconds: 5}",
            "rate_limit.requests is missing. Allowed: requests, seconds together, here ",
        ),
        (
            "readings: {unknown: {}, refusal_status: {mine: {says: a}}}",
            "readings.unknown is unknown. ",
        ),
        ("readings: {refusal_status: {mine: {says: a}}}", "readings.refusal_status.mine.value is missing. Allowed: "),
        (
            "readings: {refusal_status: {mine: {says: a, value: 204}}}",
            "readings.refusal_status.mine.value is 204, a status without a body. Allowed: one that an answer can have.",
        ),
        ("refusals: {invalid: 101}\ncodes: {101: a}", "refusals.invalid is 101, a status without a body. "),
        ("codes: {205: a}", "codes.205 is 205, a status without a body. "),
        ("persona_window: [30, 10]", "persona_window is [30, 10]. Allowed: the least first, [10, 30]."),
        ("operations: {extend: {lasts: [120, 30]}}", "operations.extend.lasts is [120, 30]. Allowed: the least first"),
        (
            "readings: {received_statuses: {mine: {says: a, value: [300, 200]}}}",
            "readings.received_statuses.mine.value is [300, 200]. Allowed: the least first, [200, 300].",
        ),
        (
            "callbacks: {headers: {Host: evil}}",
            "callbacks.headers.Host: the header Host is that of every callback already. Allowed: each header once",
        ),
        (
            "callbacks: {headers: {X-A: b}, signature: {header: x-a, signs: a, key: b}}",
            "callbacks.signature.header: the header x-a is that of callbacks.headers.X-A already. ",
        ),
        (
            "base_path: /__admin\noperations: {extend: {path: /health}}",
            "operations.extend.path is /__admin/health with base_path, which is the mock's own. Allowed: a path ",
        ),
        (
            "tracks: [{id: a, model: V5, duration: 5}, {id: a, model: V5, duration: 5}]",
            "tracks.1.id is 'a', that of a track before. Allowed: each id once.",
        ),
        (
            "tracks: [{id: mock-429, model: V5, duration: 5}]",
            "tracks.0.id is 'mock-429', which asks for a scenario. Allowed: an id that does not begin with mock-.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_is_allowed(tmp_path: Path, text: str, wrong: str) -> None:
    found = said(tmp_path, text)
    assert any(wrong in each for each in found)
    assert all(each.startswith(("mine:", "openapi/")) for each in found)


def test_a_line_of_a_base_is_told_with_its_own_file(tmp_path: Path) -> None:
    base = written(tmp_path, "format: 1\nextends: apikley\n\npicks: {first_items: bth}", "base.yaml")
    (found,) = problems(written(tmp_path, f"format: 1\nextends: {base}"))
    assert (str(found.place.path), found.place.line) == (base, 4)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("extends: apikley", "format is missing. Allowed: 1, as the line `format: 1`."),
        (
            "format: 2",
            "format is 2, that of a later suno-mock: use it, or write the form that this one reads. Allowed: 1.",
        ),
        ("format: one", 'format is "one". Allowed: 1.'),
        ("format: 1", "document is missing. Allowed: admin.openapi.yaml, "),
        ("format: 1", "callback_document is missing. Allowed: "),
        ("format: 1", "serves is missing. Allowed: a list of extend, generate, "),
        (
            "format: 1\nserves: [extend]\ndocument: apikley.openapi.yaml\ncallback_document: apikley.openapi.yaml",
            "picks.refusal_status is missing. Allowed: envelope, mirror.",
        ),
    ],
)
def test_a_profile_that_extends_none_says_everything(tmp_path: Path, text: str, wrong: str) -> None:
    assert any(wrong in str(each) for each in problems(written(tmp_path, text)))


def test_a_profile_needs_not_serve_extend(tmp_path: Path) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\nserves: [generate, record-info]")
    check(path)
    check("apikley")
    with MockServer(profile=path) as mock:
        assert httpx.post(f"{mock.url}/api/v1/generate/extend", headers=mock.headers).status_code == 404


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("stages:\n  first:\n    at: [0, 400]", 5, "stages.complete.at is 180. Allowed: 200 or more, that of the sta"),
        ("codes: {400: A.}\nrefusals: {rate: 400}\ncodes: {400: null}", 5, "codes is there twice"),
        ("codes:\n  429: null", 4, "refusals.rate is 429, which has no text."),
        ("operations:\n  generate: {path: /api/v1/generate/extend}", 4, "operations.generate.path is /api/v1/generat"),
        ("base_path: /__admin", 3, "operations.extend.path is /__admin/api/v1/generate/extend with base_path, which"),
        ("models:\n  V9: {like: V4}\n  V4: null", 4, "models.V9.like is 'V4', no model of the profile."),
        ("callback_document: own.yaml", 3, "callback_document: "),
    ],
)
def test_a_problem_is_where_the_users_own_line_makes_it(tmp_path: Path, text: str, line: int, wrong: str) -> None:
    before, enum, after = (OPENAPI / "apikley.openapi.yaml").read_text("utf-8").rpartition("- **501**")
    written(tmp_path, f"{before}- **5O1**{after}" if enum else "", "own.yaml")
    assert said(tmp_path, text)[0].startswith(f"mine:{line}: {wrong}")


def test_a_profile_that_cannot_be_served_is_not_served(tmp_path: Path) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\npikcs: {}\nmodels: 5")
    with pytest.raises(BadSetting) as refused:
        create_app(Settings(profile=path))
    assert str(refused.value).endswith(f" 1 more: suno-mock profiles check {path}")
    with pytest.raises(BadSetting, match=r"format is missing. Allowed: 1, as the line `format: 1`\.$"):
        check(written(tmp_path, "extends: apikley"))


def test_the_schema_has_what_the_other_files_have() -> None:
    known = SCHEMA_TREE["properties"]
    assert known["models"]["propertyNames"] == {"pattern": MODEL, "description": MODELS_ARE}
    questions = Register.read().questions
    assert {name: each["anyOf"][0]["enum"] for name, each in known["picks"]["properties"].items()} == {
        name: list(question.readings) for name, question in questions.items()
    }
    assert set(known["readings"]["properties"]) <= set(questions)
    members = {key for each in OF_FILES for key in load_head(each)["operations"][each.stem]}
    assert members <= set(known["operations"]["additionalProperties"]["properties"])
    family = load(OPENAPI / "family.yaml")
    assert set(family) - {"model_names", "longest"} <= set(known)
    assert set(known["refusals"]["properties"]) == set(family["refusals"])


@pytest.mark.parametrize("text", ["a: [", "a: &a {b: *a}"])
@pytest.mark.parametrize(("key", "needs"), [("document", "POST"), ("callback_document", "")])
def test_a_document_that_is_no_yaml_is_told(tmp_path: Path, text: str, key: str, needs: str) -> None:
    written(tmp_path, text, "broken.yaml")
    found = said(tmp_path, f"{key}: broken.yaml")
    assert f"{key}: " in found[0]
    assert f"does not describe {needs}" in found[0]


@pytest.mark.parametrize(
    "text", ["rate_limit: null", "callbacks: {signature: null}", "texts: {length: null}", "tracks: null"]
)
def test_null_takes_away_what_a_base_says(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text, "kie") == []


def test_a_part_of_what_a_base_says_can_be_said_otherwise(tmp_path: Path) -> None:
    assert said(tmp_path, "callbacks: {signature: {key: other}}\nrate_limit: {seconds: 5}", "kie") == []


def test_what_a_name_has_to_be_is_told_in_words() -> None:
    def named(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            yield from [node["propertyNames"]] if "propertyNames" in node else []
            for each in node.values():
                yield from named(each)

    assert [each for each in named(SCHEMA_TREE) if not each.keys() & {"enum", "description"}] == []


@pytest.mark.parametrize("line", ["title: Audio", "x-of-ours: Audio", "pattern: a"])
def test_a_documents_annotations_are_passed_over(tmp_path: Path, line: str) -> None:
    before, field, after = (OPENAPI / "apikley.openapi.yaml").read_text("utf-8").partition("                audioId:\n")
    written(tmp_path, f"{before}{field}                  {line}\n{after}", "own.yaml")
    place = f"own.yaml:{before.count(chr(10)) + 2}"
    found = said(tmp_path, "document: own.yaml")
    wrong = f"the rules of extend cannot be read: {place}: pattern of audioId is not read. Allowed: type, enum, "
    assert [wrong in each for each in found] == ([True] if line == "pattern: a" else [])


def test_words_of_what_a_base_serves_are_no_fault_where_it_is_not_served(tmp_path: Path) -> None:
    assert said(tmp_path, "serves: [extend, record-info]", extends="kie") == []
    assert said(tmp_path, "texts: {generate.modle.required: None}", extends="kie") != []
