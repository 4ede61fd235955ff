/** Since when the cluster is what it is: the same instant whether it is found commit by commit or in the past of the services. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overallSinceMs } from "../../../functions/public/overall-since.ts";
import { statusSpans } from "../../../shared/domain/history/status-spans.ts";
import { CHECK_STATUSES, type Check } from "../../../shared/domain/monitoring/check.ts";
import { applyChecks, findOverallStatus, type ClusterMoment } from "../../../shared/domain/monitoring/cluster-state.ts";
import {
  advanceSince,
  evidenceEndsAtMs,
  overallSinceAt,
  SINCE_NOTHING,
  type StatusSince,
} from "../../../shared/domain/monitoring/status-since.ts";
import { findTransitions, type Transition } from "../../../shared/domain/monitoring/transition.ts";
import { check, failing, moment, rosterEntry, T0 } from "../../support/checks.ts";

/** Checks end at whole tens, evidence never with one of them: what happens in the same millisecond has no order. */
const STALE_MS = 100_005;
const STEP_MS = 10;
const IDS = ["a", "b", "c"];
const roster = IDS.map((id) => rosterEntry(id, { staleAfterMs: STALE_MS }));

interface Sweep {
  readonly atMs: number;
  /** In the order in which they ended, before it. */
  readonly checks: readonly Check[];
}

/** What both say at `nowMs`, after these sweeps. */
function bothOf(sweeps: readonly Sweep[], nowMs: number) {
  let since: StatusSince = SINCE_NOTHING;
  let last: ClusterMoment | null = null;
  const log: Transition[] = [];
  for (const { atMs, checks } of sweeps) {
    const known = last?.checks ?? new Map<string, Check>();
    const transitions = findTransitions(known, checks, roster);
    const next = moment(atMs, [...applyChecks(known, checks).values()], { roster });
    since = advanceSince(since, { previous: last, moment: next, transitions });
    log.push(...transitions);
    last = next;
  }
  if (!last) return expect.unreachable();
  const { checks } = last;
  const voters = roster.map(({ id, critical, staleAfterMs }) => {
    const found = checks.get(id);
    const evidenceEndsAt = found ? evidenceEndsAtMs(found, staleAfterMs) : 0;
    const own = log.filter(({ serviceId }) => serviceId === id);
    return { critical, spans: statusSpans(own, { sinceMs: 0, untilMs: nowMs, evidenceEndsAtMs: evidenceEndsAt }) };
  });
  const overall = findOverallStatus(last, nowMs);
  return {
    byCommits: overallSinceAt(since, last, nowMs),
    byPast: overallSinceMs(voters, { overall, degradedThresholdPercent: 70 }),
  };
}

describe("since when the cluster is what it is", () => {
  it("is when the check ended that made it so, and not when that was committed", () => {
    const well = IDS.map((id, index) => check(id, T0 + index));
    const down = [failing("a", T0 + 1_000), failing("b", T0 + 1_300)];
    const sweeps = [
      { atMs: T0 + 200, checks: well },
      { atMs: T0 + 1_900, checks: down },
    ];
    expect(bothOf(sweeps, T0 + 2_000)).toEqual({ byCommits: T0 + 1_000, byPast: T0 + 1_000 });
    const again = { atMs: T0 + 5_000, checks: [check("b", T0 + 4_000), check("a", T0 + 4_200)] };
    expect(bothOf([...sweeps, again], T0 + 6_000)).toEqual({ byCommits: T0 + 4_200, byPast: T0 + 4_200 });
  });

  it("is told in the same way by both, whatever happened, stale times included", () => {
    const one = fc.record({
      steps: fc.integer({ min: 1, max: 20_000 }),
      id: fc.constantFrom(...IDS),
      status: fc.constantFrom(...CHECK_STATUSES.filter((each) => each !== "unknown")),
    });
    const sweep = fc.record({
      checks: fc.array(one, { minLength: 1, maxLength: 5 }),
      held: fc.integer({ min: 0, max: 90 }),
    });
    fc.assert(
      fc.property(
        fc.array(sweep, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: STALE_MS }),
        (drafts, laterMs) => {
          let atMs = T0;
          const sweeps = drafts.map(({ checks, held }) => {
            const made = checks.map(({ steps, id, status }) => check(id, (atMs += steps * STEP_MS), { status }));
            return { atMs: (atMs += held * STEP_MS), checks: made };
          });
          const { byCommits, byPast } = bothOf(sweeps, atMs + laterMs);
          // Where it was always so, the past has no instant for it.
          if (byPast !== null) expect(byCommits).toBe(byPast);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
