#!/bin/sh
# `npm run bench`: installs everything, builds dist/ (the service is measured as built), then becomes scripts/bench/main.ts.
# Arguments go to it: `npm run bench -- cluster-health`, `npm run bench -- --json FILE`.
# Invariant: standard output holds the table and nothing else, and the exit code is main.ts's.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh

run_interruptible sh scripts/install.sh full >&2
run_interruptible sh scripts/node.sh scripts/build.ts >&2
exec sh scripts/node.sh scripts/bench/main.ts "$@"
