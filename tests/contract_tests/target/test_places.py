"""Where requests and callbacks go."""

import pytest

from contract_tests.target.places import record_path, with_url


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_the_callback_url_is_put_into_a_body_however_it_is_encoded(coding: str) -> None:
    body = with_url('{"callBackUrl": "$URL#part"}'.encode(coding), "http://127.0.0.1:1/cb")
    assert body.decode(coding) == '{"callBackUrl": "http://127.0.0.1:1/cb#part"}'


def test_a_task_is_asked_for_whatever_its_id_is() -> None:
    assert record_path("a/b&c") == "/api/v1/generate/record-info?taskId=a%2Fb%26c"
