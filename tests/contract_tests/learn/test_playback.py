"""How the mock is asked again what a server has refused."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from contract_tests.learn.playback import client_of_mocks


def test_no_request_waits_on_a_connection_that_a_mock_may_have_closed() -> None:
    ports: list[int] = []

    class Keeping(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ports.append(self.client_address[1])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeping) as server, client_of_mocks() as client:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        for _ in range(3):
            assert client.get(f"http://127.0.0.1:{server.server_port}/").status_code == 200
        server.shutdown()
    assert len({*ports}) == 3
