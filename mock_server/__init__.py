"""A mock of the Suno API's music-extension endpoint, with three-stage callbacks and every documented code."""

from typing import TYPE_CHECKING

__all__ = ["KeyView", "MockServer", "Receiver", "Settings", "create_app"]
__version__ = "0.1.0"

if TYPE_CHECKING:  # what reads types sees these alone: a __getattr__ would make every name right, and Any
    from mock_server.app import create_app
    from mock_server.core.settings import Settings
    from mock_server.testing.key import KeyView
    from mock_server.testing.mock_server import MockServer
    from mock_server.testing.receiver import Receiver
else:

    def __getattr__(name: str) -> object:
        """Import on first use: who uses one part pays for no other."""
        from importlib import import_module

        modules = {
            "KeyView": "testing.key",
            "MockServer": "testing.mock_server",
            "Receiver": "testing.receiver",
            "Settings": "core.settings",
            "create_app": "app",
        }
        if name not in modules:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{modules[name]}"), name)
