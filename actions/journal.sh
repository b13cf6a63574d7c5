#!/usr/bin/env bash
# Writes the journal of the mock that this job has started beside what mock and receiver have printed.
set -euo pipefail
if [ -z "${SUNO_FOLDER:-}" ]; then
    echo "::error title=suno-mock::no mock was started in this job: use the action suno-mock before this one"
    exit 1
fi
token=()
[ -z "${SUNO_MOCK_ADMIN_TOKEN:-}" ] || token=(-H "Authorization: Bearer $SUNO_MOCK_ADMIN_TOKEN")
journal="$SUNO_MOCK_URL/__admin/journal?whole=true"
if ! curl -fsS --noproxy '*' --max-time 60 ${token[@]+"${token[@]}"} -o "$SUNO_FOLDER/journal.json" "$journal"; then
    echo "::warning title=suno-mock::the mock does not give its journal; serve.log has what it printed"
fi
echo "folder=$SUNO_FOLDER" >>"$GITHUB_OUTPUT"
