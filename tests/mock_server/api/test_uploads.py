"""The upload of files: as a form, as text, by a URL; and the way from there to music."""

import json
import socket
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from errno import ENOSPC
from io import BytesIO
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.contract.api_document import api_document
from mock_server.contract.profile import Profile
from mock_server.state.uploaded_files import FILES_KEPT, UploadedFiles
from tests.journeys import Journey, journey

KEY = {"Authorization": "Bearer key"}
CONTENT = b"ID3\x04" + bytes(range(256)) * 40
DAY = 86400


def streamed(started: Journey, content: bytes = CONTENT, name: str = "mine.mp3", **fields: str) -> httpx.Response:
    files = {"file": (name, BytesIO(content), "audio/mpeg")}
    return started.http.post("/api/file-stream-upload", files=files, data={"uploadPath": "audio"} | fields, headers=KEY)


def posted(started: Journey, way: str, **body: Any) -> httpx.Response:
    sent = {name: value for name, value in ({"uploadPath": "/audio/"} | body).items() if value is not ...}
    headers = KEY | {"Content-Type": "application/json"}  # JSON in ASCII: half a character can be sent
    return started.http.post(f"/api/file-{way}-upload", content=json.dumps(sent), headers=headers)


@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_a_file_is_there_as_it_was_sent(profile: str) -> None:
    with journey(profile) as started:
        answers = [
            streamed(started, fileName="a.mp3"),
            posted(started, "base64", base64Data=b64encode(CONTENT).decode(), fileName="b.mp3"),
        ]
        for answer, name in zip(answers, "ab", strict=True):
            told = answer.json()
            assert (answer.status_code, told["success"], told["code"]) == (200, True, 200)
            assert told["msg"] == "File uploaded successfully"
            data = told["data"]
            assert (data["fileName"], data["filePath"]) == (f"{name}.mp3", f"audio/{name}.mp3")
            assert (data["fileSize"], data["mimeType"]) == (len(CONTENT), "audio/mpeg")
            assert data["uploadedAt"].endswith("Z")
            file = httpx.get(data["downloadUrl"])
            assert (file.content, file.headers["content-type"]) == (CONTENT, "audio/mpeg")


def test_a_file_of_another_host_is_not_fetched_and_its_download_leads_there() -> None:
    with journey("kie") as started:
        data = posted(started, "url", fileUrl="https://nowhere.invalid/a/song.wav?x=1").json()["data"]
        file = httpx.get(data["downloadUrl"])
    assert (data["fileSize"], data["mimeType"], data["fileName"][32:]) == (0, "audio/x-wav", ".wav")
    assert (file.status_code, file.headers["location"]) == (307, "https://nowhere.invalid/a/song.wav?x=1")


def test_music_is_made_of_what_was_uploaded() -> None:
    with journey("kie") as started:
        url = streamed(started).json()["data"]["downloadUrl"]
        asked = {"defaultParamFlag": False, "uploadUrl": url, "model": "V5", "callBackUrl": started.receiver.url}
        record = started.finished(started.post("upload-extend", **asked))
    assert record["status"] == "SUCCESS"


def test_a_file_without_a_name_is_called_after_its_content() -> None:
    with journey("kie") as started:
        names = [streamed(started, content).json()["data"]["fileName"] for content in (b"a", b"b", b"a")]
        data_url = posted(started, "base64", base64Data="data:image/png;base64,YQ==").json()["data"]
    assert names[0] == names[2] != names[1]
    assert all(name.endswith(".mp3") for name in names)
    assert (data_url["mimeType"], data_url["fileName"]) == ("image/png", names[0].replace(".mp3", ".png"))


def test_a_file_of_the_same_name_takes_the_place_of_the_other() -> None:
    with journey("kie") as started:
        first, second = (streamed(started, content, fileName="a.mp3").json()["data"] for content in (b"1", b"22"))
        assert first["downloadUrl"] == second["downloadUrl"]
        assert httpx.get(first["downloadUrl"]).content == b"22"


def test_a_file_is_gone_after_its_days() -> None:
    with journey("kie") as started:
        url = streamed(started).json()["data"]["downloadUrl"]
        started.advance(3 * DAY - 1)
        assert httpx.get(url).status_code == 200
        started.advance(1)
        gone = httpx.get(url)
        assert (gone.status_code, gone.json()["code"]) == (404, 404)
        assert "was kept for 3 days and is gone" in gone.json()["msg"]
        assert (
            "no file 'audio/other.mp3' was uploaded here" in started.http.get("/uploads/audio/other.mp3").json()["msg"]
        )


