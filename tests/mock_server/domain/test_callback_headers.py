"""The headers of callbacks."""

import hmac
from dataclasses import replace

import pytest

from mock_server.contract.family import CallbackForm
from mock_server.domain.callback_headers import callback_headers
from mock_server.domain.tasks import Task
from tests.builders import task

BODY = b'{"task_id":"{timestamp}"}'


def formed(**said: object) -> Task:
    """A task of a profile that says this of its callbacks."""
    plain = task()
    family = replace(plain.edition.family, callbacks=CallbackForm.of(said))
    plain.edition = replace(plain.edition, family=family)
    return plain


def test_a_callback_has_no_headers_of_its_own() -> None:
    assert callback_headers(task(), BODY, 5.9) == ()


def test_a_callback_has_the_headers_of_the_profile() -> None:
    assert callback_headers(formed(headers={"X-A": "b"}), BODY, 5.9) == (("X-A", "b"),)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_signature_is_of_what_it_says(algorithm: str) -> None:
    signature = {"header": "S", "signs": "{timestamp}.{body}", "key": "k", "encoding": "hex", "algorithm": algorithm}
    ((name, value),) = callback_headers(formed(signature={**signature, "prefix": "v1="}), BODY, 5.9)
    assert (name, value) == ("S", "v1=" + hmac.digest(b"k", b"5." + BODY, algorithm).hex())
