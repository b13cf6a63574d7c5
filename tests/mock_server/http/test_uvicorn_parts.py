"""Whether uvicorn has what a connection of the mock is made of, and what is said where it has not."""

import logging
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn

from mock_server.http.server import AnnouncingServer
from mock_server.http.uvicorn_parts import IMPLEMENTATION, OLDEST, loss, missing
from tests.clients import Mock


async def nothing() -> None:
    """Nothing is to be released."""


def test_the_version_that_is_installed_has_them() -> None:
    assert missing(uvicorn.__version__) == ""


@pytest.mark.parametrize("version", ["0.34.9", "1.0.0", "2.1", "next"])
def test_a_version_that_nobody_looked_at_is_not_used(version: str) -> None:
    assert missing(version) == f"uvicorn {version} was not tested"


def test_the_oldest_version_that_is_used_is_the_oldest_that_is_installed() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]
    (wanted,) = (each for each in project["dependencies"] if each.startswith("uvicorn"))
    assert wanted == f"uvicorn>={'.'.join(map(str, OLDEST))}.0"


def test_a_part_that_is_gone_is_named() -> None:
    why = missing("0.40.0", "uvicorn.protocols.http.h11_impl")
    assert why.startswith("uvicorn 0.40.0 has no HttpToolsProtocol.connection_made, HttpToolsProtocol.connection_lost")


def test_a_module_that_is_gone_is_told() -> None:
    assert missing("0.40.0", "uvicorn.no_such") == "uvicorn 0.40.0 does not import: No module named 'uvicorn.no_such'"


def test_the_loss_names_what_does_not_hold_and_the_way_out() -> None:
    assert loss("uvicorn 1.0.0 was not tested") == (
        "served by plain uvicorn, since uvicorn 1.0.0 was not tested: heads and trailers are read without bound, "
        "a fault cannot cut a connection, one that sends many requests at once keeps others waiting, a request may "
        "take for ever to come, one that cannot be read takes the answers to those before it away, a client that "
        "closes its half of a connection is not answered, one that leaves pipelined requests may be noticed late, and "
        "a request with an Upgrade header, as curl --http2 and Java's client send it, loses its body. "
        "Way out: uvicorn 0.35 up to 1.0."
    )


def test_without_them_plain_uvicorn_serves(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(sys.modules, IMPLEMENTATION, ModuleType("changed"))
    # A server that was started before has had uvicorn set its loggers up, which then hand on nothing to caplog.
    logger = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    monkeypatch.setattr(logger, "propagate", False)
    caplog.set_level("WARNING", logger.name)
    app = Mock().app
    server = AnnouncingServer(app, nothing, nothing, app.misread)
    assert server.config.http == "httptools"
    (told,) = caplog.messages
    assert told.startswith(f"served by plain uvicorn, since uvicorn {uvicorn.__version__} has no HttpToolsProtocol.")
