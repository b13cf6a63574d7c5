#!/usr/bin/env bash
# Checks a server with suno-contract, annotates what deviates, and ends as suno-contract does.
set -euo pipefail
annotate="$(dirname "$0")/annotate.py"
arguments=(run --report-dir "$REPORT")
[ -z "$BASE_URL" ] || arguments+=(--base-url "$BASE_URL")
[ -z "$BUDGET" ] || arguments+=(--budget "$BUDGET")
[ -n "$SUNO_API_KEY" ] || unset SUNO_API_KEY
read -r -d '' -a options <<<"$OPTIONS" || true
status=0
"$COMMANDS/suno-contract" "${arguments[@]}" ${options[@]+"${options[@]}"} || status=$?
"$COMMANDS/python" "$annotate" "$REPORT/report.json" "$status"
echo "status=$status" >>"$GITHUB_OUTPUT"
exit "$status"
