"""Which certificates of receivers are trusted: those of the system, those of a file too, or any."""

import ssl
from functools import cached_property, lru_cache
from pathlib import Path

from mock_server.core.errors import BadSetting
from mock_server.core.text import cut


class Trust:
    """The certificates of the system or of SSL_CERT_FILE, and those of `ca`, a PEM file; `insecure` trusts any.

    Raises BadSetting for a file that cannot be used.
    """

    def __init__(self, ca: str = "", *, insecure: bool = False) -> None:
        self._ca = ca
        self._insecure = insecure
        if ca:
            self.load()  # what is wrong with the file is told at the start

    def load(self) -> None:
        """Read the certificates now, which blocks, and may not be possible later."""
        self.context  # noqa: B018

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What TLS with a receiver is made with. Mocks of one process share the certificates of the system."""
        if not self._ca and not self._insecure:
            return _of_system(*_where())
        context = _new()
        if self._ca:
            self._read(context)
        if self._insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _read(self, context: ssl.SSLContext) -> None:
        # So that the certificate of a receiver itself can be in the file, whoever signed it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            context.load_verify_locations(self._ca)
        except OSError as error:
            why = error.strerror if error.errno and not isinstance(error, ssl.SSLError) else "it has no certificate"
            raise BadSetting(
                f"callback CA {cut(self._ca)!r} cannot be used: {why}. Allowed: a file of certificates in PEM."
            ) from None


def _new() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Newer Pythons refuse what other clients take: certificates that were made by hand, without all extensions.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@lru_cache(maxsize=1)
def _of_system(file: str | None, changed: int, folder: str | None) -> ssl.SSLContext:
    """To read the certificates takes 20 ms, for each mock of a test suite: they are read again where others stand."""
    return _new()


def _where() -> tuple[str | None, int, str | None]:
    """The file of the system's certificates or of SSL_CERT_FILE, when it changed in nanoseconds, and their folder."""
    places = ssl.get_default_verify_paths()
    return places.cafile, Path(places.cafile).stat().st_mtime_ns if places.cafile else 0, places.capath
