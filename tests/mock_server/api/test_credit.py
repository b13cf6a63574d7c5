"""What an account has left."""

import pytest

from mock_server.contract.operations import operations
from mock_server.contract.profile_files import profile_names
from mock_server.core.errors import BadSetting
from tests.builders import COMPLETE
from tests.clients import OTHER, Mock, client, credits, extend, refusal

pytestmark = pytest.mark.anyio


async def test_credits_go_down_and_come_back() -> None:
    mock = Mock(credits=100)
    async with client(mock.app) as http:
        await extend(http, {"Prefer": "code=callback-531"})
        before = (await credits(http)).json()
        await mock.advance(COMPLETE)
        assert before == {"code": 200, "msg": "success", "data": 88}
        assert (await credits(http)).json()["data"] == 100
        assert (await credits(http, OTHER)).json()["data"] == 100
        assert (await credits(http, {"Authorization": "Bearer empty-key"})).json()["data"] == 0


async def test_credits_are_written_as_the_reading_says() -> None:
    async with client(Mock(credits=100, readings=("credits_number=float",)).app) as http:
        assert (await credits(http)).content == b'{"code":200,"msg":"success","data":100.0}'


async def test_more_credits_than_can_be_told_are_refused() -> None:
    with pytest.raises(BadSetting, match=f"credits is {2**64}"):
        Mock(credits=2**64)


@pytest.mark.parametrize("name", ["chat-credit", "generate-credit"])
async def test_each_profile_has_its_path_for_credits(name: str) -> None:
    paths = {"chat-credit": ["apikley", "kie", "observed"], "generate-credit": ["classic", "observed", "sunoapi"]}
    served = paths[name]
    for profile in profile_names():
        async with client(Mock(profile=profile).app) as http:
            status = (await http.get(operations()[name].path)).status_code
            assert status == (200 if profile in served else 404)


async def test_credits_need_a_key_and_can_be_forced() -> None:
    async with client(Mock().app) as http:
        refusal(await credits(http, {"Authorization": ""}), 401)
        forced = await credits(http, {"Prefer": "code=402"})
        refusal(forced, 402)
        assert forced.headers["preference-applied"] == "code=402"
    async with client(Mock(maintenance=True).app) as http:
        refusal(await credits(http), 455)
