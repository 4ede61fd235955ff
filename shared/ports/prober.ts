/**
 * What a prober is: the settings of one service closed over, waiting to be asked.
 * `shared/probes/<check-type>.ts` make them, `usecases/probing/probe-service.ts` asks them. Knows no scheduling and no storage.
 * Invariant: a probe never rejects because of its target; whatever the target does is an Observation.
 */
import type { Body } from "../domain/monitoring/body-data.ts";
import type { Check, CheckDetails, Json, Observation } from "../domain/monitoring/check.ts";
import type { Service } from "../domain/monitoring/service.ts";
import type { Redact } from "../domain/text/redact.ts";
import type { Sentence } from "../domain/text/sentence.ts";
import type { Clock } from "./clock.ts";
import type { HttpTransport } from "./http-transport.ts";
import type { Remediate } from "./remediation.ts";
import type { NameResolution } from "./resolve-name.ts";

export interface ProbeContext {
  /** Deadline of this attempt over everything it does, in ms, > 0. The attempt ends at most 100 ms after it. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly http: HttpTransport;
  /** For probers that open sockets themselves. */
  readonly resolveName: NameResolution;
  /** The last check of this service, by whomever and with whatever settings; null before the first one. */
  readonly previous: Check | null;
  /** What the last probe with these settings has left in `Finding.memory`; null: nothing, or it was lost. */
  readonly memory: Json;
  /** The same of `Finding.baseline`; null also while it cannot be read. */
  baseline(): Promise<Json>;
  /** Takes the secrets of the service out of what its target said and is left as a baseline. What is found is left raw. */
  readonly redact: Redact;
}

/**
 * What a probe returns: what it saw, raw, and what it leaves for the next one. A probe judges what it saw as it is and cuts nothing:
 * secrets that the target echoes are taken out on the way to whoever stores or shows it (show-finding.ts). What it leaves survives
 * restarts and counts as long as the keys of its check type stay as they are. Absent: what was left before stays; null: it is
 * forgotten. Leave nothing that a target may have echoed of a secret: it is stored as it is, because it comes back as it was.
 *
 * @example
 * const before = context.memory as { commands: number } | null;
 * const details = { fields: { commands_since: before && commands - before.commands } };
 * return { ...answered, details, memory: { commands } };
 */
export interface Finding extends Omit<Observation, "message" | "details"> {
  readonly message: Sentence | null;
  readonly details: FoundDetails;
  /** Stored with the next sweep, and gone with a snapshot that is lost. At most 1 kB as JSON; more is forgotten. */
  readonly memory?: Json;
  /** A row of its own, written only when it changes. At most 32 kB as JSON; more is not kept. */
  readonly baseline?: Json;
}

/** Texts are of any length here. */
export interface FoundDetails extends Omit<CheckDetails, "data" | "finalUrl"> {
  readonly body?: Body;
  /** Every URL that led to the answer as it was written, the configured one first; absent when nobody was redirected. */
  readonly trail?: readonly string[];
}

/** Asks the service once. Safe to run concurrently; leaves no connection behind unless the service is `pooled`. */
export type Probe = (context: ProbeContext) => Promise<Finding>;

/** A service of the configuration, ready to be probed. */
export interface MonitoredService extends Service {
  readonly probe: Probe;
  /** Takes the secrets of the configuration out of what its probe finds. */
  readonly redact: Redact;
  /** Host and port of what is asked, without secrets; null where the check type has none. */
  readonly address: string | null;
  /** The keys of its configuration as they are written, without secrets. */
  readonly written: Readonly<Record<string, Json>>;
  /** Another one when its check type is, or any key of that which changes what is asked or of whom, secrets excepted. */
  readonly fingerprint: string;
  /** What is done by itself when its alert fires; null: nothing. */
  readonly remediate: Remediate | null;
  /** Time limit of that, in ms. */
  readonly remediationTimeoutMs: number;
}
