/**
 * Who is called first for a capability, from one commit to the next: a choice holds while nothing speaks against it, so that noise does
 * not send agents to and fro. Pure. Advanced by draft-sweep with each commit and stored with it, so it survives restarts, and all
 * instances agree; applied to what is asked by who answers.
 * Invariants: who may not be called is never held; a change has a reason, of which the last twenty are kept.
 */
import type { Asked, Ranked, Ranking } from "./rank.ts";
import { SKIPS } from "./rank.ts";

/** Why another one is called, in words for people. */
export const CHANGES = {
  ...SKIPS,
  first: "Nobody was called before.",
  removed: "The one before is configured no more.",
  demoted: "The one before is degraded in a way that callers feel.",
  better_tier: "One of a better tier is well, and has been so for a while if it had failed.",
  better_score: "Another one of the tier has been clearly better for long enough.",
  well_again: "One is well again.",
  nobody: "There is nobody to call.",
} as const;
export type ChangeReason = keyof typeof CHANGES;

export interface Change {
  /** Of the commit, epoch ms. */
  readonly atMs: number;
  /** Keys of endpoints; null: nobody. */
  readonly from: string | null;
  readonly to: string | null;
  readonly why: ChangeReason;
}

/** How long something has been so of an endpoint. */
export interface Streak {
  /** Key of the endpoint. */
  readonly id: string;
  /** Epoch ms. */
  readonly sinceMs: number;
  /** How many checks have found it so. */
  readonly checks: number;
  /** When the last of them ended, epoch ms. */
  readonly checkedAtMs: number;
}

export interface RouteMemory {
  /** Key of the endpoint; null: nobody. */
  readonly choice: string | null;
  /** One of the same tier that is better than the choice. */
  readonly rival: Streak | null;
  /** Those that have failed, and how long they have been well since: no check yet while they fail. */
  readonly recovering: readonly Streak[];
  /** The newest one last. */
  readonly changes: readonly Change[];
}

/** By capability. */
export type RoutingState = ReadonlyMap<string, RouteMemory>;

export const NO_ROUTING: RoutingState = new Map();
const NO_CHOICE: RouteMemory = { choice: null, rival: null, recovering: [], changes: [] };

const MOST_CHANGES = 20;

/** A rival within a tier has to be better by so much. */
const MARGIN = 0.15;

/** So long a rival has to be the better one, and who has failed has to be well, as so many checks say. */
const DWELL_MS = 30_000;
const RIVAL_CHECKS = 3;
const GOOD_CHECKS = 2;

/** What is remembered after a commit at `nowMs`. @param ranking of what is asked for without any wish */
export function advanceChoice(last: RouteMemory = NO_CHOICE, ranking: Ranking, nowMs: number): RouteMemory {
  const before = { ...last, recovering: advanceRecovering(last.recovering, ranking, nowMs) };
  const [best] = ranking.candidates;
  const held = ranking.candidates.find(({ endpoint }) => endpoint.id === before.choice);
  const toBest = (why: ChangeReason): RouteMemory =>
    change(before, { to: best?.endpoint.id ?? null, why, atMs: nowMs });
  if (!best) return before.choice === null ? before : toBest("nobody");
  if (best === held) return { ...before, rival: null };
  const why = !held || ranking.isFailOpen ? whyLeft(before, ranking) : whyBetter(before, { best, held });
  if (why !== null) return toBest(why);
  const rival = held ? findRival(before.rival, { best, held }, nowMs) : null;
  return rival && isLong(rival, RIVAL_CHECKS, nowMs) ? toBest("better_score") : { ...before, rival };
}

/** Null: not better by so much that it would not have to prove it. */
function whyBetter(before: RouteMemory, { best, held }: Rivals): ChangeReason | null {
  if (held.isDemoted && !best.isDemoted) return "demoted";
  return best.place < held.place && !isRecovering(best, before) ? "better_tier" : null;
}

interface Rivals {
  readonly best: Ranked;
  readonly held: Ranked;
}

