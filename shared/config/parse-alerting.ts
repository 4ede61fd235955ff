/**
 * Parses the section `alerting`: channels, policies, and what tells whether the network is there.
 * Called by `parse-root`. Knows no channel type by name.
 * Invariants: whatever is accepted can be told to somebody: a policy that names a missing channel is a fault; where nobody wrote a
 * policy, every channel has its place in one.
 */
import * as z from "zod/mini";
import { SEVERITIES, type Severity } from "../domain/alerting/alert.ts";
import type { Policies, Policy, PolicyStep } from "../domain/alerting/escalation.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ChannelType } from "../notify/channel-type.ts";
import type { Channel, ChannelTier } from "../ports/notifier.ts";
import { durationSchema } from "./duration-schema.ts";
import type { FaultLog } from "./fault-log.ts";
import { isMap, type Located } from "./located.ts";
import { nearestKey } from "./nearest-key.ts";
import { checkKeys, mapOf, parseKeys, parseSection, type SectionPlace } from "./parse-section.ts";
import { SERVICE_ID_PATTERN } from "./sections.ts";

export interface AlertingConfig {
  readonly channels: readonly Channel[];
  readonly policies: Policies;
  /** Keys of services that tell whether the network is there. */
  readonly connectivityTargets: readonly string[];
  readonly isDrillWeekly: boolean;
}

export type ChannelTypes = Readonly<Record<string, ChannelType>>;

export interface AlertingRules {
  readonly channelTypes: ChannelTypes;
  readonly host: RuntimeAbilities;
  readonly serviceIds: readonly string[];
  readonly log: FaultLog;
}

const DAY_MS = 86_400_000;
const MOST_STEPS = 20;
const MOST_CHANNELS = 50;

const stepSchema = z.strictObject({
  after: z
    .prefault(durationSchema({ minMs: 0, maxMs: 7 * DAY_MS }), 0)
    .check(z.describe("How long after the alert has fired.")),
  channels: z.array(z.string()).check(z.minLength(1), z.describe("Names of channels.")),
});

const policySchema = z.strictObject({
  steps: z.array(stepSchema).check(z.maxLength(MOST_STEPS), z.describe("Who is told, one step after the other.")),
});

export const POLICIES_SHAPE = {
  critical: z
    .optional(policySchema)
    .check(z.describe("Default: chat channels at once, mail after 5 min, SMS after 15 min.")),
  warning: z.optional(policySchema).check(z.describe("Default: chat and mail channels after 15 min.")),
  info: z.optional(policySchema).check(z.describe("Default: nobody.")),
};

export const ALERTING_SHAPE = {
  drill: z
    .optional(z.enum(["weekly"]))
    .check(z.describe("Sends a marked message to every channel once a week. Default: on request only.")),
  connectivity_targets: z
    ._default(z.array(z.string()), [])
    .check(
      z.describe(
        "Services, such as the gateway, that tell whether the network is there: when all fail, the monitor is cut off.",
      ),
    ),
};

const ALERTING_SCHEMA = z.object(ALERTING_SHAPE);
const POLICIES_SCHEMA = z.object(POLICIES_SHAPE);
const ALERTING_KEYS = [...Object.keys(ALERTING_SHAPE), "channels", "policies"];

const RENAMED_KEYS = new Map([["references", "connectivity_targets, the new name of this key"]]);

/** Channels and policies; null after reporting at least one fault. */
export function parseAlerting(node: Located | undefined, rules: AlertingRules): AlertingConfig | null {
  const place: SectionPlace = { path: ["alerting"], log: rules.log };
  const map = mapOf(node, place, "a map");
  if (map === null) return null;
  checkKeys(map, { known: ALERTING_KEYS, misplaced: RENAMED_KEYS }, place);
  const top = parseKeys(map, ALERTING_SCHEMA, place);
  const channels = parseChannels(map.get("channels"), rules);
  const written = parseSection(
    map.get("policies"),
    { schema: POLICIES_SCHEMA, misplaced: new Map() },
    { path: ["alerting", "policies"], log: rules.log },
  );
  top?.connectivity_targets.forEach((id, index) => {
    if (!rules.serviceIds.includes(id))
      rules.log.add(["alerting", "connectivity_targets", index], oneOf("service", id, rules.serviceIds));
  });
  if (top === null || channels === null || written === null) return null;
  const names = channelNames(map.get("channels"));
  const entries = SEVERITIES.map((severity): [Severity, Policy] => {
    const policy = written[severity];
    return [
      severity,
      policy ? checkedPolicy(policy, { severity, names, log: rules.log }) : defaultPolicy(severity, channels),
    ];
  });
  return {
    channels,
    isDrillWeekly: top.drill === "weekly",
    connectivityTargets: top.connectivity_targets,
    policies: Object.fromEntries(entries) as Record<Severity, Policy>,
  };
}

