<?php
// Sends each kind of request with PHP's curl: php client.php URL NAME FOLDER. Prints kind, answer and HTTP status of each.

[, $base, $name, $folder] = $argv;
$url = "$base/api/v1/generate/extend";
$whole = file_get_contents("$folder/whole");
$kept = curl_init();

function send(string $kind, string $to, array $options, array $headers = [], $handle = null): void
{
    global $name;
    $handle = $handle ?? curl_init();
    $headers = ["Authorization: Bearer $name-$kind", "Content-Type: application/json", ...$headers];
    curl_setopt_array($handle, $options + [
        CURLOPT_URL => $to,
        CURLOPT_POST => true,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 20,
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_2_0,
        CURLOPT_HTTPHEADER => $headers,
    ]);
    $answer = curl_exec($handle);
    $said = trim($answer === false ? curl_error($handle) : $answer);
    printf("%s\t%s\t%03d\n", $kind, $said, curl_getinfo($handle, CURLINFO_RESPONSE_CODE));
}

$left = $whole;
$read = function ($handle, $file, int $length) use (&$left): string {
    $part = substr($left, 0, min($length, 100));
    $left = substr($left, strlen($part));
    return $part;
};

send("whole", $url, [CURLOPT_POSTFIELDS => $whole]);
send("again", $url, [CURLOPT_POSTFIELDS => $whole], [], $kept);
send("again", $url, [CURLOPT_POSTFIELDS => $whole], [], $kept);
send("chunked", $url, [CURLOPT_READFUNCTION => $read], ["Transfer-Encoding: chunked"]);
send("expect", $url, [CURLOPT_POSTFIELDS => $whole], ["Expect: 100-continue"]);
send("gzip", $url, [CURLOPT_POSTFIELDS => file_get_contents("$folder/gzip")], ["Content-Encoding: gzip"]);
send("mark", $url, [CURLOPT_POSTFIELDS => file_get_contents("$folder/mark")]);
send("empty", "$base/__admin/reset", [CURLOPT_POSTFIELDS => ""]);
send("tls", str_replace("http://", "https://", $url), [CURLOPT_POSTFIELDS => $whole]);
