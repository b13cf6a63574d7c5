"""A mock of the Suno API's music-extension endpoint, with three-stage callbacks and every documented code."""

from mock_server.app import create_app
from mock_server.server import MockServer
from mock_server.settings import Settings

__all__ = ["MockServer", "Settings", "create_app"]
__version__ = "0.1.0"
