#!/bin/sh
# `npm test`: installs everything, builds dist/ (the tests of the runtimes run the build), then becomes vitest.
# Arguments go to vitest: `npm test -- test/domain`, `npm test -- -t "opens an alert"`.
# Invariant: the exit code is vitest's, and NODE_ENV of the caller does not reach the tests.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh
NODE_ENV=test
export NODE_ENV

run_interruptible sh scripts/install.sh full
run_interruptible sh scripts/node.sh scripts/build.ts
exec sh scripts/node.sh node_modules/vitest/vitest.mjs run "$@"
