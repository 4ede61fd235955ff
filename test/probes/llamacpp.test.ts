/**
 * The check type `llamacpp` over many probes, against a server that keeps state and counts what must never be done to it.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { llamacpp } from "../../shared/probes/llamacpp.ts";
import { configureRawProbe, faultyKeys, type Settings } from "../support/configured-probe.ts";
import { startLlamaServer, type LlamaServer, type ModelState } from "../support/llamacpp-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";
import { watch, type Watch } from "../support/watched-server.ts";

const MINUTE_MS = 60_000;
const EVERYTHING = { slots: true, metrics: true, canary: { every: "1m", budget: 1_000 } };

let context: TestContext;
let server: LlamaServer;
beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  server = await startLlamaServer();
});
afterEach(() => server.close());

const watched = (settings: Settings = {}): Watch => watch(llamacpp, { url: server.url, ...settings }, context);

async function probeTimes(count: number, { probe }: Watch, afterMs = 30_000) {
  const checks = [];
  for (let each = 0; each < count; each += 1) checks.push(await probe(afterMs));
  return checks;
}

describe("what a probe costs", () => {
  it.each([{}, { slots: true }, { metrics: true }, { slots: true, metrics: true }])(
    "is two requests on the average with %j, and the data is there all the time",
    async (settings) => {
      const checks = await probeTimes(30, watched(settings));
      // The last look may be at the end.
      expect(server.asked.length).toBeLessThanOrEqual(2 * 30 + 2);
      for (const { details } of checks) expect(details.data).toMatchObject({ role: "model", model: "tiny" });
    },
  );

  it("is two requests on the average for a router", async () => {
    server.state.models = { big: "loaded", tiny: "unloaded" };
    const checks = await probeTimes(12, watched());
    expect(server.asked).toHaveLength(24);
    for (const { details } of checks) expect(details.data).toMatchObject({ role: "router", loaded: ["big"] });
  });

  it("leaves nothing that the server wrote, in less than 1 kB", async () => {
    server.state.slots.busy = 1;
    const watching = watched(EVERYTHING);
    await probeTimes(60, watching, MINUTE_MS);
    const left = JSON.stringify(watching.memory());
    expect(left).not.toMatch(/tiny|hunter22|b11549/);
    expect(left.length).toBeLessThan(900);
  });
});

describe("a server that sleeps", () => {
  it("is healthy, and is neither woken nor asked to work", async () => {
    server.state.isAsleep = true;
    const checks = await probeTimes(40, watched(EVERYTHING));
    for (const check of checks)
      expect(check).toMatchObject({ status: "healthy", details: { data: { sleeping: true } } });
    expect(server.done).toEqual({ wakes: 0, loads: 0, evictions: 0, keptAwake: 0, scrapes: 0, completions: 0 });
  });

  it("is kept awake by one canary for each time that somebody has woken it, and no more", async () => {
    const watching = watched(EVERYTHING);
    server.state.isAsleep = true;
    await watching.probe();
    for (const wakings of [1, 2, 3]) {
      server.state.isAsleep = false;
      await probeTimes(20, watching);
      expect(server.done).toMatchObject({ completions: wakings, keptAwake: wakings, wakes: 0 });
      server.state.isAsleep = true;
      await probeTimes(3, watching);
    }
  });
});

describe("a server that may go to sleep, which it does not tell", () => {
  const MINUTES = 7 * 60;
  const STEP = 2;

  /** Seven hours; the server sleeps when nobody has kept it awake for `sleepsAfter` minutes. Resolves with when it was touched. */
  async function sevenHours(settings: Settings, sleepsAfter: number, isUsed = (_minute: number): boolean => false) {
    const { probe } = watched(settings);
    const touched: number[] = [];
    let idleSince = 0;
    for (let minute = STEP; minute <= MINUTES; minute += STEP) {
      const { keptAwake } = server.done;
      if (isUsed(minute)) server.state.slots.task += 1;
      server.state.isAsleep = !isUsed(minute) && minute - idleSince >= sleepsAfter;
      await probe(STEP * MINUTE_MS);
      if (server.done.keptAwake > keptAwake) touched.push(minute);
      if (server.done.keptAwake > keptAwake || isUsed(minute)) idleSince = minute;
    }
    return touched;
  }
  const inLastHour = (minute: number): boolean => minute > MINUTES - 60;

  const WISHES: readonly Settings[] = [{ slots: true }, { canary: {} }, { slots: true, canary: {} }];
  const CASES = WISHES.flatMap((settings) => [4, 20, 60].map((sleepsAfter) => ({ settings, sleepsAfter })));
  it.each(CASES)("is not kept awake by $settings when it sleeps after $sleepsAfter minutes", async (each) => {
    const { settings, sleepsAfter } = each;
    const touched = await sevenHours(settings, sleepsAfter);
    expect(server.state.isAsleep).toBe(true);
    expect(server.done.wakes).toBe(0);
    // A canary is due after a quarter of an hour at first.
    expect(Math.max(...touched)).toBeLessThanOrEqual(2 * sleepsAfter + ("canary" in settings ? 120 : 3 * STEP));
  });

  it("shows in an idle hour that it does not: then its slots are asked in each look", async () => {
    const touched = await sevenHours({ slots: true }, Infinity);
    expect(touched.filter(inLastHour)).toHaveLength(15);
  });

  it("shows in an idle hour that it does not: then canaries come as often as they are to", async () => {
    const touched = await sevenHours({ canary: { every: "10m" } }, Infinity);
    expect(touched.filter(inLastHour)).toHaveLength(6);
  });

  it.each(WISHES)("shows nothing of the kind while somebody uses it now and then, with %j", async (settings) => {
    await sevenHours(settings, 60, (minute) => minute < 120 && minute % 20 === 0);
    expect(server.state.isAsleep).toBe(true);
    expect(server.done.wakes).toBe(0);
  });
});

