/**
 * Parses one service of the configuration: the keys that all have, those of its check type, and its probe.
 * Called by `parse-config` for each service. Knows no check type by name.
 * Invariant: the two groups of keys are parsed apart, so a fault in one does not hide faults in the other.
 */
import * as z from "zod/mini";
import { parseHostAndPort, parseUrl } from "../domain/net/target.ts";
import type { AlertRules } from "../domain/alerting/alert.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { MonitoredService, Probe } from "../ports/prober.ts";
import { configureRemediation } from "../notify/remediation.ts";
import type { CheckType } from "../probes/check-type.ts";
import { formatDuration } from "./duration.ts";
import { quote } from "./fault.ts";
import type { FaultLog } from "./fault-log.ts";
import type { Located, LocatedMap } from "./located.ts";
import { checkKeys, mapOf, parseKeys, type KeyRules, type SectionPlace } from "./parse-section.ts";
import { SERVICE_ID_PATTERN, SERVICE_SHAPE } from "./sections.ts";

/** Check types by name, each with the schema of its keys. */
export type KnownCheckTypes = ReadonlyMap<string, { readonly type: CheckType; readonly schema: z.ZodMiniObject }>;

export interface ServiceRules {
  readonly checkTypes: KnownCheckTypes;
  readonly defaultCheckType: string;
  readonly host: RuntimeAbilities;
  /** Cadence of services without an `interval`. */
  readonly cadence: { readonly criticalMs: number; readonly otherMs: number };
  readonly log: FaultLog;
}

const COMMON_SCHEMA = z.object(SERVICE_SHAPE);

type CommonKeys = z.output<typeof COMMON_SCHEMA>;

const VALID_ID = 'an id of letters, digits, "_" and "-", at most 64 characters, not digits alone';

/** Builds the schemas of the registry once per configuration. */
export function knownCheckTypes(checkTypes: Readonly<Record<string, CheckType>>): KnownCheckTypes {
  return new Map(Object.entries(checkTypes).map(([name, type]) => [name, { type, schema: z.object(type.keys) }]));
}

/** The service under `services.<id>`; null after reporting at least one fault. */
export function parseService(id: string, node: Located, rules: ServiceRules): MonitoredService | null {
  const { log, cadence } = rules;
  const place: SectionPlace = { path: ["services", id], log };
  checkId(id, place);
  const map = mapOf(node, place, "a map of the keys of the service");
  if (map === null) return null;

  const common = parseKeys(map, COMMON_SCHEMA, place);
  const checkType = checkTypeOf(map, rules, place);
  checkKeys(map, keyRules(checkType, rules), place);
  const probe = checkType === null ? null : parseProbe(map, { ...rules, checkType }, place);
  if (common === null) return null;

  const {
    name,
    critical,
    timeout: timeoutMs,
    interval,
    slow_after: slowAfterMs = null,
    depends_on: dependsOn,
  } = common;
  if (slowAfterMs !== null && slowAfterMs >= timeoutMs) {
    log.add([...place.path, "slow_after"], `less than the timeout of ${formatDuration(timeoutMs)}`);
  }
  if (checkType === null || probe === null) return null;
  const wantedMs = interval ?? (critical ? cadence.criticalMs : cadence.otherMs);
  const intervalMs = Math.max(wantedMs, rules.host.shortestIntervalMs);
  return {
    id,
    name: name ?? id,
    critical,
    checkType,
    timeoutMs,
    intervalMs,
    slowAfterMs,
    dependsOn,
    probe,
    machine: machineOf(map),
    alertRules: alertRulesOf(common),
    ...parseRemediation(common.on_firing, rules, place),
  };
}

type RemediationPart = Pick<MonitoredService, "onFiring" | "remediate" | "remediationTimeoutMs">;

/** Faults are reported. */
function parseRemediation(
  written: CommonKeys["on_firing"],
  { host }: ServiceRules,
  { path, log }: SectionPlace,
): RemediationPart {
  if (written === undefined) return { onFiring: null, remediate: null, remediationTimeoutMs: 0 };
  const { cooldown: cooldownMs, most_per_hour: mostPerHour, timeout: remediationTimeoutMs } = written;
  const report = (key: string, expected: string): void => log.add([...path, "on_firing", key], expected);
  return {
    onFiring: { cooldownMs, mostPerHour },
    remediate: configureRemediation(written, report, host),
    remediationTimeoutMs,
  };
}

function alertRulesOf({ severity, failures, successes, for: forMs, flapping }: CommonKeys): AlertRules {
  return { severity: severity ?? null, failures, successes, forMs, flapping };
}

/** What check types call the place of their target, in this order. */
const TARGET_KEYS = ["url", "host"];

/** Null when it is this machine, or when the check type has no such key. */
function machineOf(map: LocatedMap): string | null {
  const text = TARGET_KEYS.map((key) => map.get(key)?.value).find((value) => typeof value === "string");
  const target = text === undefined ? null : (parseUrl(text) ?? parseHostAndPort(text));
  return target === null || target.allowLoopback ? null : target.host;
}

/** Names that every JavaScript object inherits would be found where no service is. */
function checkId(id: string, { path, log }: SectionPlace): void {
  if (!SERVICE_ID_PATTERN.test(id)) log.add(path, VALID_ID, `the id ${quote(id)}`);
  else if (id in Object.prototype) log.add(path, "another id: this one is reserved", `the id ${quote(id)}`);
}

function checkTypeOf(
  map: LocatedMap,
  { checkTypes, defaultCheckType }: ServiceRules,
  place: SectionPlace,
): string | null {
  const node = map.get("check_type");
  const name = node === undefined ? defaultCheckType : node.value;
  if (typeof name === "string" && checkTypes.has(name)) return name;
  place.log.add([...place.path, "check_type"], `one of ${[...checkTypes.keys()].join(", ")}`);
  return null;
}

/** The keys that a service may have: those of every check type while its own is in doubt. */
function keyRules(checkType: string | null, { checkTypes }: ServiceRules): KeyRules {
  const typesByKey = new Map<string, string[]>();
  for (const [name, { type }] of checkTypes) {
    for (const key of Object.keys(type.keys)) typesByKey.set(key, [...(typesByKey.get(key) ?? []), name]);
  }
  const own = [...typesByKey].filter(([, types]) => checkType === null || types.includes(checkType));
  const misplaced = new Map<string, string>();
  for (const [key, types] of typesByKey) {
    misplaced.set(key, `no such key with check_type ${checkType}, only with ${types.join(" or ")}`);
  }
  return { known: [...own.map(([key]) => key), ...Object.keys(SERVICE_SHAPE), "check_type"], misplaced };
}

function parseProbe(map: LocatedMap, rules: ServiceRules & { checkType: string }, place: SectionPlace): Probe | null {
  const { checkType, checkTypes, host } = rules;
  const known = checkTypes.get(checkType);
  const settings = known ? parseKeys(map, known.schema, place) : null;
  if (known === undefined || settings === null) return null;
  const faultyKeys: string[] = [];
  const report = (key: string, expected: string): void => {
    faultyKeys.push(key);
    place.log.add([...place.path, key], expected);
  };
  const probe = known.type.configure(settings as never, report, host); // the schema was built from the same keys
  if (probe === null && faultyKeys.length === 0)
    place.log.add(place.path, `keys that the check type ${checkType} can use`);
  return probe;
}
