/**
 * What the body of an answer holds, for the rules that look into it.
 * Used by run.ts, oracle.ts and problem-faults.ts. Invariant: nothing throws, whatever the body is.
 */
import type { Answer } from "../response-parser.ts";

const SHOWN = 300;

/** Undefined when it is not JSON in UTF-8. */
export function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Lower case, without parameters; empty when there is none. */
export function mediaType({ headers }: Answer): string {
  return (headers.get("content-type") ?? "").replace(/;.*/, "").trim().toLowerCase();
}

/** The beginning, for a report. */
export function textOf({ body }: Answer): string {
  return body.toString("utf8", 0, SHOWN);
}
