#!/bin/sh
# Prints one checksum of all that dist/ is made of: `sh scripts/sources.sh`, in some 15 ms. Called by start.sh and build.ts.
# By content and name, not by time: tar, unzip and rsync give a newer release the times at which it was made.
set -eu

cd "$(dirname "$0")/.."
find functions shared scripts/build.ts scripts/esbuild-options.ts scripts/browser-assets.ts scripts/slim-*.ts package-lock.json -type f -exec cksum {} + | LC_ALL=C sort | cksum
