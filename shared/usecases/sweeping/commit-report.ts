/**
 * What the log hears of commits: what they change, and what goes wrong with them, now and then instead of each time.
 * Used by the committer. Invariant: a single failure is no news: it is a lock that somebody held for a moment, nothing is lost, and
 * a second later it works.
 */
import type { AlertRecord } from "../../domain/alerting/alerting-state.ts";
import type { TakenBack } from "../../domain/monitoring/clock-lead.ts";
import { isForward } from "../../domain/monitoring/first-setting.ts";
import { findOverallStatus, findVotes } from "../../domain/monitoring/cluster-state.ts";
import { countDeciding } from "../../domain/monitoring/cluster-status.ts";
import type { Transition } from "../../domain/monitoring/transition.ts";
import { causeOf, type Unsaved } from "../../domain/monitoring/unsaved.ts";
import { formatDuration } from "../../domain/text/duration-text.ts";
import type { Clock } from "../../ports/clock.ts";
import { SafeText, type Log } from "../../ports/log.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { DraftedSweep } from "./draft-sweep.ts";

const FAILURES_TO_REPORT = 2;

/** Two processes on one database would otherwise tell it at every sweep. */
const DROPS_EVERY_MS = 600_000;

export class CommitReport {
  readonly #clock: Pick<Clock, "monotonicMs" | "nowMs">;
  readonly #log: Log;
  #failures = 0;
  #unsaved: Unsaved | null = null;
  /** The last fault that was logged. */
  #fault: string | null = null;
  #omitted = "";
  /** Since that was last told. */
  #dropped = 0;
  #droppedAtMs = -Infinity;

  constructor({ clock, log }: { readonly clock: Pick<Clock, "monotonicMs" | "nowMs">; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** False from the second failed commit in a row to the next one that works. */
  get storageWorks(): boolean {
    return this.#failures < FAILURES_TO_REPORT;
  }

  /** Since when and why storage does not work; null: it does. */
  get unsaved(): Unsaved | null {
    return this.storageWorks ? null : this.#unsaved;
  }

  succeeded(): void {
    if (!this.storageWorks) this.#log.write("info", "storage works again");
    this.#failures = 0;
    this.#unsaved = null;
    this.#fault = null;
  }

  failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#failures += 1;
    this.#unsaved = { sinceMs: this.#unsaved?.sinceMs ?? this.#clock.nowMs(), cause: causeOf(error) };
    if (this.storageWorks || this.#fault === text) return;
    this.#fault = text;
    this.#log.write("error", "storage failed, checks are held", { error: text });
  }

  /** Each kind once, until everything has been stored again. */
  omitted(parts: string): void {
    if (parts !== "" && parts !== this.#omitted)
      this.#log.write("error", "the database refuses a part of what is to be stored, left out", { parts });
    this.#omitted = parts;
  }

  dropped(checks: number): void {
    this.#dropped += checks;
    const nowMs = this.#clock.monotonicMs();
    if (checks === 0 || nowMs < this.#droppedAtMs + DROPS_EVERY_MS) return;
    this.#log.write("warn", "another process committed first, checks are dropped", { checks: this.#dropped });
    this.#droppedAtMs = nowMs;
    this.#dropped = 0;
  }
}

/** What a commit changes. `last`: what was committed before it. */
export function logCommit(log: Log, { commit, snapshot }: DraftedSweep, last: Snapshot | null): void {
  if (commit.takenBack) logTakenBack(log, commit.takenBack);
  logTransitions(log, commit.transitions, last);
  const to = findOverallStatus(snapshot.moment);
  const from = last ? findOverallStatus(last.moment) : "unknown";
  if (to !== from) {
    const { deciding, notHealthy } = countDeciding(findVotes(snapshot.moment, snapshot.moment.atMs));
    const fields = { from, not_healthy: notHealthy, deciding };
    log.write(to === "healthy" ? "info" : "warn", `overall status is ${to}`, fields);
  }
  logAlerts(log, commit.alertRecords);
}

function logTakenBack(log: Log, by: TakenBack): void {
  const { leadMs } = by;
  if (isForward(by)) return log.write("info", "the clock was set, what was seen before is dated by it");
  log.write("warn", "the clock was ahead by more than a day, what was stored by it is kept apart", {
    ahead: formatDuration(leadMs),
    lead_ms: leadMs,
  });
}

/** What people look into the log for. Our own absence (`stale`) and its end are no news about a service. */
function logTransitions(log: Log, transitions: readonly Transition[], last: Snapshot | null): void {
  for (const transition of transitions) {
    const { serviceId, from, to, reason, message } = transition;
    const isNews = reason !== "stale" && !(from === "unknown" && to === "healthy");
    const level = !isNews ? "debug" : to === "healthy" ? "info" : "warn";
    log.write(level, `service is ${to}`, {
      service: serviceId,
      from,
      ...downFor(transition, last),
      ...(reason && { reason, error: safe(message) }),
    });
  }
}

/** Since its alert began, where it had one. */
function downFor({ serviceId, atMs, to }: Transition, last: Snapshot | null): { readonly down_ms?: number } {
  const sinceMs = last?.alerting.subjects.get(serviceId)?.alert?.sinceMs;
  return to === "healthy" && sinceMs !== undefined ? { down_ms: atMs - sinceMs } : {};
}

/** Of a check: our own words, and what the probe's redactor has left of others'. */
const safe = (message: string | null): SafeText | null => (message === null ? null : new SafeText(message));

/** Every alert that fires or ends is in the log, whatever the policies say. */
function logAlerts(log: Log, records: readonly AlertRecord[]): void {
  for (const { id, name, severity, state, reason, message, decision, endReason } of records) {
    const level = state === "resolved" || severity === "info" ? "info" : "warn";
    const fields = { id, name, severity, reason: endReason ?? reason, error: safe(message), decision };
    log.write(level, `alert is ${state}`, fields);
  }
}
