/**
 * What endpoints that change alerting have in common: handing over a command, and the fields of their bodies.
 * Used by the endpoints. Invariant: an answer of success means that it is stored.
 */
import * as z from "zod/mini";
import { NO_ALERTING, type AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import type { AlertCommand, CommandOutcome } from "../../shared/domain/alerting/alert-commands.ts";
import { suggestName } from "../../shared/domain/text/nearest-key.ts";
import { isPlainLine, PLAIN_LINE } from "../../shared/domain/alerting/quiet-draft.ts";
import { coversName } from "../../shared/domain/text/glob.ts";
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
const EXPECTED_COMMENT = `expected 1 to ${MAX_COMMENT} characters on one line, no control or invisible characters`;

export const comment = noted(
  { id: "Comment", description: "Why, on one line.", pattern: PLAIN_LINE.source, maxLength: MAX_COMMENT },
  z.string().check(z.refine((text) => isPlainLine(text, MAX_COMMENT), EXPECTED_COMMENT)),
);

const MAX_GLOBS = 50;
const GLOB = /^[A-Za-z0-9_*-]{1,64}$/;
const EXPECTED_GLOB = "expected 1 to 64 letters, digits, _, - or * for any characters";

/** What is to be kept quiet, in the body of a request. */
export const COVERAGE = {
  services: noted(
    'Globs over service keys; `["*"]` for all.',
    z
      .array(z.string().check(z.regex(GLOB, EXPECTED_GLOB)))
      .check(z.minLength(1, 'expected keys of services, ["*"] for all'), z.maxLength(MAX_GLOBS)),
  ),
  allow_empty: z._default(
    noted("Default: false. Whether it may cover no service that there is now.", z.boolean()),
    false,
  ),
};

export const covers = noted("Keys of the services that it covers, as they are configured now.", z.array(z.string()));

export const COVERS_NOTHING = { covers_nothing: "It covers no service, and `allow_empty` is not true." };

/** Keys of the services that globs cover. */
export function listCovered(globs: readonly string[], { cluster }: Pick<MonitorContext, "cluster">): string[] {
  return cluster()
    .services.map(({ id }) => id)
    .filter((id) => coversName(globs, id));
}

/** Throws when there is none, unless that is meant. */
export function requireCovered(
  { services, allow_empty: isAllowed }: { readonly services: readonly string[]; readonly allow_empty: boolean },
  context: Pick<MonitorContext, "cluster">,
): void {
  if (isAllowed || listCovered(services, context).length > 0) return;
  const known = context.cluster().services.map(({ id }) => id);
  const faults = services.map((glob, index) => {
    return { field: `services[${index}]`, message: `expected ${suggestName("service", glob, known)}` };
  });
  const detail = `${faults.map(({ field, message }) => `${field}: ${message}`).join("; ")}. allow_empty: true is for services to come.`;
  throw new AppError("covers_nothing", detail, { faults });
}

/** Throws when the rules find fault with a draft; `startsAtMs` is `starts_at` on the wire, behind `prefix`. */
export function requireFaultless(faults: readonly FieldFault[], prefix = ""): void {
  if (faults.length === 0) return;
  const wireName = (field: string) =>
    field.replace(/Ms$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  throw invalidParameters(faults.map(({ field, message }) => ({ field: prefix + wireName(field), message })));
}
