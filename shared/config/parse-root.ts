/**
 * Parses the whole tree of a configuration: top level, sections, services and what they depend on.
 * Called by `parse-config` with every reference replaced. Knows no check type by name.
 * Invariant: a fault in one place never keeps another place from being checked.
 */
import * as z from "zod/mini";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { MonitoredService } from "../ports/prober.ts";
import type { CheckType } from "../probes/check-type.ts";
import type { Config } from "./config.ts";
import type { FaultLog } from "./fault-log.ts";
import { isList, isMap, type Located } from "./located.ts";
import { parseAlerting, type ChannelTypes } from "./parse-alerting.ts";
import { parseAuth } from "./parse-auth.ts";
import { FAILOVER_KEYS, parseFailover } from "./parse-failover.ts";
import { checkKeys, mapOf, parseKeys, parseSection, type SectionPlace } from "./parse-section.ts";
import { knownCheckTypes, parseService, type ServiceRules } from "./parse-service.ts";
import {
  INTERVALS_SHAPE,
  MAX_SERVICES,
  PLANNED_INTERVAL_KEYS,
  PLANNED_ROOT_KEYS,
  RETENTION_SHAPE,
  ROOT_SHAPE,
} from "./sections.ts";
import { checkDependencies } from "./service-graph.ts";

export interface TypeRegistry {
  /** Check types by the name that `check_type` gives. */
  readonly checkTypes: Readonly<Record<string, CheckType>>;
  /** The check type of services that name none. */
  readonly defaultCheckType: string;
  /** Channel types by the name that `type` gives. */
  readonly channelTypes: ChannelTypes;
}

export interface RootOptions extends TypeRegistry {
  /** What the host that will run it can do. */
  readonly host: RuntimeAbilities;
  /** The value of `node` when the file has none. */
  readonly defaultNode: string;
}

const SERVICES_EXPECTED = `a map of 1 to ${MAX_SERVICES} services`;

const ROOT_SCHEMA = z.object(ROOT_SHAPE);
const ROOT_KEYS = [
  ...Object.keys(ROOT_SHAPE),
  "services",
  "intervals",
  "retention",
  "auth",
  "alerting",
  ...FAILOVER_KEYS,
];
const INTERVALS_SCHEMA = z.object(INTERVALS_SHAPE);
const RETENTION_SCHEMA = z.object(RETENTION_SHAPE);

/** The configuration; null after reporting at least one fault. */
export function parseRoot(root: Located, options: RootOptions, log: FaultLog): Config | null {
  const place: SectionPlace = { path: [], log };
  const map = mapOf(root, place, "a map with the key services");
  if (map === null) return null;
  checkKeys(map, { known: ROOT_KEYS, misplaced: PLANNED_ROOT_KEYS }, place);
  const top = parseKeys(map, ROOT_SCHEMA, place);
  const intervalsSection = { schema: INTERVALS_SCHEMA, misplaced: PLANNED_INTERVAL_KEYS };
  const intervals = parseSection(map.get("intervals"), intervalsSection, { path: ["intervals"], log });
  const retention = parseSection(
    map.get("retention"),
    { schema: RETENTION_SCHEMA, misplaced: new Map() },
    { path: ["retention"], log },
  );
  const servicesMap = map.get("services")?.value;
  const alerting = parseAlerting(map.get("alerting"), {
    channelTypes: options.channelTypes,
    host: options.host,
    serviceIds: isMap(servicesMap) ? [...servicesMap.keys()] : [],
    log,
  });
  const failover = parseFailover(map, options.host, log);
  const access = parseAuth(map.get("auth"), options.host, log);

  const cadence = intervals ?? INTERVALS_SCHEMA.parse({}); // faulty intervals are no reason not to check the services
  const services = parseServices(map.get("services"), {
    checkTypes: knownCheckTypes(options.checkTypes),
    defaultCheckType: options.defaultCheckType,
    host: options.host,
    cadence: { criticalMs: cadence.critical, otherMs: cadence.non_critical },
    log,
  });
  const sections = { top, intervals, retention, access, services, alerting, failover };
  return isComplete(sections) ? configOf(sections, options) : null;
}

interface Sections {
  readonly top: z.output<typeof ROOT_SCHEMA>;
  readonly intervals: z.output<typeof INTERVALS_SCHEMA>;
  readonly retention: z.output<typeof RETENTION_SCHEMA>;
  readonly access: Config["access"];
  readonly services: Config["services"];
  readonly alerting: Config["alerting"];
  readonly failover: Config["failover"];
}

/** What is null has been reported. */
function isComplete(sections: { readonly [Name in keyof Sections]: Sections[Name] | null }): sections is Sections {
  return Object.values(sections).every((section) => section !== null);
}

function configOf(
  { top, intervals, retention, access, services, alerting, failover }: Sections,
  options: RootOptions,
): Config {
  return {
    node: top.node ?? options.defaultNode,
    services,
    intervals: { degradedMs: intervals.degraded, unhealthyMs: intervals.unhealthy, cleanupMs: intervals.cleanup },
    hosts: top.hosts,
    access,
    alerting,
    failover,
    retention: { blocksMs: retention.blocks },
    degradedThresholdPercent: top.degraded_threshold,
    maxConnections: top.max_connections,
  };
}

function parseServices(node: Located | undefined, rules: ServiceRules): MonitoredService[] | null {
  const map = node?.value;
  if (!isMap(map) || map.size === 0 || map.size > MAX_SERVICES) {
    rules.log.add(["services"], SERVICES_EXPECTED, isMap(map) ? `${map.size} services` : undefined);
    return null;
  }
  const services = [...map].map(([id, service]) => parseService(id, service, rules));
  const graph = new Map([...map].map(([id, service]) => [id, dependenciesOf(service)]));
  checkDependencies(graph, ({ serviceId, index }, expected) => {
    rules.log.add(["services", serviceId, "depends_on", index], expected);
  });
  const parsed = services.filter((service) => service !== null);
  return parsed.length === services.length ? parsed : null;
}

/** Taken from the tree, so that the graph is complete even where a service is faulty. Empty unless it is a list of texts. */
function dependenciesOf({ value: service }: Located): string[] {
  const list = isMap(service) ? service.get("depends_on")?.value : undefined;
  const ids = isList(list) ? list.map(({ value }) => value) : [];
  return ids.every((id) => typeof id === "string") ? ids : [];
}
