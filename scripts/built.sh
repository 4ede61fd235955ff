#!/bin/sh
# Becomes a program that needs all packages and a fresh dist/: `sh scripts/built.sh PROGRAM [ARGUMENT...]`, as package.json does
# for the tests, the benchmark, the fuzzer and the Worker; what follows `npm run NAME --` are further arguments.
# Invariants: the program takes over this very process (exec), so that SIGTERM reaches it and its exit code is ours; it runs what
# was just built; standard output is its own.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh

run_interruptible sh scripts/install.sh full >&2
run_interruptible sh scripts/node.sh scripts/build.ts >&2
exec sh scripts/node.sh "$@"