MISSING = "Missing required parameter: "
TOO_LONG = "allowed: at most 500 characters, and no part that is empty, . or .."
WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "no path": ("base64", {"uploadPath": ..., "base64Data": "YQ=="}, f"{MISSING}uploadPath"),
    "no data": ("base64", {}, f"{MISSING}base64Data"),
    "no base64": ("base64", {"base64Data": "no base64!"}, "Base64 decoding failed: Invalid Base64 format"),
    "no url": ("url", {}, f"{MISSING}fileUrl"),
    "ftp": ("url", {"fileUrl": "ftp://host/a"}, 'fileUrl is "ftp://host/a"; allowed: an absolute http://'),
    "a number": ("url", {"fileUrl": 5}, f"{MISSING}fileUrl"),
    "upwards": ("base64", {"uploadPath": "../..", "base64Data": "YQ=="}, TOO_LONG),
    "a point": ("base64", {"fileName": ".", "base64Data": "YQ=="}, TOO_LONG),
    "an empty part": ("base64", {"uploadPath": "a//b", "base64Data": "YQ=="}, TOO_LONG),
    "half a character": ("url", {"fileUrl": "http://host/\ud800"}, "allowed: an absolute http://"),
    "half a character in a name": ("base64", {"fileName": "\ud800", "base64Data": "YQ=="}, TOO_LONG),
    "large": ("url", {"fileUrl": "http://host/" + "a" * 2**20}, "the body is too large; allowed: at most"),
    "long": ("base64", {"uploadPath": "x" * 500, "base64Data": "YQ=="}, TOO_LONG),
}


@pytest.mark.parametrize(("way", "body", "msg"), WRONG.values(), ids=WRONG)
def test_a_wrong_upload_is_refused_with_http_400(way: str, body: dict[str, Any], msg: str) -> None:
    with journey("kie") as started:
        answer = posted(started, way, **body)
    told = answer.json()
    assert (answer.status_code, told["success"], told["code"], "data" in told) == (400, False, 400, False)
    assert msg in told["msg"]


def test_a_form_without_a_file_and_a_body_that_is_no_form_are_refused() -> None:
    with journey("kie") as started:
        path = "/api/file-stream-upload"
        without = started.http.post(path, files={"other": b""}, data={"uploadPath": "a"}, headers=KEY)
        no_form = started.http.post(path, json={}, headers=KEY)
        cut = started.http.post(path, content=b"--x\r\n", headers=KEY | {"Content-Type": "multipart/form-data"})
        no_json = started.http.post("/api/file-base64-upload", content=b"{", headers=KEY)
        lists = started.http.post("/api/file-url-upload", json=[], headers=KEY)
    answers = (without, no_form, cut, no_json, lists)
    assert [each.status_code for each in answers] == [400] * 5
    assert [each.json()["msg"].partition(":")[0] for each in answers] == [
        "Missing required parameter",
        "Content-Type is not multipart/form-data",
        "the form cannot be read",
        "the body is not JSON",
        "the body is not a JSON object",
    ]


def test_without_a_key_nothing_is_taken() -> None:
    with journey("kie", strict_keys=True) as started:
        for headers in ({}, KEY):
            body = {"uploadPath": "a", "base64Data": "YQ=="}
            answer = started.http.post("/api/file-base64-upload", json=body, headers=headers)
            assert answer.status_code == 401
            assert answer.json() == {"success": False, "code": 401, "msg": "Authentication failed: Invalid API Key"}


def test_the_journal_has_uploads_without_their_bytes() -> None:
    with journey("kie") as started:
        streamed(started)
        (entry,) = started.http.get("/__admin/journal").json()["entries"]
    assert (entry["path"], entry["status"]) == ("/api/file-stream-upload", 200)


def test_other_profiles_say_who_takes_files() -> None:
    with journey("apikley") as started:
        answer = posted(started, "base64", base64Data="YQ==").json()
    assert "kie and sunoapi serve it (--profile kie or --profile sunoapi)" in answer["msg"]


@pytest.mark.parametrize("profile", ["kie", "sunoapi", "apikley"])
def test_the_document_has_the_upload_where_the_profile_has_it(profile: str) -> None:
    paths = api_document(profile, Profile.read(profile).operations, "")["paths"]
    assert ("/api/file-stream-upload" in paths) == (profile != "apikley")


