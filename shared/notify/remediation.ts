/**
 * `on_firing` of a service: what is done by itself when its alert fires: a signed webhook, or a command on Node.
 * Configured by `parse-service`; the deliverer calls it through the outbox like a channel, so that it survives a restart.
 * Invariants: a command is a list of arguments and never passes a shell; nothing of its output leaves the machine.
 */
import * as z from "zod/mini";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { DeliveryContext, DeliveryOutcome } from "../ports/notifier.ts";
import type { Remediate, RunCommand } from "../ports/remediation.ts";
import { configureWebhook } from "./webhook.ts";

export const REMEDIATION_KEYS = {
  url: z
    .optional(z.string())
    .check(z.describe("Where to POST the alert, signed: an https URL, or http within a private network.")),
  secret: z.optional(z.string()).check(z.describe("Signs it, as that of a webhook channel does.")),
  command: z
    .optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(50)))
    .check(z.describe("On Node: a program and its arguments. No shell; its output is not read.")),
};

/** The key that must be a `${NAME}` reference. */
export const REMEDIATION_SECRET_KEY = "secret";

type Settings = z.output<z.ZodMiniObject<typeof REMEDIATION_KEYS>>;

/** Null after reporting at least one fault. `timeoutMs`: time limit of a command. */
export function configureRemediation(
  { url, secret, command }: Settings,
  report: ReportFault,
  abilities: RuntimeAbilities,
): Remediate | null {
  if (command !== undefined) {
    if (url !== undefined) report("command", "either a url or a command");
    else if (!abilities.runsCommands) report("command", "a url: this runtime runs no commands");
    else return (_notification, context) => runAndTell(command, context);
  } else if (url === undefined) report("url", "a url and a secret, or a command");
  else if (secret === undefined) report("secret", "a reference to a secret that signs the request");
  else {
    const deliver = configureWebhook({ url, secret }, report, abilities);
    return deliver && (async (notification, context) => formatOutcome(await deliver(notification, context)));
  }
  return null;
}

async function runAndTell(
  [program = "", ...args]: readonly string[],
  context: DeliveryContext & { runCommand?: RunCommand },
): Promise<string> {
  const { runCommand, timeoutMs } = context;
  if (!runCommand) return "command not possible here";
  const name = program.split("/").at(-1) ?? program;
  const end = await runCommand({ program, args, timeoutMs });
  if (end.kind === "ended") return `command ${name} ended with ${end.code}`;
  return end.kind === "timeout"
    ? `command ${name} was stopped at its time limit`
    : `command ${name} could not be started`;
}

function formatOutcome(outcome: DeliveryOutcome): string {
  return outcome.kind === "accepted"
    ? "remediation webhook accepted"
    : `remediation webhook failed (${outcome.reason})`;
}
