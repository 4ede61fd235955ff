/**
 * Every section of the configuration by its key in the file, and the type of what they become. To add one: a file in this folder and
 * a line here. Read by the parser and by the schema for editors, which shows the keys in this order.
 * Invariants: the keys are part of users' files; one that gets a new name is refused with it (`REFUSED_KEYS` of `parse-value.ts`).
 * A Config is deeply frozen; a reload makes a new one. Probes and channels have closed over their secrets; of the others only the
 * token of the primary is in it.
 */
import type { Section, ValueOf } from "../section.ts";
import { alerting } from "./alerting.ts";
import { auth } from "./auth.ts";
import { maxConnections, maxConnectionsPerAddress, trustedProxies } from "./connections.ts";
import { heartbeat, primary, role } from "./failover.ts";
import { intervals, retention } from "./intervals.ts";
import { publicPage } from "./public.ts";
import { degradedThreshold, hosts, maxConcurrentProbes, node, timezone } from "./scalars.ts";
import { routes } from "./routes.ts";
import { services } from "./services.ts";

export const SECTIONS = {
  node,
  services,
  intervals,
  retention,
  routes,
  auth,
  public: publicPage,
  alerting,
  role,
  primary,
  heartbeat,
  hosts,
  timezone,
  degraded_threshold: degradedThreshold,
  max_connections: maxConnections,
  max_concurrent_probes: maxConcurrentProbes,
  max_connections_per_address: maxConnectionsPerAddress,
  trusted_proxies: trustedProxies,
} satisfies Sections;

export type Sections = Readonly<Record<string, Section<unknown>>>;

export type Config = ConfigOf<typeof SECTIONS>;

/** What structured cloning keeps of it, everything but what probes and channels have closed over; and not what becomes the cluster. */
export type PlainConfig = Omit<Config, "services" | "alerting" | "routes">;

/** `max_connections` is `maxConnections` in the program, `degraded_threshold` in percent is `degradedThresholdPercent`. */
export type ConfigOf<Registry extends Sections> = {
  readonly [Name in keyof Registry & string as `${CamelCase<Name>}${Registry[Name]["unit"]}`]: ValueOf<Registry[Name]>;
};

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