/** Null: the best one is not better than the one that is held by so much, or is of another tier. */
function findRival(before: Streak | null, { best, held }: Rivals, nowMs: number): Streak | null {
  const isBetter = best.place === held.place && best.score - held.score >= MARGIN;
  return isBetter ? advanceStreak(before, best, nowMs) : null;
}

/** Who is down or felt to be degraded begins to be well anew; who has been well for long enough is forgotten. */
function advanceRecovering(
  before: readonly Streak[],
  { candidates, skipped, isFailOpen }: Ranking,
  nowMs: number,
): Streak[] {
  const well = isFailOpen ? [] : candidates.filter(({ isDemoted }) => !isDemoted);
  const bad = [
    ...skipped.filter(({ why }) => why === "down").map(({ ranked }) => ranked),
    ...candidates.filter(({ isDemoted }) => isDemoted),
  ];
  const isIn = (all: readonly Ranked[], id: string): boolean => all.some(({ endpoint }) => endpoint.id === id);
  const failing = bad.map(({ endpoint: { id } }) => ({ id, sinceMs: nowMs, checks: 0, checkedAtMs: 0 }));
  const recovering = well.flatMap((ranked) => {
    const streak = before.find(({ id }) => id === ranked.endpoint.id);
    if (!streak) return [];
    const next = streak.checks === 0 ? advanceStreak(null, ranked, nowMs) : advanceStreak(streak, ranked, nowMs);
    return isLong(next, GOOD_CHECKS, nowMs) ? [] : next;
  });
  // Of whom nothing is known now, and who is in maintenance.
  const known = [...candidates, ...skipped.map(({ ranked }) => ranked)];
  const waiting = before.filter(({ id }) => isIn(known, id) && !isIn(well, id) && !isIn(bad, id));
  return [...failing, ...recovering, ...waiting];
}

function isRecovering({ endpoint }: Ranked, { recovering }: RouteMemory): boolean {
  return recovering.some(({ id }) => id === endpoint.id);
}

function isLong({ checks, sinceMs }: Streak, leastChecks: number, nowMs: number): boolean {
  return checks >= leastChecks && nowMs - sinceMs >= DWELL_MS;
}

function whyLeft({ choice }: RouteMemory, { skipped, isFailOpen }: Ranking): ChangeReason {
  if (choice === null) return "first";
  const left = skipped.find(({ ranked }) => ranked.endpoint.id === choice);
  // Until now the least bad one was called.
  return left?.why ?? (isFailOpen ? "well_again" : "removed");
}

function advanceStreak(before: Streak | null, { endpoint, evidence }: Ranked, nowMs: number): Streak {
  const checkedAtMs = evidence.checkedAtMs ?? 0;
  if (before?.id !== endpoint.id) return { id: endpoint.id, sinceMs: nowMs, checks: 1, checkedAtMs };
  const isNews = checkedAtMs > before.checkedAtMs;
  return { ...before, checks: before.checks + Number(isNews), checkedAtMs: Math.max(checkedAtMs, before.checkedAtMs) };
}

function change(before: RouteMemory, { to, why, atMs }: Omit<Change, "from">): RouteMemory {
  if (to === before.choice) return { ...before, rival: null };
  const changes = [...before.changes, { atMs, from: before.choice, to, why }].slice(-MOST_CHANGES);
  return { ...before, choice: to, rival: null, changes };
}

/**
 * The ranking of what is asked for, with who is held in front: unless another one is clearly better for that, as when it alone has the
 * model loaded.
 */
export function holdChoice(
  ranking: Ranking,
  memory: RouteMemory | undefined,
  { model }: Pick<Asked, "model">,
): Ranking {
  const { candidates } = ranking;
  const [best] = candidates;
  const held = candidates.find(({ endpoint }) => endpoint.id === memory?.choice);
  if (!best || !held || held === best) return ranking;
  const isSameTier = best.place === held.place;
  if (isSameTier && model !== null && best.score - held.score >= MARGIN) return ranking;
  return { ...ranking, candidates: [held, ...candidates.filter((each) => each !== held)] };
}
