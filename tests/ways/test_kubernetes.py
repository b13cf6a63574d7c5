"""The manifests for Kubernetes: what they name is there, and their workers, on this machine, are one mock."""

from collections.abc import Mapping
from contextlib import ExitStack
from itertools import chain
from typing import Any

import httpx
import pytest
import yaml

from mock_server.commands.cli import cli
from mock_server.contract.operations import path
from tests.builders import request
from tests.mock_server.state.shared.servers import Server
from tests.packaging.environment import ROOT
from tests.processes import serving

FILES = sorted((ROOT / "examples" / "kubernetes").glob("*.yaml"))
PARTS: list[dict[str, Any]] = list(chain.from_iterable(yaml.safe_load_all(file.read_text("utf-8")) for file in FILES))
PODS = {each["metadata"]["name"]: each["spec"]["template"] for each in PARTS if each["kind"] == "Deployment"}
SERVICES = [each for each in PARTS if each["kind"] == "Service"]
MOCK, VALKEY = (PODS[name]["spec"]["containers"][0] for name in ("suno-mock", "suno-mock-valkey"))


def secrets() -> Mapping[str, str]:
    (secret,) = (each for each in PARTS if each["kind"] == "Secret")
    return secret["stringData"]  # type: ignore[no-any-return]


def variables(container: Mapping[str, Any]) -> dict[str, str]:
    """What Kubernetes sets for a container: values, and keys of the secret, in which `$(NAME)` stands for another."""
    found: dict[str, str] = {}
    for each in container["env"]:
        value = each.get("value") or secrets()[each["valueFrom"]["secretKeyRef"]["key"]]
        for name, known in found.items():
            value = value.replace(f"$({name})", known)
        found[each["name"]] = value
    return found


def test_a_service_leads_to_pods_on_a_port_that_they_have() -> None:
    for service in SERVICES:
        pods = [
            each for each in PODS.values() if service["spec"]["selector"].items() <= each["metadata"]["labels"].items()
        ]
        (port,) = service["spec"]["ports"]
        assert [each["containerPort"] for pod in pods for each in pod["spec"]["containers"][0]["ports"]] == [
            port["port"]
        ]


def test_the_variables_are_those_of_options() -> None:
    options = {str(each.envvar) for each in cli.commands["serve"].params if each.envvar}
    assert {name for name in variables(MOCK) if name.startswith("SUNO_MOCK_")} <= options


def test_the_state_and_the_media_have_names_of_services() -> None:
    names = {service["metadata"]["name"]: service["spec"]["ports"][0]["port"] for service in SERVICES}
    for name in ("SUNO_MOCK_STATE", "SUNO_MOCK_BASE_URL"):
        url = httpx.URL(variables(MOCK)[name])
        assert names[url.host] == url.port


def test_no_service_sets_what_the_mock_reads() -> None:
    assert PODS["suno-mock"]["spec"]["enableServiceLinks"] is False
    with serving(SUNO_MOCK_PORT="tcp://10.0.0.3:4010", SUNO_MOCK_HOST="127.0.0.1") as links:
        assert links.stdout
        assert links.stdout.readline().startswith("http://")  # the option stands before the variable


def test_its_workers_are_one_mock() -> None:
    engine = Server("valkey", *VALKEY["args"][:1], variables(VALKEY)["PASSWORD"])
    state = variables(MOCK)["SUNO_MOCK_STATE"].replace("suno-mock-valkey:6379", f"127.0.0.1:{engine.port}")
    environment = variables(MOCK) | {"SUNO_MOCK_STATE": state, "SUNO_MOCK_BASE_URL": ""}
    with ExitStack() as ends:
        ends.callback(engine.end)
        workers = [ends.enter_context(serving("--pace", "manual", **environment)) for _ in range(2)]
        first, second = (worker.stdout.readline().strip() for worker in workers if worker.stdout)
        headers = {"Authorization": "Bearer test-key"}
        answer = httpx.post(
            f"{first}{path('extend')}", headers=headers, json=request(callBackUrl="http://127.0.0.1:9/")
        )
        task_id = answer.json()["data"]["taskId"]
        found = httpx.get(f"{second}{path('record-info')}", headers=headers, params={"taskId": task_id}).json()
        assert found["data"]["status"] == "PENDING"
        assert httpx.get(f"{second}/__admin/tasks").status_code == 401
        own = {"Authorization": f"Bearer {secrets()['token']}"}
        assert [each["task_id"] for each in httpx.get(f"{second}/__admin/tasks", headers=own).json()["tasks"]] == [
            task_id
        ]


@pytest.mark.parametrize("name", PODS)
def test_the_engine_lets_nobody_in_without_its_password(name: str) -> None:
    assert "automountServiceAccountToken" in PODS[name]["spec"]
    assert VALKEY["args"][:2] == ["--requirepass", "$(PASSWORD)"]
    (policy,) = (each["spec"] for each in PARTS if each["kind"] == "NetworkPolicy")
    assert policy["ingress"][0]["from"] == [{"podSelector": {"matchLabels": PODS["suno-mock"]["metadata"]["labels"]}}]
