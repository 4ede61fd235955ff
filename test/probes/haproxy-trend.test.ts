/**
 * What backends of HAProxy do over several checks, by figures and on a real HAProxy: too many 5xx, requests that wait for long, and reloads, after
 * which nothing is compared.
 */
import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeptBackend } from "../../shared/domain/monitoring/balancer-table.ts";
import { follow, judgeErrors, judgeQueues, type Seen } from "../../shared/probes/haproxy-trend.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { T0 } from "../support/checks.ts";
import type { Settings } from "../support/configured-probe.ts";
import { HAPROXY, startHaproxy, type HaproxyServer } from "../support/haproxy-server.ts";
import { skipWithout } from "../support/installed.ts";
import { NEW_BACKEND } from "../support/kept-backend.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { repeatedProbe } from "../support/repeated-probe.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const MINUTE = 60_000;

interface Look {
  readonly afterMs?: number;
  readonly answers?: number;
  readonly errors?: number;
  readonly queued?: number;
  readonly more?: Partial<KeptBackend>;
  readonly changedAgoS?: Seen["changedAgoS"];
}

/** One backend, looked at again and again, half a minute apart unless said otherwise. */
function watched(first: Partial<KeptBackend> = {}) {
  let nowMs = T0;
  let backend: KeptBackend = { ...NEW_BACKEND, ...first };
  backend = { ...backend, ...follow(backend, undefined, { nowMs, beforeMs: null, changedAgoS: 3_600 }) };
  return {
    backend: () => backend,
    look({ afterMs = 30_000, answers = 0, errors = 0, queued = 0, more, changedAgoS = 3_600 }: Look = {}) {
      const [beforeMs, before] = [nowMs, backend];
      nowMs += afterMs;
      const now = {
        ...before,
        queued,
        totalSessions: before.totalSessions + answers,
        responses: before.responses === null ? null : before.responses + answers,
        errors: before.errors === null ? null : before.errors + errors,
        ...more,
      };
      backend = { ...now, ...follow(now, before, { nowMs, beforeMs, changedAgoS }) };
      return (judgeErrors([backend], 50, nowMs) ?? judgeQueues([backend], nowMs))?.reason ?? null;
    },
  };
}

