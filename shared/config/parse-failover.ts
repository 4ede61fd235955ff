/**
 * Parses what a deployment of several instances says: who delivers (`role`, `primary`), and who hears that we live (`heartbeat`).
 * Called by `parse-root`. Invariant: a standby knows whom it stands by for.
 */
import * as z from "zod/mini";
import type { Failover } from "../domain/alerting/failover.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import { admitTarget, parseUrl, RECEIVER, type UrlTarget } from "../domain/net/target.ts";
import type { FaultLog } from "./fault-log.ts";
import type { LocatedMap } from "./located.ts";
import { parseKeys, parseSection } from "./parse-section.ts";

export const ROLE_SHAPE = {
  role: z
    ._default(z.enum(["primary", "standby"]), "primary")
    .check(z.describe("Who tells people. A standby does only while its primary has been silent for 3 minutes.")),
};

export const PRIMARY_SHAPE = {
  url: z.string().check(z.describe("/health of the primary, such as http://192.168.1.137:8083/health.")),
  token: z.optional(z.string()).check(z.describe("A token that may read there, where reading needs one.")),
};

export const HEARTBEAT_SHAPE = {
  url: z
    .string()
    .check(z.describe("Where to POST once a minute while everything works; whoever misses it tells somebody.")),
};

export const FAILOVER_KEYS = [...Object.keys(ROLE_SHAPE), "primary", "heartbeat"];

const ROLE_SCHEMA = z.object(ROLE_SHAPE);
const PRIMARY_SCHEMA = z.object(PRIMARY_SHAPE);
const HEARTBEAT_SCHEMA = z.object(HEARTBEAT_SHAPE);

/** Null after reporting at least one fault. */
export function parseFailover(root: LocatedMap, host: RuntimeAbilities, log: FaultLog): Failover | null {
  const role = parseKeys(root, ROLE_SCHEMA, { path: [], log });
  const rules: FailoverRules = { root, host, log };
  const primary = parsePrimary(rules);
  const heartbeat = parseHeartbeat(rules);
  if (role !== null) checkRole(role.role, rules);
  if (role === null || primary === "faulty" || heartbeat === "faulty") return null;
  return { primary, heartbeat };
}

interface FailoverRules {
  readonly root: LocatedMap;
  readonly host: RuntimeAbilities;
  readonly log: FaultLog;
}

function checkRole(role: "primary" | "standby", { root, log }: FailoverRules): void {
  if (role === "standby" && !root.has("primary")) {
    log.add(["primary"], "the section primary, because a standby watches it");
  } else if (role === "primary" && root.has("primary")) {
    log.add(["primary"], "no such section with role primary", "the section primary");
  }
}

function parsePrimary(rules: FailoverRules): Failover["primary"] | "faulty" {
  const node = rules.root.get("primary");
  if (node === undefined) return null;
  const place = { path: ["primary"], log: rules.log };
  const settings = parseSection(node, { schema: PRIMARY_SCHEMA, misplaced: new Map() }, place);
  const target = settings && parseTarget(settings.url, "primary", rules);
  return settings && target ? { target, token: settings.token ?? null } : "faulty";
}

function parseHeartbeat(rules: FailoverRules): Failover["heartbeat"] | "faulty" {
  const node = rules.root.get("heartbeat");
  if (node === undefined) return null;
  const place = { path: ["heartbeat"], log: rules.log };
  const settings = parseSection(node, { schema: HEARTBEAT_SCHEMA, misplaced: new Map() }, place);
  return (settings && parseTarget(settings.url, "heartbeat", rules)) ?? "faulty";
}

function parseTarget(text: string, section: string, { host, log }: FailoverRules): UrlTarget | null {
  const report = (key: string, expected: string): void => log.add([section, key], expected);
  return admitTarget(parseUrl(text), RECEIVER, { key: "url", report, abilities: host });
}
