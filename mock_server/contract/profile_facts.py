"""What a client can tell of a profile, in words, by subject. Pure.

`profile_diff` compares the facts of some profiles, and tells by its key alone what no fact tells.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mock_server.contract.body_validator import MEASURES, Rule
from mock_server.contract.documents import Pointer
from mock_server.contract.family import Signature
from mock_server.contract.profile_lengths import lengths, quotes
from mock_server.contract.profile_sides import Fact, Facts, Side, holding, plain
from mock_server.core.settings import RateLimit

APART: Final = (".length", ".model.enum")
"""The last part of the ids of rules that have a heading of their own."""
TELLS: Final = {"all": "each is told", "first": "the first alone is told"}


def _documents(side: Side) -> Facts:
    evidence = () if side.one_document else tuple(quotes(side.tree))
    return {
        "of requests": Fact(side.tree["document"], (("document",), *evidence)),
        "of callbacks": Fact(side.tree["callback_document"], (("callback_document",),)),
    }


def _paths(side: Side) -> Facts:
    return {
        name: Fact(f"{each.method} {each.path}", tuple(_of_path(side, name)))
        for name, each in side.edition.profile.operations.items()
    }


def _of_path(side: Side, name: str) -> Iterator[Pointer]:
    """All of an endpoint that only some profiles have."""
    yield from (("serves", name), ("base_path",), ("operations", name, "method"), ("operations", name, "path"))
    if name not in side.shared:
        yield from (("operations", name), ("limits", name))


def _models(side: Side) -> Facts:
    return {model: Fact(_model(side, model), tuple(_of_model(side, model))) for model in side.edition.profile.models}


def _model(side: Side, model: str) -> str:
    family = side.edition.family
    return f"{family.model_names[model]}, at most {plain(family.longest[model])} s"


def _of_model(side: Side, model: str) -> Iterator[Pointer]:
    """All of a model that only some profiles have."""
    own = side.tree.get("models", {}).get(model, {})
    yield ("models", model, "name") if "name" in own else ("model_names", model)
    yield ("models", model, "longest") if "longest" in own else ("longest", model)
    if model not in side.shared:
        yield ("models", model)
        yield from (("limits", operation, model) for operation in side.edition.profile.every)


def _rules(side: Side) -> Facts:
    told = [each for each in holding(side) if not each.id.endswith(APART)]
    unit = MEASURES[side.edition.readings.string_length][1]
    found = {rule.id: Fact(rule.allowed.replace("{unit}", unit), tuple(_of_property(side, rule))) for rule in told}
    for name in side.posts:
        for id, entry in side.edition.profile.operations[name].rules.items():
            found[f"{id}, as JSON Schema"] = Fact(_in_full(entry), (("operations", name, "rules", id),))
    return found


def _of_property(side: Side, rule: Rule) -> Iterator[Pointer]:
    """What a profile says itself of the property that a rule is about."""
    operation = side.edition.profile.operations[rule.id.partition(".")[0]]
    if rule.field in operation.properties:
        yield ("operations", operation.name, "properties", rule.field)


def _in_full(entry: Mapping[str, Any] | None) -> str:
    """A rule of a profile's own, and under which readings it holds."""
    if entry is None:
        return "none"
    readings = [f"{question}={reading}" for question, reading in entry.get("when", {}).items()]
    schema = json.dumps(entry["schema"], ensure_ascii=False) if "schema" in entry else "as documented"
    return schema + (f", with {' '.join(readings)}" if readings else "")


def _refusals(side: Side) -> Facts:
    family = side.edition.family
    codes = {kind: Fact(f"code {code}", (("refusals", kind),)) for kind, code in family.refusals.items()}
    order = ", ".join(family.checks) or "none before the others"
    return {
        **codes,
        "of several broken rules": Fact(TELLS[family.tells], (("tells",),)),
        "rules that are told first": Fact(", ".join(family.order) or "as documented", (("order",),)),
        "what is looked at first": Fact(order, (("checks",),)),
    }


def _words(side: Side) -> Facts:
    return {name: Fact(text, (("texts", name),)) for name, text in side.edition.family.texts.items()}


def _codes(side: Side) -> Facts:
    return {f"{code}": Fact(text, (("codes", code),)) for code, text in side.edition.profile.codes.items()}


def _callback_codes(side: Side) -> Facts:
    codes = side.edition.profile.callback_codes
    return {f"{code}": Fact(text, (("callback_codes", code),)) for code, text in codes.items()}


