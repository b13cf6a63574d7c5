#!/usr/bin/env bash
# Starts the mock and a receiver for the rest of the job. Nothing sleeps: each prints its URL once it answers.
set -euo pipefail
folder=$(mktemp -d "$RUNNER_TEMP/suno-mock-journal.XXXXXX")

# start NAME LINES COMMAND...: leaves a command running, with its output in NAME.log and its first lines in NAME.first, a
# pipe that is read below.
start() {
    mkfifo "$folder/$1.first"
    # shellcheck disable=SC2016 # the inner shell expands it
    nohup bash -c '
        "${@:3}" 2>>"$1.log" | {
            for ((line = 0; line < $2; line++)); do
                IFS= read -r said || true
                printf "%s\n" "$said" | tee -a "$1.log" >&3
            done 3>"$1.first"
            exec cat >>"$1.log"
        }' start "$folder/$1" "${@:2}" </dev/null >/dev/null 2>&1 &
}

# failed NAME: ends the step with what a command has said.
failed() {
    echo "::error title=suno-mock::$1 did not start: $(tr '\n' ' ' <"$folder/$1.log")"
    exit 1
}

read -r -d '' -a options <<<"$OPTIONS" || true
start serve 2 "$COMMANDS/suno-mock" serve --port 0 ${options[@]+"${options[@]}"}
{ read -r -t 60 url && read -r -t 60 _ key _; } <>"$folder/serve.first" || failed serve
[ -n "$url" ] || failed serve
curl -fsS --noproxy '*' --max-time 30 "$url/__admin/health" >/dev/null
receiver=
if [ "$RECEIVER" = true ]; then
    start receive 1 "$COMMANDS/suno-mock" receive --port 0
    read -r -t 60 receiver <>"$folder/receive.first" || failed receive
    [ -n "$receiver" ] || failed receive
fi
printf '%s\n' "url=$url" "key=$key" "receiver=$receiver" >>"$GITHUB_OUTPUT"
printf '%s\n' "SUNO_MOCK_URL=$url" "SUNO_COMMANDS=$COMMANDS" "SUNO_FOLDER=$folder" >>"$GITHUB_ENV"
