/**
 * What waits for a commit, as a value, and what becomes of it whichever way the commit ends. Pure; the committer carries it along.
 * Invariants: a check is held, stored, or dropped because another process committed first; whoever asked for something is
 * answered once: with the outcome when it is stored, or with the storage's error.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import { NO_ALERTING } from "../../domain/alerting/alerting-state.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Cluster } from "../cluster.ts";
import { isNothing, nothingSince, onlyHeld, without, type Decided } from "./decided.ts";
import type { DraftedSweep } from "./draft-sweep.ts";

export interface PendingCommand {
  readonly command: AlertCommand;
  /** Null until a draft has applied it. */
  readonly outcome: CommandOutcome | null;
  resolve(outcome: CommandOutcome): void;
  reject(error: unknown): void;
}

export interface Pending {
  /** The last commit, which the next one is computed from; null before the first one. */
  readonly last: Snapshot | null;
  /** Checks that are not stored, in the order in which they ended. */
  readonly checks: readonly Check[];
  readonly commands: readonly PendingCommand[];
  readonly decided: Decided;
  /** The last draft, until its commit has been answered: one that failed may have taken effect. */
  readonly unanswered: DraftedSweep | null;
  /** Since when nothing that is stored can be read, on the monotonic clock; null: it has been read. */
  readonly unreadSinceMs: number | null;
  /** The services are others than the last commit says. */
  readonly rosterIsNew: boolean;
}

/** About an hour of a hundred services; then the oldest go, because the newest decide. */
const MOST_HELD_CHECKS = 10_000;

export function pendingSince(last: Snapshot | null, rosterIsNew: boolean): Pending {
  const decided = nothingSince(last?.alerting ?? NO_ALERTING);
  return { last, checks: [], commands: [], decided, unanswered: null, unreadSinceMs: null, rosterIsNew };
}

export function withCheck(pending: Pending, check: Check): Pending {
  const held = pending.checks.length < MOST_HELD_CHECKS ? pending.checks : pending.checks.slice(1);
  return { ...pending, checks: [...held, check] };
}

/** What was decided is not decided again, also when it cannot be stored. */
export function afterDraft(pending: Pending, { decided, outcomes }: DraftedSweep): Pending {
  const left = [...outcomes];
  const commands = pending.commands.map((each) => ({ ...each, outcome: each.outcome ?? left.shift() ?? null }));
  return { ...pending, commands, decided: onlyHeld(decided, pending.checks) };
}

/** The draft is stored; more may have been held, asked and decided since it was made. */
export function afterCommit(pending: Pending, draft: DraftedSweep, { roster }: Cluster): Pending {
  const stored = new Set(draft.checks);
  const checks = pending.checks.filter((check) => !stored.has(check));
  return {
    last: draft.snapshot,
    checks,
    commands: pending.commands.filter(({ outcome }) => outcome === null),
    decided: without(pending.decided, draft.commit, checks),
    unanswered: null,
    unreadSinceMs: null,
    rosterIsNew: draft.commit.moment.roster !== roster,
  };
}

/**
 * Another process was first: whatever was decided on top of what nobody has stored is decided anew from what is. A database that holds
 * nothing any more has been replaced by a new one: what we know goes on in it, so that nobody is told anything again.
 */
export function afterLost(
  pending: Pending,
  stored: Snapshot | null,
  lost: { cluster: Cluster; keeps: Keeps },
): Pending {
  if (stored === null && pending.last) {
    return { ...pending, last: { ...pending.last, generation: 0 }, unanswered: null, rosterIsNew: true };
  }
  const { cluster, keeps } = lost;
  const checks = pending.checks.filter((check) => {
    const service = cluster.servicesById.get(check.serviceId);
    return service !== undefined && keeps(check, stored?.moment.checks.get(check.serviceId), service);
  });
  const commands = pending.commands.map((each) => ({ ...each, outcome: null }));
  // Two processes that are configured differently would try for ever; the next sweep shows it.
  const rosterOnly = pending.unanswered?.commit.checks.length === 0;
  const rosterIsNew = pending.rosterIsNew && !rosterOnly && !isSameRoster(stored, cluster);
  return { ...pendingSince(stored, rosterIsNew), checks, commands };
}

/** True for a check of ours that is stored although another process committed first. `theirs`: the last one that it has stored. */
export type Keeps = (ours: Check, theirs: Check | undefined, service: { readonly intervalMs: number }) => boolean;

/** The database refuses a draft for what is in it: what was `asked` for is taken back, what was `decided` is not decided again. */
export function afterRefusal(pending: Pending, asked: readonly PendingCommand[], decided: Decided): Pending {
  const refused = new Set(asked.map(({ command }) => command));
  const commands = pending.commands.filter(({ command }) => !refused.has(command));
  return { ...pending, commands, decided: onlyHeld(decided, pending.checks), unanswered: null };
}

/** It cannot be stored: what holds all the same is answered and kept. Returns the commands that are. */
export function answerUnstored(commands: Pending["commands"], error: unknown, holds: boolean): Pending["commands"] {
  for (const { outcome, resolve, reject } of commands) {
    if (holds && outcome) resolve(outcome);
    else reject(error);
  }
  return holds ? commands : [];
}

/** True when there is something to commit. @param flush also what waits to be told with others */
export function somethingWaits({ checks, commands, decided, rosterIsNew }: Pending, flush: boolean): boolean {
  if (checks.length + commands.length > 0 || !isNothing(decided) || rosterIsNew) return true;
  return flush && decided.alerting.groups.some(({ waiting }) => waiting.length > 0);
}

/** True when it is about what was to be stored: trying the same again cannot help. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && /constraint|too big|type_error|mismatch/i.test(error.message);
}

/** True when what is stored is this very commit; another process has other checks, and so another body. */
export function isSameSweep(stored: Snapshot | null, { snapshot }: DraftedSweep): boolean {
  return stored?.generation === snapshot.generation && stored.etag === snapshot.etag && stored.body === snapshot.body;
}

/** The stored roster is another object with the same content. */
export function isSameRoster(stored: Snapshot | null, { roster }: Cluster): boolean {
  return JSON.stringify(stored?.moment.roster) === JSON.stringify(roster);
}