describe("the share of 5xx of a backend", () => {
  it("counts when half of enough answers are errors, until enough others are not", () => {
    const { look } = watched();
    expect(look({ answers: 20, errors: 9 })).toBeNull();
    expect(look({ answers: 20, errors: 10 })).toBe("error_rate");
    expect(look({ answers: 19 })).toBe("error_rate");
    expect(look({ answers: 1 })).toBeNull();
  });

  it("is of all answers since the last count, however many checks that takes", () => {
    const { look } = watched();
    expect([1, 2, 3, 4].map(() => look({ answers: 5, errors: 4 }))).toEqual([null, null, null, "error_rate"]);
  });

  it("is not counted over a time in which nobody looked", () => {
    const { look, backend } = watched();
    look({ answers: 30, errors: 0 });
    expect(look({ afterMs: 60 * MINUTE, answers: 500, errors: 500 })).toBeNull();
    expect(backend().errorPercent).toBeNull();
    expect(look({ answers: 20, errors: 20 })).toBe("error_rate");
  });

  it("is not known of few answers, and what it was counts for five minutes", () => {
    const { look } = watched();
    for (let minute = 0; minute < 30; minute += 1) expect(look({ afterMs: MINUTE, answers: 3, errors: 3 })).toBeNull();
    expect(look({ answers: 20, errors: 20 })).toBe("error_rate");
    expect(look({ afterMs: 5 * MINUTE - 1 })).toBe("error_rate");
    expect(look({ afterMs: 1 })).toBeNull();
  });

  it("is not stored again while nobody asks, but for once when what was counted is too old", () => {
    const { look, backend } = watched();
    look({ answers: 30, errors: 30 });
    look({ answers: 5 });
    const before = backend();
    look();
    expect(backend()).toEqual({ ...before, errorPercent: null });
    look({ afterMs: 5 * MINUTE });
    const idle = backend();
    for (let check = 0; check < 12; check += 1) look({ afterMs: 5 * MINUTE });
    expect(backend()).toEqual(idle);
  });

  it.each<[string, Look]>([
    ["fallen", { more: { responses: 40, totalSessions: 90, errors: 30 } }],
    ["overtaken what they were", { answers: 60, errors: 59, changedAgoS: 29 }],
  ])("is not compared with that before a reload whose counters have %s", (_how, reloaded) => {
    const { look, backend } = watched();
    look({ answers: 100, errors: 10 });
    expect(look(reloaded)).toBeNull();
    expect(backend()).toMatchObject({ errorPercent: null, counted: null });
    expect(look({ answers: 20, errors: 19 })).toBe("error_rate");
    // Once more: what was counted is of the process before.
    expect(look({ changedAgoS: 3 })).toBeNull();
  });

  it.each([
    ["too long ago", 15 * MINUTE + 1, null],
    ["not so long ago", 15 * MINUTE, "error_rate"],
    ["in the future, as the clock was set back", -1, null],
  ])("is not that of a gap: the check before was %s", (_when, afterMs, expected) => {
    const { look, backend } = watched();
    look({ answers: 1 });
    expect(look({ afterMs, answers: 100, errors: 90, changedAgoS: 99_999 })).toBe(expected);
    expect(backend().errorPercent).toBe(expected && 90);
    expect(look({ answers: 20, errors: 20 })).toBe("error_rate");
  });

  it("is nothing of TCP", () => {
    const { look, backend } = watched({ responses: null, errors: null });
    expect(look({ answers: 100 })).toBeNull();
    expect(backend()).toMatchObject({ counting: null, counted: null, errorPercent: null });
  });
});

describe("a queue of a backend", () => {
  it("is long when every check of a minute finds one that hardly moves", () => {
    const { look } = watched();
    expect([1, 2, 3].map(() => look({ queued: 3, answers: 1 }))).toEqual([null, null, "busy"]);
    expect(look()).toBeNull();
    expect(look({ queued: 3 })).toBeNull();
  });

  it("is none while it moves, or was empty in between", () => {
    const { look } = watched();
    for (let check = 0; check < 10; check += 1) expect(look({ queued: 5, answers: 300 })).toBeNull();
    look();
    for (let check = 0; check < 10; check += 1) expect(look({ queued: check % 2 })).toBeNull();
  });

  it("is another one after a reload", () => {
    const { look } = watched();
    look({ queued: 3, answers: 10 });
    look({ queued: 3 });
    expect(look({ queued: 3, more: { responses: 0, totalSessions: 3 } })).toBeNull();
    expect(look({ queued: 3, afterMs: MINUTE })).toBeNull();
    expect(look({ queued: 3 })).toBe("busy");
  });

  it("is what has come of it in the last minute, however long it was there and moved before", () => {
    const { look } = watched();
    const day = () => {
      for (let check = 0; check < 24 * 120; check += 1) expect(look({ queued: 1, answers: 300 })).toBeNull();
    };
    day();
    // The server dies: nobody is served any more.
    expect([1, 2, 3].map(() => look({ queued: 20 }))).toEqual([null, "busy", "busy"]);
    look();
    day();
    expect(look({ queued: 200, answers: 300 })).toBeNull();
  });

  it("is not what two checks have found of which one was long ago, or two alone", () => {
    const { look } = watched();
    look({ queued: 1 });
    expect(look({ queued: 1, afterMs: 14 * 60 * MINUTE })).toBeNull();
    expect(look({ queued: 1, afterMs: 5 * MINUTE })).toBeNull();
    expect(look({ queued: 1, afterMs: 5 * MINUTE })).toBe("busy");
  });

  it("is remembered in a few marks, however often it is looked at", () => {
    const { look, backend } = watched();
    for (let check = 0; check < 500; check += 1) look({ afterMs: 1_000, queued: 2 });
    expect(backend().waiting?.marks.length).toBeLessThanOrEqual(7);
    expect(look({ queued: 2 })).toBe("busy");
  });

  it("counts for TCP as well", () => {
    const { look } = watched({ responses: null, errors: null });
    expect([1, 2, 3].map(() => look({ queued: 3 }))).toEqual([null, null, "busy"]);
  });
});

