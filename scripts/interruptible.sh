# For scripts that wait for a child: `. scripts/interruptible.sh`, then `run_interruptible COMMAND...`.
# A shell that waits for a foreground child either dies without it or answers a signal only when the child has ended;
# this ends the child first, waits for it, and then exits with 128 + the number of the signal.
# The child gets SIGTERM, or what the caller put into interruptible_signal.
# Invariant: the command must be one process, or pass the signal on by itself, or its children stay behind.

# Runs the command, with /dev/null as its input, and returns its status.
run_interruptible() {
  "$@" &
  interruptible_child=$!
  trap 'end_interruptible_child 129' HUP
  trap 'end_interruptible_child 130' INT
  trap 'end_interruptible_child 143' TERM
  interruptible_status=0
  wait "$interruptible_child" || interruptible_status=$?
  trap - HUP INT TERM
  return "$interruptible_status"
}

end_interruptible_child() {
  trap '' HUP INT TERM
  # Not SIGINT: a shell's background child ignores it.
  kill "-${interruptible_signal:-TERM}" "$interruptible_child" 2>/dev/null || true
  wait "$interruptible_child" 2>/dev/null || true
  exit "$1"
}
