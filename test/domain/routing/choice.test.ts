/** Who is held: noise changes nothing, what is bad is left at once, what is better has to prove it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckStatus, Reason } from "../../../shared/domain/monitoring/check.ts";
import { advanceChoice, holdChoice, type RouteMemory } from "../../../shared/domain/routing/choice.ts";
import type { RouteEndpoint } from "../../../shared/domain/routing/endpoint.ts";
import { ANY, rankEndpoints, type Asked, type Evidence, type Ranking } from "../../../shared/domain/routing/rank.ts";

const NO_CHOICE: RouteMemory = { choice: null, rival: null, recovering: [], changes: [] };
const SECOND_MS = 1_000;
const endpoint = (id: string, tier: number): RouteEndpoint => {
  return { id, tier, api: "openai", url: `http://${id}`, models: null, members: null };
};
const TIERS = [endpoint("jetson", 1), endpoint("cpu", 2)];
const TWINS = [endpoint("left", 1), endpoint("right", 1)];

interface State {
  readonly status?: CheckStatus;
  readonly reason?: Reason | null;
  readonly responseTimeMs?: number;
  readonly data?: Evidence["data"];
}
type States = Readonly<Record<string, State>>;

interface Moment {
  readonly states?: States;
  readonly nowMs?: number;
  readonly asked?: Asked;
}

function rank(endpoints: readonly RouteEndpoint[], { states = {}, nowMs = 0, asked = ANY }: Moment): Ranking {
  return rankEndpoints(endpoints, asked, (id) => ({
    status: "healthy",
    reason: null,
    message: null,
    checkedAtMs: nowMs,
    responseTimeMs: 100,
    limitMs: 1_000,
    data: undefined,
    ...states[id],
  }));
}

/** A commit every ten seconds. */
function live(endpoints: readonly RouteEndpoint[], days: readonly States[], before?: RouteMemory): RouteMemory {
  return days.reduce<RouteMemory>((memory, states, index) => {
    const nowMs = (index + 1) * 10 * SECOND_MS;
    return advanceChoice(memory, rank(endpoints, { states, nowMs }), nowMs);
  }, before ?? NO_CHOICE);
}

const WELL: States = {};
const DOWN: States = { jetson: { status: "error", reason: "refused" } };
const changesOf = ({ changes }: RouteMemory) => changes.map(({ from, to, why }) => `${from} > ${to}: ${why}`);

describe("a choice", () => {
  it("leaves at once who is down, and goes back when that has been well for half a minute and two checks", () => {
    expect(live(TIERS, [WELL, DOWN])).toMatchObject({ choice: "cpu" });
    expect(live(TIERS, [WELL, DOWN, WELL, WELL, WELL])).toMatchObject({
      choice: "cpu",
      recovering: [{ id: "jetson", checks: 3 }],
    });
    const back = live(TIERS, [WELL, DOWN, WELL, WELL, WELL, WELL]);
    expect(changesOf(back)).toEqual(["null > jetson: first", "jetson > cpu: down", "cpu > jetson: better_tier"]);
  });

  it("goes at once to who is of a better tier and was only not looked at yet, as after a start", () => {
    const unseen: States = { jetson: { status: "unknown" } };
    expect(changesOf(live(TIERS, [unseen, WELL]))).toEqual(["null > cpu: first", "cpu > jetson: better_tier"]);
    // Not knowing is no recovery.
    expect(live(TIERS, [WELL, DOWN, unseen, WELL])).toMatchObject({ choice: "cpu" });
  });

  it("begins to count anew with who fails again", () => {
    const flapping = [WELL, DOWN, WELL, WELL, WELL, DOWN, WELL, WELL, WELL, DOWN];
    expect(changesOf(live(TIERS, flapping))).toEqual(["null > jetson: first", "jetson > cpu: down"]);
  });

  it("leaves at once who is degraded in a way that callers feel", () => {
    const busy: States = { jetson: { status: "degraded", reason: "busy" } };
    expect(changesOf(live(TIERS, [WELL, busy]))).toEqual(["null > jetson: first", "jetson > cpu: demoted"]);
  });

  it("stays within a tier while latencies are only noise: at most one change in an hour", () => {
    const latency = fc.integer({ min: 50, max: 400 });
    const hour = fc.array(fc.tuple(latency, latency), { minLength: 360, maxLength: 360 });
    fc.assert(
      fc.property(hour, (commits) => {
        const states = commits.map(([left, right]) => {
          return { left: { responseTimeMs: left }, right: { responseTimeMs: right } };
        });
        expect(live(TWINS, states).changes.length).toBeLessThanOrEqual(2); // the first one is none
      }),
      { numRuns: 30 },
    );
  });

  it("goes to who is clearly better for long enough", () => {
    const loaded = (busy: number) => ({ data: { model: "m", sleeping: false, slots_total: 4, slots_busy: busy } });
    const states = { left: loaded(4), right: loaded(0) };
    const first = { left: loaded(0), right: loaded(0) };
    const { recovering } = live(TWINS, [first]);
    expect(recovering).toEqual([]);
    expect(changesOf(live(TWINS, [first, states, states, states, states, states]))).toEqual([
      "null > left: first",
      "left > right: better_score",
    ]);
    expect(live(TWINS, [first, states, states, first, states, states])).toMatchObject({ choice: "left" });
  });

  it("is the least bad one while nothing is well, and is told when one is well again", () => {
    const bad: States = { jetson: { status: "error" }, cpu: { status: "unknown" } };
    expect(changesOf(live(TIERS, [bad, { ...bad, jetson: {} }]))).toEqual([
      "null > cpu: first",
      "cpu > jetson: unknown",
    ]);
  });

  it("is nobody where nobody is configured any more, and who stays is called when another one is removed", () => {
    const memory = live(TIERS, [WELL]);
    expect(changesOf(live(TIERS.slice(1), [WELL], memory))).toEqual(["null > jetson: first", "jetson > cpu: removed"]);
    expect(changesOf(live([], [WELL], memory))).toEqual(["null > jetson: first", "jetson > null: nobody"]);
  });

  it("remembers the last twenty changes", () => {
    const states = Array.from({ length: 200 }, (_, index) => (index % 8 === 0 ? DOWN : WELL));
    const { changes } = live(TIERS, states);
    expect(changes).toHaveLength(20);
    expect(changes.at(-1)?.to).toBe("jetson");
  });
});

describe("who asks", () => {
  const held: RouteMemory = { ...NO_CHOICE, choice: "right" };
  const order = ({ candidates }: Ranking) => candidates.map((each) => each.endpoint.id);

  it("is sent to who is held", () => {
    expect(order(holdChoice(rank(TWINS, {}), held, ANY))).toEqual(["right", "left"]);
  });

  it("is not, where that one may not be called", () => {
    const asked = { ...ANY, exclude: new Set(["right"]) };
    expect(order(holdChoice(rank(TWINS, { asked }), held, asked))).toEqual(["left"]);
  });

  it("for a model is sent to who has it loaded", () => {
    const states: States = {
      left: { data: { models: ["a", "b"], loaded: ["a"] } },
      right: { data: { models: ["a", "b"], loaded: ["b"] } },
    };
    const asked = { ...ANY, model: "a" };
    expect(order(holdChoice(rank(TWINS, { states, asked }), held, asked))).toEqual(["left", "right"]);
  });
});
