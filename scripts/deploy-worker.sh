#!/bin/sh
# `npm run deploy:worker`: installs everything, builds dist/, then becomes scripts/worker/deploy.ts, which uploads it.
# Arguments go to `wrangler deploy`: `npm run deploy:worker -- --dry-run --outdir FOLDER` uploads nothing.
# Invariant: what is uploaded is what was just built.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh

run_interruptible sh scripts/install.sh full
run_interruptible sh scripts/node.sh scripts/build.ts >&2
exec sh scripts/node.sh scripts/worker/deploy.ts "$@"
