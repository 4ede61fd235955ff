#!/bin/sh
# `npm run fuzz`: installs everything, builds dist/ (the service is fuzzed as built), then becomes scripts/fuzz/main.ts.
# Arguments go to it: `npm run fuzz -- --seed 7 --count 20000`, `npm run fuzz -- --url http://127.0.0.1:8083`.
# Invariant: standard output holds the report and nothing else, and the exit code is main.ts's.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh

run_interruptible sh scripts/install.sh full >&2
run_interruptible sh scripts/node.sh scripts/build.ts >&2
exec sh scripts/node.sh scripts/fuzz/main.ts "$@"