describe("a router", () => {
  const CASES: readonly [string, Record<string, ModelState>, number][] = [
    ["nothing loaded", { big: "unloaded", tiny: "unloaded" }, 0],
    ["one loading", { big: "loading", tiny: "unloaded" }, 0],
    ["one loaded", { big: "loaded", tiny: "unloaded" }, 10],
    ["one loaded and one loading", { big: "loaded", tiny: "loading" }, 0],
    ["two loaded", { big: "loaded", tiny: "loaded" }, 0],
  ];
  it.each(CASES)("with %s loads and unloads nothing", async (_name, models, completions) => {
    server.state.models = { ...models };
    await probeTimes(10, watched(EVERYTHING), 2 * MINUTE_MS);
    expect(server.state.models).toEqual(models);
    expect(server.done).toMatchObject({ loads: 0, evictions: 0, scrapes: 0, completions });
  });

  it("loads nothing for a canary when the model has gone meanwhile", async () => {
    server.state.models = { big: "loaded", tiny: "unloaded" };
    const { models } = server.state;
    const { push } = server.asked;
    server.asked.push = (request) => {
      if (request.startsWith("POST")) models["big"] = "unloaded";
      return push.call(server.asked, request);
    };
    const check = await watched(EVERYTHING).probe();
    expect(server.done).toMatchObject({ completions: 1, loads: 0 });
    expect(check).toMatchObject({ status: "healthy", details: { data: { canary: { spent_today: 1 } } } });
  });

  it("says the same between two looks at its models", async () => {
    server.state.models = { big: "loading" };
    const checks = await probeTimes(6, watched({ models: ["big"] }));
    expect(new Set(checks.map(({ reason }) => reason))).toEqual(new Set(["starting"]));
  });
});

describe("counters", () => {
  it("are asked only when the configuration wants it", async () => {
    await probeTimes(20, watched({ slots: true, canary: { every: "1m" } }));
    expect(server.done.scrapes).toBe(0);
  });

  it("become tokens a second, also after the server was restarted", async () => {
    const { probe } = watched({ metrics: true });
    const speedOf = async (counters: LlamaServer["state"]["counters"]) => {
      Object.assign(server.state, { counters });
      const [check] = await probeTimes(2, { probe, memory: () => null });
      return check?.details.data;
    };
    expect(await speedOf({ prompt: 1_000, promptS: 10, answer: 100, answerS: 10 })).toMatchObject({
      tokens_per_s: null,
    });
    const faster = await speedOf({ prompt: 3_000, promptS: 14, answer: 400, answerS: 20 });
    expect(faster).toMatchObject({ tokens_per_s: 30, prompt_tokens_per_s: 500 });
    expect(await speedOf({ prompt: 10, promptS: 1, answer: 5, answerS: 1 })).toMatchObject({ tokens_per_s: null });
    expect(await speedOf({ prompt: 10, promptS: 1, answer: 25, answerS: 2 })).toMatchObject({ tokens_per_s: 20 });
  });
});

describe("a model that is demanded of a server of one", () => {
  it.each(["tiny", "tiny.gguf", "/var/models/tiny.gguf"])("is there as %s", async (model) => {
    expect(await watched({ models: [model] }).probe()).toMatchObject({ status: "healthy" });
  });

  it("is missed when it has another one", async () => {
    expect(await watched({ models: ["huge"] }).probe()).toMatchObject({ status: "unhealthy", reason: "assertion" });
  });
});

describe("a server that comes back", () => {
  it("is looked at anew", async () => {
    const { probe } = watched({ slots: true, metrics: true });
    await probe();
    server.state.isLoading = true;
    expect(await probe()).toMatchObject({ reason: "starting", statusCode: 503 });
    server.state.isLoading = false;
    server.state.isAsleep = true;
    expect(await probe()).toMatchObject({ status: "healthy", details: { data: { sleeping: true } } });
  });
});

describe("a server that was started anew", () => {
  it("is asked for its slots although it was seen asleep before", async () => {
    const { probe } = watched({ slots: true });
    server.state.isAsleep = true;
    await probe();
    server.state.isLoading = true;
    await probe();
    Object.assign(server.state, { isLoading: false, isAsleep: false });
    expect(await probe()).toMatchObject({ status: "healthy", details: { data: { slots_busy: 0 } } });
  });
});

describe("what an earlier release has left", () => {
  it("counts as far as it is there", async () => {
    const ask = configureRawProbe(llamacpp, { url: server.url, slots: true });
    const memory = { seen: null, rest: 3 };
    expect(await ask({ ...context, memory, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({ status: "healthy" });
  });
});

describe("configuration", () => {
  it.each(["", "/", "/health", "/v1/health", "/v1", "/v1/models"])("takes a URL that ends in %j", async (end) => {
    expect(await watch(llamacpp, { url: server.url + end }, context).probe()).toMatchObject({ status: "healthy" });
    expect(server.asked[0]).toBe("GET /health");
  });

  it("takes the key in one place", () => {
    const headers = { Authorization: "Bearer a" };
    expect(faultyKeys(llamacpp, { url: server.url, headers, api_key: "b" })).toEqual(["headers"]);
    expect(faultyKeys(llamacpp, { url: server.url, headers })).toEqual([]);
  });
});