def test_a_profile_may_have_paths_of_its_own(tmp_path: Any) -> None:
    mine = tmp_path / "mine.yaml"
    ways = "{stream: /up/a, base64: /up/b, url: /up/c, days: 1}"
    mine.write_text(f"format: 1\nextends: apikley\nuploads: {ways}\n", "utf-8")
    with journey(str(mine)) as started:
        body = {"uploadPath": "a", "base64Data": "YQ=="}
        assert started.http.post("/up/b", json=body, headers=KEY).json()["success"]
        assert "/up/b" in started.http.get("/openapi.json").json()["paths"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=20)), min_size=1, max_size=12))
def test_the_newest_of_each_path_is_kept(written: list[tuple[str, bytes]]) -> None:
    files = UploadedFiles()
    for path, content in written:
        files.keep(path, "key", "text/plain", 0, BytesIO(content))
    for path, content in dict(written).items():
        found = files.find(path)
        assert found is not None
        assert found.on_disk is not None
        assert (found.on_disk.read_bytes(), found.size) == (content, len(content))


def test_the_oldest_goes_where_there_are_too_many() -> None:
    files = UploadedFiles()
    for number in range(FILES_KEPT + 1):
        files.note(f"{number}", "key", "text/plain", 0, "http://host/a")
    assert files.find("0") is None
    assert files.find("1") is not None


def test_files_of_one_path_that_come_at_once_are_each_whole() -> None:
    with journey("kie") as started, ThreadPoolExecutor(16) as clients:
        contents = [bytes([number]) * 200_000 for number in range(32)]
        answers = list(clients.map(lambda content: streamed(started, content, fileName="a.mp3"), contents))
        assert {each.status_code for each in answers} == {200}
        assert httpx.get(answers[0].json()["data"]["downloadUrl"]).content in contents


def test_a_disk_that_takes_no_file_is_told_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with journey("kie") as started:
        url = streamed(started, b"1", fileName="a.mp3").json()["data"]["downloadUrl"]

        def full(*arguments: Any) -> Any:
            raise OSError(ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(UploadedFiles, "keep", full)
            refused = streamed(started, b"2", fileName="a.mp3")
        assert (refused.status_code, refused.json()["msg"]) == (500, "the file cannot be kept: No space left on device")
        assert httpx.get(url).content == b"1"


@pytest.mark.parametrize("kind", ["\ud800", "text/html\r\nX-Evil: 1", "\u4f60", "text", "a/b/c"])
def test_a_type_that_is_none_is_not_taken(kind: str) -> None:
    with journey("kie") as started:
        data = posted(started, "base64", base64Data=f"data:{kind};base64,YQ==", fileName="a").json()["data"]
        assert data["mimeType"] == "application/octet-stream"
        assert httpx.get(data["downloadUrl"]).headers["content-type"] == "application/octet-stream"


def test_what_was_uploaded_runs_nothing_beside_the_pages_of_the_mock() -> None:
    with journey("kie") as started:
        data = posted(started, "base64", base64Data="data:text/html;base64,YQ==").json()["data"]
        headers = httpx.get(data["downloadUrl"]).headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_client_that_leaves_is_no_fault() -> None:
    with journey("kie") as started:
        url = started.http.base_url
        with socket.create_connection((url.host, url.port or 80)) as client:
            head = f"POST /api/file-base64-upload HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Bearer key\r\n"
            client.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
        assert posted(started, "base64", base64Data="YQ==").status_code == 200
        told = started.http.get("/__admin/journal").json()["entries"]
    assert [each["status"] for each in told] == [200]


def test_a_reset_forgets_files_of_a_key_or_of_all() -> None:
    with journey("kie") as started:
        urls = [streamed(started, fileName=f"{name}.mp3").json()["data"]["downloadUrl"] for name in "ab"]
        body = {"uploadPath": "other", "base64Data": "YQ==", "fileName": "c"}
        other = {"Authorization": "Bearer another"}
        data = started.http.post("/api/file-base64-upload", json=body, headers=other).json()["data"]
        started.http.post("/__admin/reset", json={"key": "another"}).raise_for_status()
        assert [httpx.get(url).status_code for url in (*urls, data["downloadUrl"])] == [200, 200, 404]
        started.http.post("/__admin/reset", json={}).raise_for_status()
        assert [httpx.get(url).status_code for url in urls] == [404, 404]
