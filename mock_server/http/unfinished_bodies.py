"""What the bodies hold together that are not whole yet, over all connections."""

from starlette.types import Message, Receive

from mock_server.contract.decode import BODY_LIMIT
from mock_server.http.read_request import Incomplete


class UnfinishedBodies:
    """Counts them. `held` is what they hold now, in bytes, and `limit` what they may hold; 0 is no limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0

    def counted(self, receive: Receive) -> "Counted":
        """What receives a request in place of `receive`. Call `release` when the request ends."""
        return Counted(self, receive)


class Counted:
    """The body of one request counts while it is not whole. Raises Incomplete where there is no room for its next part.

    What is past BODY_LIMIT is dropped by who reads it, with what came before.
    """

    __slots__ = ("_bodies", "_came", "_held", "_receive")

    def __init__(self, bodies: UnfinishedBodies, receive: Receive) -> None:
        self._bodies = bodies
        self._receive = receive
        self._came = self._held = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):
            self.release()
            return message
        self._came += len(message.get("body", b""))
        self.release()
        if self._came <= BODY_LIMIT:
            self._hold(self._came)
        return message

    def release(self) -> None:
        """Count no longer what was held."""
        self._bodies.held -= self._held
        self._held = 0

    def _hold(self, size: int) -> None:
        limit = self._bodies.limit
        if limit and self._bodies.held + size > limit:
            raise Incomplete(
                f"Bodies that are not whole hold more than {limit} bytes together with this one. Way out: send it "
                "again when others have ended, or start the mock with a larger --unfinished-bodies BYTES."
            )
        self._bodies.held += size
        self._held = size
