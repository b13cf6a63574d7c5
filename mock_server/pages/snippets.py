"""One request in six languages, with nothing to install beside the language. Pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_server.domain.curl import word

PYTHON: Final = """\
import json
from urllib.request import Request, urlopen

body = json.loads({text})
headers = {{"Authorization": {bearer}, "Content-Type": "application/json"}}
request = Request({url}, json.dumps(body).encode(), headers)
print(urlopen(request).read().decode())
"""
NODE: Final = """\
const answer = await fetch({url}, {{
  method: "POST",
  headers: {{ "Authorization": {bearer}, "Content-Type": "application/json" }},
  body: JSON.stringify({json}),
}});
console.log(await answer.text());
"""
PHP: Final = """\
<?php
$options = ["http" => [
    "method" => "POST",
    "header" => ["Authorization: " . {bearer}, "Content-Type: application/json"],
    "content" => {text},
    "ignore_errors" => true,
]];
echo file_get_contents({url}, false, stream_context_create($options));
"""
GO: Final = """\
package main

import (
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {{
	request, _ := http.NewRequest("POST", {url}, strings.NewReader({text}))
	request.Header.Set("Authorization", {bearer})
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {{
		panic(err)
	}}
	io.Copy(os.Stdout, answer.Body)
}}
"""
JAVA: Final = """\
import java.net.URI;
import java.net.http.*;

class Extend {{
    public static void main(String[] arguments) throws Exception {{
        var request = HttpRequest.newBuilder(URI.create({url}))
            .header("Authorization", {bearer})
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString({text}))
            .build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }}
}}
"""


def _quoted(text: str) -> str:
    """A text in the quotes of Python, JavaScript, Go and Java, which read these escapes alike."""
    return json.dumps(text, ensure_ascii=False)


def _quoted_php(text: str) -> str:
    """PHP fills in what stands behind a dollar in double quotes, and nothing in single ones."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in(template: str, quoted: Callable[[str], str] = _quoted) -> Callable[[str, str, Mapping[str, Any]], str]:
    def written(url: str, key: str, body: Mapping[str, Any]) -> str:
        text = json.dumps(body, ensure_ascii=False)
        indented = json.dumps(body, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        return template.format(url=quoted(url), bearer=quoted(f"Bearer {key}"), text=quoted(text), json=indented)

    return written


def _curl(url: str, key: str, body: Mapping[str, Any]) -> str:
    headers = f"-H {word(f'Authorization: Bearer {key}')} -H 'Content-Type: application/json'"
    return f"curl -s {word(url)} {headers} -d {word(json.dumps(body, ensure_ascii=False))}\n"


LANGUAGES: Final[Mapping[str, Callable[[str, str, Mapping[str, Any]], str]]] = {
    "curl": _curl,
    "Python": _in(PYTHON),
    "Node": _in(NODE),
    "PHP": _in(PHP, _quoted_php),
    "Go": _in(GO),
    "Java": _in(JAVA),
}


def snippets(url: str, key: str, body: Mapping[str, Any]) -> dict[str, str]:
    """The request to a URL with a key and a body, by language."""
    return {language: written(url, key, body) for language, written in LANGUAGES.items()}
