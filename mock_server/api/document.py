"""GET /openapi.json: the document of what the mock serves, for generators, clients and other tools."""

from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract.api_document import api_document
from mock_server.contract.profile import Profile
from mock_server.http.base_urls import BaseUrls

PATH: Final = "/openapi.json"


class ApiDocument:
    """Serves the document with the address by which a request reached the mock, so that no tool that reads it sends
    anything to the provider. It is no endpoint of the provider's: nothing is written down, and no key asked for."""

    def __init__(self, profile: Profile, base_urls: BaseUrls) -> None:
        self._profile = profile
        self._base_urls = base_urls

    async def serve(self, request: Request) -> Response:
        base_url = self._base_urls.of(request.scope)
        document = api_document(self._profile.source, self._profile.operations, base_url)
        return Response(orjson.dumps(document), media_type="application/json")
