#!/bin/sh
# Sends each kind of request with curl: client.sh URL NAME FOLDER. Prints kind, answer and HTTP status of each.
url=$1/api/v1/generate/extend name=$2 folder=$3 tab=$(printf '\t')

# send KIND URL ARGUMENT...
send() {
    kind=$1 to=$2
    shift 2
    curl -sS -m 20 -w "$tab%{http_code}\n" -H "Authorization: Bearer $name-$kind" -H 'Content-Type: application/json' \
        "$@" "$to" 2>&1 | sed "s/^/$kind$tab/"
}

send whole "$url" --http2 --data-binary "@$folder/whole"
send again "$url" --http2 --data-binary "@$folder/whole" "$url"
send chunked "$url" --http2 -H 'Transfer-Encoding: chunked' --data-binary "@$folder/whole"
send expect "$url" --http2 -H 'Expect: 100-continue' --data-binary "@$folder/whole"
send websocket "$url" --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' --data-binary "@$folder/whole"
send gzip "$url" --http2 -H 'Content-Encoding: gzip' --data-binary "@$folder/gzip"
send mark "$url" --http2 --data-binary "@$folder/mark"
send empty "$1/__admin/reset" --http2 -X POST
send prior "$url" --http2-prior-knowledge --data-binary "@$folder/whole"
send tls "https${url#http}" --insecure --data-binary "@$folder/whole"
