import { describe, expect, it } from "vitest";
import { fakeService, HEALTHY, HTTP_503, never, REFUSED } from "../../support/fake-service.ts";
import { testCluster, useSweepBench } from "../../support/probe-loop-bench.ts";

const started = useSweepBench();

describe("sweep loop", () => {
  it("shows every service before the first check, and checks each of them at once", async () => {
    const services = [fakeService("a"), fakeService("b")];
    const { clock, commits } = await started(services);
    expect(commits).toHaveLength(1);
    expect(JSON.parse(commits[0]?.body ?? "")).toMatchObject({ overall_status: "unknown" });
    await clock.advance(2_000);
    expect(services.map(({ asked }) => asked)).toEqual([1, 1]);
    expect(JSON.parse(commits.at(-1)?.body ?? "")).toMatchObject({ overall_status: "healthy", alerts: [] });
  });

  it("checks on a fixed grid that does not drift with slow answers", async () => {
    const times: number[] = [];
    const service = fakeService("a");
    const { clock } = await started([service]);
    service.response = async () => {
      times.push(clock.monotonicMs());
      await clock.sleep(1_700);
      return HEALTHY;
    };
    await clock.advance(5 * 30_000 + 1_000);
    const grid = times.slice(1).map((atMs) => atMs % 30_000);
    expect(new Set(grid).size).toBe(1);
    expect(times.length).toBeGreaterThanOrEqual(5);
  });

  it("lets a silent service delay neither another one nor its commit", async () => {
    const silent = fakeService("silent", { timeoutMs: 15_000 });
    const quick = fakeService("quick", { intervalMs: 5_000 });
    silent.response = never;
    const { clock, store } = await started([silent, quick]);
    await clock.advance(12_000);
    expect(quick.asked).toBeGreaterThanOrEqual(3);
    expect((await store.readSnapshot())?.moment.checks.get("quick")?.status).toBe("healthy");
    expect((await store.readSnapshot())?.moment.checks.has("silent")).toBe(false);
  });

  it("cuts off a prober that misses its own deadline, and calls it a timeout", async () => {
    const stuck = fakeService("stuck", { timeoutMs: 3_000 });
    stuck.response = never;
    const { clock, store } = await started([stuck]);
    await clock.advance(4_200);
    expect((await store.readSnapshot())?.moment.checks.get("stuck")).toMatchObject({
      status: "timeout",
      message: "Request timed out",
      responseTimeMs: 3_100,
    });
  });

  it("never probes a service twice at a time", async () => {
    let running = 0;
    let most = 0;
    const service = fakeService("a", { intervalMs: 1_000, timeoutMs: 10_000 });
    const { clock, loop } = await started([service]);
    service.response = async () => {
      most = Math.max(most, ++running);
      await clock.sleep(3_500);
      running -= 1;
      return HEALTHY;
    };
    await clock.advance(2_000);
    void loop.refresh(0);
    await clock.advance(15_000);
    expect(service.asked).toBeGreaterThan(2);
    expect(most).toBe(1);
  });

  it("commits at most once a second however many checks end", async () => {
    const services = Array.from({ length: 20 }, (_, n) => fakeService(`s${n}`, { intervalMs: 200 }));
    const { clock, commits, store } = await started(services);
    await clock.advance(10_000);
    expect(commits.length).toBeLessThanOrEqual(12);
    expect(await store.countSweeps()).toBeGreaterThanOrEqual(9);
  });

  it("repeats a refused connection once, after a second, before it counts", async () => {
    const service = fakeService("a");
    service.response = REFUSED;
    const { clock, store } = await started([service]);
    await clock.advance(600);
    expect(service.asked).toBe(1);
    service.response = HEALTHY;
    await clock.advance(2_000);
    expect(service.asked).toBe(2);
    expect((await store.readSnapshot())?.moment.checks.get("a")?.status).toBe("healthy");
  });

  it("does not repeat an answer or a timeout", async () => {
    const service = fakeService("a", { critical: false });
    service.response = HTTP_503;
    const { clock } = await started([service, fakeService("b")]);
    await clock.advance(4_000);
    expect(service.asked).toBe(1);
  });

  it("looks more often at a failing service and at what depends on it, not at the others", async () => {
    const failing = fakeService("llm");
    const child = fakeService("proxy", { dependsOn: ["llm"] });
    const others = ["x", "y", "z"].map((id) => fakeService(id));
    const { clock } = await started([failing, child, ...others]);
    await clock.advance(60_000);
    failing.response = HTTP_503;
    await clock.advance(60_000);
    const before = [failing, child, ...others].map(({ asked }) => asked);
    await clock.advance(60_000);
    const more = [failing, child, ...others].map(({ asked }, index) => asked - (before[index] ?? 0));
    expect(more).toEqual([4, 4, 2, 2, 2]);
  });

  it("looks at what a failing service depends on as often as at that one, however seldom else", async () => {
    const parent = fakeService("llm", { intervalMs: 600_000 });
    const child = fakeService("proxy", { dependsOn: ["llm"], intervalMs: 8_000 });
    const { clock } = await started([parent, child]);
    await clock.advance(60_000);
    const before = parent.asked;
    child.response = HTTP_503;
    await clock.advance(16_000);
    expect(parent.asked - before).toBeGreaterThanOrEqual(2);
  });

  it("probes no more services at a time than may be, and begins their deadlines with their probes", async () => {
    let running = 0;
    let most = 0;
    const services = ["a", "b", "c", "d", "e"].map((id) => fakeService(id));
    for (const service of services) {
      service.response = async ({ clock: time }) => {
        most = Math.max(most, (running += 1));
        await time.sleep(4_000);
        running -= 1;
        return HEALTHY;
      };
    }
    const { clock, loop, store } = await started(services, { maxConcurrentProbes: 2 });
    await clock.advance(20_000);
    expect(most).toBe(2);
    const { checks } = (await store.readSnapshot())?.moment ?? {};
    expect(Array.from(checks?.values() ?? [], ({ status }) => status)).toEqual(services.map(() => "healthy"));
    loop.replaceCluster(testCluster(services, { maxConcurrentProbes: 5 }));
    const refreshed = loop.refresh(0);
    await clock.advance(5_000);
    await refreshed;
    expect(most).toBe(5);
  });

  it("returns to the service's own cadence when it is well again", async () => {
    const service = fakeService("a");
    const { clock } = await started([service]);
    service.response = HTTP_503;
    await clock.advance(60_000);
    service.response = HEALTHY;
    await clock.advance(30_000);
    const before = service.asked;
    await clock.advance(300_000);
    expect(service.asked - before).toBe(10);
  });

  it.each([
    ["which rejects", () => Promise.reject(new TypeError("secret text"))],
    [
      "which throws",
      () => {
        throw new TypeError("secret text");
      },
    ],
    ["which resolves with nothing", () => Promise.resolve(JSON.parse("null"))],
  ])("turns a prober's own fault into a check with reason internal, and logs it: one %s", async (_how, response) => {
    const service = fakeService("a");
    service.response = response;
    const { clock, store, logged } = await started([service]);
    await clock.advance(2_000);
    expect((await store.readSnapshot())?.moment.checks.get("a")).toMatchObject({ status: "error", reason: "internal" });
    expect(logged).toEqual(["error prober failed", "warn service is error", "warn overall status is unhealthy"]);
  });

  it("logs the overall status when it changes, and only then", async () => {
    const service = fakeService("a");
    const { clock, logged, facts } = await started([service]);
    await clock.advance(60_000);
    service.response = { ...HEALTHY, status: "unhealthy", reason: "http_status", message: "HTTP 503" };
    await clock.advance(60_000);
    service.response = HEALTHY;
    await clock.advance(60_000);
    expect(logged.filter((line) => line.includes("overall"))).toEqual([
      "info overall status is healthy",
      "warn overall status is unhealthy",
      "info overall status is healthy",
    ]);
    expect(facts.find(({ message }) => message === "overall status is unhealthy")).toMatchObject({
      not_healthy: 1,
      deciding: 1,
    });
    const [down, up] = ["unhealthy", "healthy"].map((to) =>
      facts.findLast(({ message }) => message === `service is ${to}`),
    );
    expect(down).not.toHaveProperty("down_ms");
    expect(up).toMatchObject({ down_ms: 50_000 });
  });

  it("leaves no timer behind after stop, and commits what had finished", async () => {
    const { clock, loop, store } = await started([fakeService("a"), fakeService("b")]);
    await clock.advance(20);
    await loop.stop();
    expect((await store.readSnapshot())?.moment.checks.size).toBe(2);
    await clock.advance(2_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("refresh", () => {
  it("probes every service whose check is too old, due or not, and resolves when they are committed", async () => {
    const services = [fakeService("a"), fakeService("b")];
    const { clock, loop, store } = await started(services);
    await clock.advance(15_000);
    const before = services.map(({ asked }) => asked);
    const nowMs = clock.nowMs();
    let isDone = false;
    void loop.refresh(10_000).then(() => (isDone = true));
    await clock.advance(1_500);
    expect(isDone).toBe(true);
    expect(services.every(({ asked }, index) => asked <= (before[index] ?? 0) + 1)).toBe(true);
    const checks = [...((await store.readSnapshot())?.moment.checks.values() ?? [])];
    expect(checks.every(({ checkedAtMs }) => nowMs - checkedAtMs <= 10_000)).toBe(true);
  });

  it("asks once, however many ask for it", async () => {
    const service = fakeService("a", { intervalMs: 600_000 });
    const { clock, loop } = await started([service]);
    await clock.advance(60_000);
    const before = service.asked;
    const waiting = Promise.all(Array.from({ length: 50 }, () => loop.refresh(10_000)));
    await clock.advance(300);
    const late = loop.refresh(10_000);
    await clock.advance(1_200);
    await Promise.all([waiting, late]);
    expect(service.asked).toBe(before + 1);
  });

  it("leaves checks alone that are young enough, and does not disturb the schedule", async () => {
    const service = fakeService("a");
    const { clock, loop } = await started([service]);
    await clock.advance(2_000);
    const before = service.asked;
    await loop.refresh(10_000);
    expect(service.asked).toBe(before);
  });
});
