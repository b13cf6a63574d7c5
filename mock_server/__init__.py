"""A mock of the Suno API's music-extension endpoint, with three-stage callbacks and every documented code."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.core.settings import Settings
    from mock_server.testing.mock_server import MockServer

__all__ = ["MockServer", "Settings", "create_app"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import on first use: the pytest plugin is loaded in every test run, also in those that start no mock."""
    from importlib import import_module

    modules = {"MockServer": "testing.mock_server", "Settings": "core.settings", "create_app": "app"}
    if name not in modules:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{modules[name]}"), name)
