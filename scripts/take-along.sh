#!/bin/sh
# Ends what a process has started and left behind: `sh scripts/take-along.sh MARK`, with a pipe from that process as its input.
# When the pipe closes, because the process is gone, whatever carries MARK in its environment is killed.
# Started by take-along.ts, without the mark in its own environment. Linux only: elsewhere there is no /proc, and nothing is found.
# Invariant: it looks again until nothing is left, since what is killed may just have started something else.

cat >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  left=$(grep -lsF -- "$1" /proc/[0-9]*/environ | cut -d/ -f3)
  [ -n "$left" ] || exit 0
  # shellcheck disable=SC2086 -- process ids, meant to be split
  kill -KILL $left 2>/dev/null
  sleep 0.1
done
