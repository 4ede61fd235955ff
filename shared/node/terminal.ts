/**
 * How the log looks on a terminal, and whether the one that the service was started on has been closed, which SIGHUP then says; at any other time it asks for a reload.
 * Used by run-program.ts. Invariant: who leaves us no terminal to read from or write to, as nohup and units do, wants us to outlive it.
 */
import { closeSync, openSync } from "node:fs";
import { isatty, type WriteStream } from "node:tty";

/** How a terminal wants to be written to; null for what is none. Colours are off where people ask for it (no-color.org). */
export function lookOf(stream: WriteStream, { NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>) {
  if (!stream.isTTY) return null;
  return { columns: () => stream.columns || null, hasColour: !NO_COLOR && TERM !== "dumb" };
}

const STANDARD_STREAMS = [0, 1, 2];

/** To be called at the start. What it gives back: true when the terminal has been closed. */
export function watchTerminal(): () => boolean {
  const usesTerminal = STANDARD_STREAMS.some((descriptor) => isatty(descriptor)) && hasTerminal();
  return () => usesTerminal && !hasTerminal();
}

/** The terminal that controls this process can be opened by this name, as long as there is one. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
