/**
 * Every section of the configuration by its key in the file. To add one: a file in this folder and a line here.
 * Read by the parser and by the schema for editors, which shows the keys in this order; the type `Config` (`config.ts`) follows from it.
 * Invariant: the keys are part of users' files; one that gets a new name is refused with it (`REFUSED_KEYS` of `parse-value.ts`).
 */
import type { Section } from "../section.ts";
import { alerting } from "./alerting.ts";
import { auth } from "./auth.ts";
import { heartbeat, primary, role } from "./failover.ts";
import { intervals, retention } from "./intervals.ts";
import { degradedThreshold, hosts, maxConnections, node } from "./scalars.ts";
import { services } from "./services.ts";

export const SECTIONS = {
  node,
  services,
  intervals,
  retention,
  auth,
  alerting,
  role,
  primary,
  heartbeat,
  hosts,
  degraded_threshold: degradedThreshold,
  max_connections: maxConnections,
} satisfies Sections;

export type Sections = Readonly<Record<string, Section<unknown>>>;
