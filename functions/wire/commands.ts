/**
 * What endpoints that change alerting have in common: handing over a command, and the words of its fields.
 * Used by the endpoints. Invariant: an answer of success means that it is stored.
 */
import * as z from "zod/mini";
import type { AlertCommand, CommandOutcome } from "../../shared/domain/alerting/alert-commands.ts";
import { AppError, type FieldFault } from "../../shared/domain/app-error.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { Host } from "../env.ts";
import { invalidParameters } from "../http/parameter.ts";

/** Does it and waits until it is stored. Throws the error given for the outcome, or `unavailable` when storage fails. */
export async function commandedBy(
  { sweeper, log }: Host,
  command: AlertCommand,
  refusals: Partial<Record<CommandOutcome, AppError>>,
): Promise<void> {
  let outcome: CommandOutcome;
  try {
    outcome = await sweeper.apply(command);
  } catch (error) {
    log.write("error", "a command could not be stored", { command: command.kind, error: String(error) });
    throw new AppError("unavailable", "This could not be stored. Try again.");
  }
  const refusal = refusals[outcome];
  if (refusal) throw refusal;
  if (outcome !== "done") throw new AppError("conflict", "This is not possible now.");
}

const EXPECTED_INSTANT = "expected an RFC 3339 instant with a zone, such as 2026-11-23T10:30:00Z";
const EXPECTED_COMMENT = "expected 1 to 500 characters";

/** An instant of a body, in epoch ms afterwards. */
export const bodyInstant = z.pipe(
  z.string(),
  z.transform((text: string, { issues }) => {
    const ms = parseTimestamp(text);
    if (ms !== null) return ms;
    issues.push({ code: "custom", message: EXPECTED_INSTANT, input: text });
    return z.NEVER;
  }),
);

export const comment = z.string().check(z.minLength(1, EXPECTED_COMMENT), z.maxLength(500, EXPECTED_COMMENT));

export const serviceGlobs = z._default(z.array(z.string()), []);

/** Throws when the rules of the domain find fault with a draft; the names are those of the wire. */
export function requireFaultless(faults: readonly FieldFault[]): void {
  if (faults.length === 0) return;
  throw invalidParameters(faults.map(({ field, message }) => ({ field: wireNameOf(field), message })));
}

/** `schedule.startsAtMs` → `schedule.starts_at`, `matcher.services[3]` → `services[3]`. */
function wireNameOf(field: string): string {
  return field
    .replace(/^matcher\./, "")
    .replace(/Ms\b/, "")
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
