"""Which certificates of receivers are trusted: those of the system, those of a file too, or any."""

import ssl
from functools import cached_property

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
        """What TLS with a receiver is made with. To read the certificates of a system takes 20 ms."""
        context = ssl.create_default_context()
        # Newer Pythons refuse what other clients take: certificates that were made by hand, without all extensions.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
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