def _stages(side: Side) -> Facts:
    found = {name: Fact(_stage(stage), (("stages", name),)) for name, stage in side.tree["stages"].items()}
    return {
        **found,
        "before any stage": Fact(f"{side.edition.family.pending} in polling", (("pending",),)),
        "the last callback is lost": Fact(f"{side.edition.family.lost} in polling", (("lost",),)),
    }


def _stage(stage: Mapping[str, Any]) -> str:
    skipped = f", left out by {plain(stage['skipped'])} of 1 tasks" if stage.get("skipped") else ""
    return f"{stage['msg']!r} after {_after(stage['at'])}, {stage['status']} in polling{skipped}"


def _after(at: Any) -> str:
    """When a stage comes: after seconds, in a range of them, or by likelihood."""
    if isinstance(at, list):
        return f"{plain(at[0])} to {plain(at[1])} s"
    if isinstance(at, Mapping):
        return ", ".join(f"{plain(seconds)} s with {plain(float(likelihood))}" for likelihood, seconds in at.items())
    return f"{plain(at)} s"


def _headers(side: Side) -> Facts:
    form = side.edition.family.callbacks
    headers = {name: Fact(text, (("callbacks", "headers", name),)) for name, text in form.headers}
    return {**headers, **(_signature(form.signature) if form.signature else {})}


def _signature(signature: Signature) -> Facts:
    told = ("header", "signs", "algorithm", "encoding", "prefix")
    how = f"HMAC-{signature.algorithm.upper()} of {signature.signs} in {signature.encoding}"
    before = f", behind {signature.prefix!r}" if signature.prefix else ""
    signed = Fact(f"{signature.header}, {how}{before}", tuple(("callbacks", "signature", key) for key in told))
    at = Fact(signature.timestamp_header or "in no header", (("callbacks", "signature", "timestamp_header"),))
    key = Fact(signature.key, (("callbacks", "signature", "key"),))
    return {"signature": signed, "time of the signature": at, "key of the signature": key}


def _readings(side: Side) -> Facts:
    edition = side.edition
    return {
        name: Fact(
            edition.questions[name].readings[reading].says, (("picks", name), ("readings", name, reading, "says"))
        )
        for name, reading in edition.names.items()
    }


def _numbers(side: Side) -> Facts:
    family, operations = side.edition.family, side.edition.profile.operations
    prices = {
        f"price of {name}": Fact(f"{each.price} credits", (("operations", name, "price"),))
        for name, each in operations.items()
    }
    shortest, longest = family.persona_window
    return {
        **prices,
        "tracks of a task": Fact(f"{family.tracks_per_task}", (("tracks_per_task",),)),
        "media are kept": Fact(f"{plain(family.retention_days)} days", (("retention_days",),)),
        "a receiver may take": Fact(f"{plain(family.callback_timeout)} s", (("callback_timeout",),)),
        "polls of a task": Fact(_rate(family.poll_limit), (("poll_limit",),)),
        "new tasks of an account": Fact(_rate(family.rate_limit), (("rate_limit",),)),
        "a persona is made of": Fact(f"{plain(shortest)} to {plain(longest)} s", (("persona_window",),)),
        "a section that is replaced lasts": Fact(_window(family.section_window), (("section_window",),)),
        "no persona is made of": Fact(", ".join(family.personas_exclude) or "no model", (("personas_exclude",),)),
    }


def _window(window: Mapping[str, float]) -> str:
    most = f"to {plain(window['most'])} s" if "most" in window else "s or more"
    return f"{plain(window['least'])} {most}"


def _rate(limit: RateLimit | None) -> str:
    return "any number" if limit is None else f"{limit.requests} within {plain(limit.seconds)} s"


SUBJECTS: Final[Mapping[str, tuple[Callable[[Side], Facts], tuple[str, ...]]]] = {
    "Paths that you call": (_paths, ("serves", "base_path", "operations")),
    "Models that you name": (_models, ("models", "unknown_model", "model_names", "longest")),
    "Longest texts that you send": (lengths, ("limits",)),
    "Rules that your requests meet": (_rules, ()),
    "Codes by which refusals are told apart": (_refusals, ("refusals", "tells", "order", "checks")),
    "Words of refusals": (_words, ("texts",)),
    "Texts of the codes of answers": (_codes, ("codes",)),
    "Texts of the codes of callbacks": (_callback_codes, ("callback_codes",)),
    "Stages": (_stages, ("stages", "pending", "lost")),
    "Headers of callbacks": (_headers, ("callbacks",)),
    "What the documents leave open": (_readings, ("picks", "readings")),
    "Numbers": (_numbers, ()),
    "Documents": (_documents, ("document", "callback_document")),
}
"""What is compared: the heading, the facts, and the keys whose entries are told there where no fact tells them."""
