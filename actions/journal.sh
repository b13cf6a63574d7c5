#!/usr/bin/env bash
# Writes the journal of the mock that this job has started, an entry on each line, beside what mock and receiver have printed.
set -euo pipefail
if [ -z "${SUNO_FOLDER:-}" ]; then
    echo "::error title=suno-mock::no mock was started in this job: use the action suno-mock before this one"
    exit 1
fi
if ! "$SUNO_COMMANDS/suno-mock" tail --no-follow --last 10000 --verbose --json >"$SUNO_FOLDER/journal.jsonl"; then
    echo "::warning title=suno-mock::the mock does not give its journal; serve.log has what it printed"
fi
echo "folder=$SUNO_FOLDER" >>"$GITHUB_OUTPUT"
