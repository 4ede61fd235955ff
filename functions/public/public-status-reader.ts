/**
 * What strangers see, made anew every few seconds at most, however many ask: they cost a look into memory.
 * A monitor has one; routes.tsx asks it. Invariants: whatever strangers ask is answered from what is kept here; what the past is made of is
 * read seldom, and for so small a part of the time that nobody can make the database busy by asking; what was known last is told
 * when storage fails.
 */
import { listOpen } from "../../shared/domain/alerting/list-open.ts";
import { StatusBoards, type StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { MonitorContext } from "../context.ts";
import { AppError } from "../http/problem.ts";
import { isolatedSince } from "../page/blindness.ts";
import type { Note } from "./incident.ts";
import { readPublicHistory, readPublicNotes, type PublicHistory } from "./public-history.ts";
import { buildPublicStatus, type PublicSettings, type PublicStatus } from "./status-model.ts";

/** What it says changes by the second; caches between us and who asks may keep it for longer. */
const STATUS_KEPT_MS = 5_000;

/** At most, and no longer than a hundredth of what has been watched; what changes a status is told at once. */
const HISTORY_KEPT_MS = 300_000;
const HISTORY_PART = 100;

/** Reading the past takes one part of so many of the time at most, also while a service comes and goes all the time. */
const HISTORY_SHARE = 100;

const RETRY_AFTER_S = 15;

type Uses = Pick<MonitorContext, "db" | "tell" | "turns" | "log" | "clock" | "snapshots" | "cluster" | "config">;

interface KeptStatus {
  readonly settings: PublicSettings;
  readonly atMs: number;
  readonly status: PublicStatus;
}

/** Times are monotonic. */
interface KeptHistory {
  readonly settings: PublicSettings;
  readonly statuses: string;
  /** Null: it could not be read. */
  readonly history: PublicHistory | null;
  readonly isFailing: boolean;
  readonly endedAtMs: number;
  readonly tookMs: number;
  readonly keptMs: number;
}

export class PublicStatusReader {
  readonly #uses: Uses;
  #kept: KeptStatus | null = null;
  #history: KeptHistory | null = null;
  #lastSnapshot: Snapshot | null = null;
  #lastNotes: readonly Note[] = [];
  /** What cannot be read at the moment: told once, however often strangers ask. */
  readonly #failing = new Set<string>();
  #making: { readonly settings: PublicSettings; readonly status: Promise<PublicStatus> } | null = null;

  constructor(uses: Uses) {
    this.#uses = uses;
  }

  /** Null: nobody may see anything. Throws while nothing is known because storage fails. */
  async read(): Promise<PublicStatus | null> {
    const { config, clock, turns } = this.#uses;
    const settings = config().public;
    if (!settings) return null;
    const kept = this.#kept;
    if (kept?.settings === settings && clock.monotonicMs() - kept.atMs < STATUS_KEPT_MS) return kept.status;
    // At the edge nobody may wait for what the request of somebody else has begun.
    if (!turns) return this.#make(settings);
    if (this.#making?.settings === settings) return this.#making.status;
    const making = { settings, status: this.#make(settings) };
    this.#making = making;
    return making.status.finally(() => {
      if (this.#making === making) this.#making = null;
    });
  }

  async #make(settings: PublicSettings): Promise<PublicStatus> {
    const { clock, cluster } = this.#uses;
    const { snapshot, isFailing } = await this.#readSnapshot();
    const { servicesById, degradedThresholdPercent, notice } = cluster();
    const nowMs = clock.nowMs();
    // Of its own: those of the monitor are asked about now only, and keep the last one.
    const boardAt = (atMs: number): StatusBoard => new StatusBoards().of(snapshot, atMs);
    const board = boardAt(nowMs);
    const past = snapshot && (await this.#readHistory(snapshot, { settings, board, nowMs }));
    const areNotesKnown = await this.#readNotes(nowMs);
    const isComplete = !isFailing && areNotesKnown && past?.isFailing !== true && !hasFaults(snapshot);
    const status = buildPublicStatus({
      settings,
      servicesById,
      degradedThresholdPercent,
      notice,
      boardAt,
      checkedAtMs: checkTimes(snapshot),
      windows: snapshot?.alerting.windows ?? [],
      history: past?.history ?? null,
      notes: this.#lastNotes,
      isPastFailing: !isComplete,
      isolatedSinceMs: snapshot && isolatedSince(listOpen(snapshot.alerting, servicesById.keys())),
      nowMs,
    });
    this.#kept = { settings, atMs: clock.monotonicMs(), status };
    return status;
  }

  /** The last one that is known, where it cannot be read. */
  async #readSnapshot(): Promise<{ readonly snapshot: Snapshot | null; readonly isFailing: boolean }> {
    try {
      this.#lastSnapshot = await this.#uses.snapshots.read();
      this.#failing.delete("the present");
      return { snapshot: this.#lastSnapshot, isFailing: false };
    } catch (error) {
      this.#tell("the present", error);
      if (this.#lastSnapshot) return { snapshot: this.#lastSnapshot, isFailing: true };
      const message = "Nothing is known at the moment. Ask again in a minute.";
      throw new AppError("unavailable", message, { retryAfterS: RETRY_AFTER_S });
    }
  }

  /** False where they cannot be read; then the last ones stay. */
  async #readNotes(nowMs: number): Promise<boolean> {
    try {
      this.#lastNotes = await readPublicNotes(this.#uses, nowMs);
      this.#failing.delete("notes");
      return true;
    } catch (error) {
      this.#tell("notes", error);
      return false;
    }
  }

  async #readHistory(snapshot: Snapshot, { settings, board, nowMs }: Present): Promise<KeptHistory> {
    const { clock } = this.#uses;
    const serviceIds = settings.groups.flatMap(({ services }) => services);
    const statuses = serviceIds.map((id) => board.services.get(id)?.status ?? "").join();
    const kept = this.#history?.settings === settings ? this.#history : null;
    const startedAtMs = clock.monotonicMs();
    if (kept && isFresh(kept, { statuses, nowMs: startedAtMs })) return kept;
    const taken = (history: PublicHistory | null, isFailing: boolean): KeptHistory => {
      const endedAtMs = clock.monotonicMs();
      const tookMs = endedAtMs - startedAtMs;
      const keptMs = history ? Math.min(HISTORY_KEPT_MS, watchedMs(history, nowMs) / HISTORY_PART) : 0;
      return (this.#history = { settings, statuses, history, isFailing, endedAtMs, tookMs, keptMs });
    };
    try {
      const asked = { serviceIds, moment: snapshot.moment, nowMs };
      const history = await this.#inTurn(() => readPublicHistory(this.#uses, asked));
      this.#failing.delete("the past");
      return taken(history, false);
    } catch (error) {
      this.#tell("the past", error);
      return taken(kept?.history ?? null, true);
    }
  }

  #tell(what: string, error: unknown): void {
    if (this.#failing.has(what)) return;
    this.#failing.add(what);
    this.#uses.log.write("warn", `${what} for the public page cannot be read, what was known last is shown`, {
      error: String(error),
    });
  }

  async #inTurn(read: () => Promise<PublicHistory>): Promise<PublicHistory> {
    const { turns } = this.#uses;
    const history = turns ? await turns.run(read) : await read();
    if (!history) throw new Error("too many long answers are being made");
    return history;
  }
}

/** What is wrong with the monitor is told to nobody here, but that it leaves gaps. */
function hasFaults(snapshot: Snapshot | null): boolean {
  return snapshot !== null && snapshot.moment.faults.length > 0;
}

/** When each service was last checked, epoch ms. */
function checkTimes(snapshot: Snapshot | null): ReadonlyMap<string, number> {
  return new Map([...(snapshot?.moment.checks ?? [])].map(([id, { checkedAtMs }]) => [id, checkedAtMs]));
}

interface Present {
  readonly settings: PublicSettings;
  readonly board: StatusBoard;
  readonly nowMs: number;
}

function isFresh(
  kept: KeptHistory,
  { statuses, nowMs }: { readonly statuses: string; readonly nowMs: number },
): boolean {
  const agoMs = nowMs - kept.endedAtMs;
  if (agoMs < kept.tookMs * HISTORY_SHARE) return true;
  return kept.statuses === statuses && !kept.isFailing && agoMs < kept.keptMs;
}

/** Since when somebody has watched, as far as it is known. */
function watchedMs({ services }: PublicHistory, nowMs: number): number {
  return nowMs - Math.min(nowMs, ...[...services.values()].flatMap(({ spans }) => spans[0]?.sinceMs ?? []));
}