describe.skipIf(skipWithout(HAPROXY))("a real HAProxy (needs haproxy)", () => {
  let context: TestContext;
  let members: TargetServer[];
  let proxy: HaproxyServer;
  /** It stands still unless a test moves it: HAProxy itself has only just begun. */
  let nowMs = T0;
  const watch = (settings: Settings = {}) => {
    const clock = { ...context.clock, nowMs: () => nowMs };
    return repeatedProbe(
      CHECK_TYPES.haproxy,
      { url: proxy.statisticsUrl, ...settings },
      { context: { ...context, clock } },
    );
  };
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: proxy.frontPort, agent: false }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      });
      asked.once("error", reject).end();
    });
  async function askTimes(count: number): Promise<void> {
    for (let each = 0; each < count; each += 1) await ask();
  }
  const answerWith = (...statuses: number[]): void => {
    for (const [index, member] of members.entries()) member.response = sendJson(statuses[index] ?? 200, {});
  };

  beforeAll(async () => {
    context = await makeContext();
    members = await Promise.all([startTarget(), startTarget()]);
    const [one, other] = members.map(({ port }) => port);
    const servers = `
    server one 127.0.0.1:${one} maxconn 1
    server other 127.0.0.1:${other} maxconn 1`;
    proxy = await startHaproxy(`\nbackend llm\n    balance roundrobin${servers}\n`, "llm");
  });
  afterEach(() => answerWith());
  afterAll(async () => {
    await proxy?.close();
    await Promise.all(members.map((member) => member.close()));
    await context.close();
  });

  it("is degraded while half of its answers are 5xx although every server is up, and not by a limit above", async () => {
    const [look, tolerant] = [watch(), watch({ max_error_percent: 51 })];
    await look();
    await tolerant();
    answerWith(200, 500);
    await askTimes(40);
    const message = "5xx: 50 % of 40 answers in llm";
    expect(await look()).toMatchObject({ status: "degraded", reason: "error_rate", message });
    expect(await tolerant()).toMatchObject({ status: "healthy" });
    answerWith();
    await askTimes(20);
    expect(await look()).toMatchObject({ status: "healthy", reason: null });
  });

  it("says of answers before a reload nothing, also when there have been more since", async () => {
    await proxy.reload();
    const look = watch();
    await look();
    await askTimes(3);
    await look();
    await proxy.reload();
    answerWith(500, 500);
    await askTimes(25);
    nowMs += 30_000;
    expect(await look()).toMatchObject({
      status: "healthy",
      details: { data: { backends: { llm: { error_percent: null } } } },
    });
    await askTimes(20);
    expect(await look()).toMatchObject({ reason: "error_rate", message: "5xx: 100 % of 20 answers in llm" });
  });

  it("is busy while requests wait for long because every server has as many as it may", async () => {
    const held: (() => void)[] = [];
    for (const member of members) member.response = (_request, response) => void held.push(() => response.end("{}"));
    const look = watch();
    const waiting = Array.from({ length: 5 }, () => ask());
    await expect
      .poll(async () => (await look()).details.data, { interval: 20 })
      .toMatchObject({ current_sessions: 5, queue_length: 3 });
    nowMs += 59_999;
    expect(await look()).toMatchObject({ status: "healthy" });
    nowMs += 1;
    const message = "Requests wait in llm for 1 min (3 now)";
    expect(await look()).toMatchObject({ status: "degraded", reason: "busy", message });
    answerWith();
    for (const release of held) release();
    expect(await Promise.all(waiting)).toEqual(Array(5).fill(200));
    expect(await look()).toMatchObject({ status: "healthy" });
  });
});
