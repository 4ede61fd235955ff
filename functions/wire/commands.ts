/**
 * What endpoints that change alerting have in common: handing over a command, and the fields of their bodies.
 * Used by the endpoints. Invariant: an answer of success means that it is stored.
 */
import * as z from "zod/mini";
import { NO_ALERTING, type AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import type { AlertCommand, CommandOutcome } from "../../shared/domain/alerting/alert-commands.ts";
import { isPlainLine, PLAIN_LINE } from "../../shared/domain/alerting/quiet-draft.ts";
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import type { MonitorContext } from "../context.ts";
import type { EndpointRequest } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { AppError, type RefusalCode } from "../http/problem.ts";
import { noted } from "./schemas.ts";

const REFUSALS: Readonly<Record<Exclude<CommandOutcome, "done">, RefusalCode>> = {
  not_found: "not_found",
  not_firing: "conflict",
  too_many: "conflict",
};

/** Silences and maintenance windows as the last sweep left them. */
export async function readAlerting({ snapshots }: MonitorContext): Promise<AlertingState> {
  return (await snapshots.read())?.alerting ?? NO_ALERTING;
}

/** Does it and waits until it is stored. Throws what the endpoint declares for the outcome, or that it cannot be stored. */
export async function applyCommand(
  { sweeper, log }: MonitorContext,
  command: AlertCommand,
  { refuse }: Pick<EndpointRequest<never, never, never>, "refuse">,
): Promise<void> {
  let outcome: CommandOutcome;
  try {
    outcome = await sweeper.apply(command);
  } catch (error) {
    log.write("error", "a command could not be stored", { command: command.kind, error: String(error) });
    throw new AppError("unavailable", "This could not be stored, and does not hold. Try again.");
  }
  if (outcome !== "done") throw refuse(REFUSALS[outcome]);
}

const MAX_COMMENT = 500;
const EXPECTED_COMMENT = `expected 1 to ${MAX_COMMENT} characters on one line, no control characters`;

export const comment = noted(
  { id: "Comment", description: "Why, on one line.", pattern: PLAIN_LINE.source, maxLength: MAX_COMMENT },
  z.string().check(z.refine((text) => isPlainLine(text, MAX_COMMENT), EXPECTED_COMMENT)),
);

const MAX_GLOBS = 50;
const GLOB = /^[A-Za-z0-9_*-]{1,64}$/;
const EXPECTED_GLOB = "expected 1 to 64 letters, digits, _, - or * for any characters";

export const serviceGlobs = z._default(
  noted(
    "Default: all, as when it is empty. Globs over service keys.",
    z.array(z.string().check(z.regex(GLOB, EXPECTED_GLOB))).check(z.maxLength(MAX_GLOBS)),
  ),
  [],
);

/** Throws when the rules find fault with a draft; `startsAtMs` is `starts_at` on the wire, behind `prefix`. */
export function requireFaultless(faults: readonly FieldFault[], prefix = ""): void {
  if (faults.length === 0) return;
  const wireName = (field: string) =>
    field.replace(/Ms$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  throw invalidParameters(faults.map(({ field, message }) => ({ field: prefix + wireName(field), message })));
}