function parseChannels(node: Located | undefined, rules: AlertingRules): Channel[] | null {
  const path = ["alerting", "channels"];
  const map = mapOf(node, { path, log: rules.log }, "a map of channels");
  if (map === null) return null;
  if (map.size > MOST_CHANNELS) rules.log.add(path, `at most ${MOST_CHANNELS} channels`, `${map.size} channels`);
  const channels = [...map].map(([name, channel]) => parseChannel(name, channel, rules));
  const parsed = channels.filter((channel) => channel !== null);
  return parsed.length === channels.length ? parsed : null;
}

function parseChannel(name: string, node: Located, { channelTypes, host, log }: AlertingRules): Channel | null {
  const place: SectionPlace = { path: ["alerting", "channels", name], log };
  if (!SERVICE_ID_PATTERN.test(name) || name in Object.prototype) {
    log.add(
      place.path,
      'a name of letters, digits, "_" and "-", at most 64 characters',
      `the name "${name.slice(0, 80)}"`,
    );
  }
  const map = mapOf(node, place, "a map with the key type");
  if (map === null) return null;
  const typeName = map.get("type")?.value;
  const type =
    typeof typeName === "string" && Object.hasOwn(channelTypes, typeName) ? channelTypes[typeName] : undefined;
  if (type === undefined || typeof typeName !== "string") {
    log.add([...place.path, "type"], `one of ${Object.keys(channelTypes).join(", ")}`);
    return null;
  }
  checkKeys(map, { known: ["type", ...Object.keys(type.keys)], misplaced: new Map() }, place);
  const settings = parseKeys(map, z.object(type.keys), place);
  if (settings === null) return null;
  const configured = type.configure(
    settings as never,
    (key, expected) => log.add([...place.path, key], expected),
    host,
  );
  if (configured === null) return null;
  const { tier, shortestGapMs } = type;
  return {
    name,
    type: typeName,
    tier,
    shortestGapMs,
    dailyCap: configured.dailyCap ?? null,
    deliver: configured.deliver,
  };
}

type WrittenPolicy = { readonly steps: readonly { readonly after: number; readonly channels: readonly string[] }[] };

function checkedPolicy(
  { steps }: WrittenPolicy,
  { severity, names, log }: { severity: Severity; names: readonly string[]; log: FaultLog },
): Policy {
  let beforeMs = 0;
  for (const [index, { after, channels }] of steps.entries()) {
    const path = ["alerting", "policies", severity, "steps", index];
    if (after < beforeMs) log.add([...path, "after"], "not less than in the step before");
    beforeMs = after;
    channels.forEach((name, position) => {
      if (!names.includes(name)) log.add([...path, "channels", position], oneOf("channel", name, names));
    });
  }
  return { steps: steps.map(({ after, channels }) => ({ afterMs: after, channels: [...new Set(channels)] })) };
}

/** Also the faulty ones: who names one of them is not at fault. */
function channelNames(node: Located | undefined): string[] {
  return isMap(node?.value) ? [...node.value.keys()] : [];
}

function oneOf(kind: string, name: string, known: readonly string[]): string {
  if (known.length === 0) return `a configured ${kind}, of which there is none`;
  const nearest = nearestKey(name, known);
  return nearest === undefined
    ? `a ${kind}: one of ${known.slice(0, 10).join(", ")}`
    : `a ${kind}, such as "${nearest}"`;
}

/** The seed's numbers, for the channels that there are. */
const DEFAULT_STEPS: Readonly<Record<Severity, readonly { afterMs: number; tiers: readonly ChannelTier[] }[]>> = {
  critical: [
    { afterMs: 0, tiers: ["chat"] },
    { afterMs: 300_000, tiers: ["chat", "mail"] },
    { afterMs: 900_000, tiers: ["chat", "mail", "phone"] },
  ],
  warning: [{ afterMs: 900_000, tiers: ["mail", "chat"] }],
  info: [],
};

function defaultPolicy(severity: Severity, channels: readonly Channel[]): Policy {
  const steps: PolicyStep[] = DEFAULT_STEPS[severity].map(({ afterMs, tiers }) => ({
    afterMs,
    channels: channels.filter(({ tier }) => tiers.includes(tier)).map(({ name }) => name),
  }));
  return { steps: steps.filter((step) => step.channels.length > 0) };
}
