/**
 * Everything that alerting remembers between two sweeps; stored with the snapshot, in the same commit.
 * Made by `alerting.ts` and `alert-commands.ts`, read by the API. Instants are epoch ms.
 * Invariant: it is all there is: a restart, another process or another runtime goes on from it as if nothing had happened.
 */
import type { NamedAlert } from "./alert.ts";
import { named, type AlertEnd, type OpenAlert, type SubjectMemory } from "./alert-life.ts";
import type { StartsByService } from "./crash-loop.ts";
import type { DispatchGroup } from "./grouping.ts";
import type { MaintenanceWindow } from "./maintenance-window.ts";
import type { Silence } from "./silence.ts";
import { isDown, type CheckStatus } from "../monitoring/check.ts";

export interface AlertingState {
  /** By subject: a service's key, `<key>#certificate`, or one of `MONITOR`; those at rest are left out. */
  readonly subjects: ReadonlyMap<string, SubjectMemory>;
  readonly groups: readonly DispatchGroup[];
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
  /** When remediations began, by service; epoch ms, those of the last hour. */
  readonly remediationStarts: ReadonlyMap<string, readonly number[]>;
  /** When somebody last answered over the network while anything was wrong, epoch ms. Absent: nothing is wrong, or nobody has. */
  readonly provenAtMs?: number;
  /** Of services that were starting of late, for as long as their grace. */
  readonly starts: StartsByService;
  /** When time alone will change something: something is due to be told, or a silence ends. Infinity: never. */
  readonly nextDueMs: number;
}

export const NO_ALERTING: AlertingState = {
  subjects: new Map(),
  groups: [],
  silences: [],
  windows: [],
  remediationStarts: new Map(),
  starts: new Map(),
  nextDueMs: Infinity,
};

/** The subjects that are no service: the monitor cut off from the network, having been away, out of sockets, heard by nobody, with a clock that was ahead, or without storage. */
export const MONITOR = {
  isolated: "#isolated",
  absent: "#absent",
  exhausted: "#exhausted",
  unheard: "#unheard",
  clock: "#clock",
  storage: "#storage",
} as const;

const CERTIFICATE = "#certificate";

export function certificateSubject(serviceId: string): string {
  return serviceId + CERTIFICATE;
}

/** The service that a subject belongs to; null for the monitor itself. */
export function parseService(subject: string): string | null {
  const [service = ""] = subject.split("#");
  return service === "" ? null : service;
}

/** True when the subject is a service itself. */
export function isService(subject: string): boolean {
  return !subject.includes("#");
}

/** What people call the subject of an alert. */
export function subjectName(subject: string, services: ReadonlyMap<string, { readonly name: string }>): string {
  const id = parseService(subject);
  if (id === null) return "Monitoring";
  const name = services.get(id)?.name ?? id;
  return isService(subject) ? name : `${name} (certificate)`;
}

/** What people lack because of what the alert is about; null: nobody said, or it is not down. */
export function subjectImpact(
  subject: string,
  status: CheckStatus,
  services: ReadonlyMap<string, { readonly impact: string | null }>,
): string | null {
  return isDown(status) ? (services.get(subject)?.impact ?? null) : null;
}

/** One alert that fired, as its row keeps it. */
export interface AlertRecord extends NamedAlert, Pick<OpenAlert, "notifiedChannels" | "decision"> {
  readonly subject: string;
  readonly firedAtMs: number;
}

/** The row of an alert that has fired; null for one that is only pending. `end`: absent while it is open. */
export function buildRecord(
  subject: string,
  { alert, name }: { readonly alert: OpenAlert; readonly name: string },
  end?: AlertEnd,
): AlertRecord | null {
  const { firedAtMs, notifiedChannels, decision } = alert;
  return firedAtMs === null ? null : { subject, ...named(alert, name, end), firedAtMs, notifiedChannels, decision };
}

/** True when the row must be written anew. Figures within a message change at every check and are no news. */
export function isNews(before: AlertRecord | null, after: AlertRecord): boolean {
  return before === null || JSON.stringify(withoutFigures(before)) !== JSON.stringify(withoutFigures(after));
}

function withoutFigures(record: AlertRecord): AlertRecord {
  return { ...record, message: record.message?.replace(/\d+/g, "0") ?? null };
}
