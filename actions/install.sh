#!/usr/bin/env bash
# install.sh [EXTRA]: installs suno-mock from this checkout into an environment of its own, for PYTHON.
set -euo pipefail
home="$RUNNER_TEMP/suno-mock"
cd "$(dirname "$0")/.."
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "::error title=suno-mock::$PYTHON is no Python of 3.11 or newer: set one up before, or name it with 'python'"
    exit 1
fi
"$PYTHON" -m venv "$home"
commands="$home/bin"
[ -d "$commands" ] || commands="$home/Scripts" # Windows
"$commands/python" -m pip install -q --disable-pip-version-check -c requirements.lock ".${1:+[$1]}"
echo "commands=$commands" >>"$GITHUB_OUTPUT"
