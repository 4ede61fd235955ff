/** `/cluster_health?at=` against what was served at that instant: of any life, from both tiers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import type { HttpTransport } from "../../../shared/ports/http-transport.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { cleanUp } from "../../../shared/usecases/housekeeping/clean-up.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

const CONFIG = {
  services: {
    a: { url: "https://a.example/", critical: true, interval: 2 },
    b: { url: "https://b.example/", interval: 3, failures: 1 },
  },
};

const LOOKS = 40;
const LOOK_EVERY_MS = 170;

async function ask(monitor: Monitor, path: string) {
  const response = await monitor.fetch(new Request(`http://localhost${path}`, { headers: { host: "localhost" } }));
  return { status: response.status, json: JSON.parse(await response.text()) };
}

/** Without what is told of the present only, and without timings, which history keeps for two hours. */
function lasting({ overall_since: _since, interval_s: _interval, ...document }: Record<string, unknown>) {
  const services = Object.entries(document["services"] as Record<string, Record<string, object>>);
  const kept = services.map(([id, { interval_s: _own, next_check_at: _next, health, ...service }]) => {
    const { timings: _timings, ...rest } = health as Record<string, unknown>;
    return [id, { ...service, health: rest }];
  });
  return { ...document, services: Object.fromEntries(kept) };
}

async function startMonitor() {
  const database = sqliteTestDatabase();
  const clock = new FakeClock(T0);
  const codes = { a: 200, b: 200 };
  const http: HttpTransport = {
    async exchange({ target }) {
      const statusCode = target.origin.includes("//a.") ? codes.a : codes.b;
      const measured = { durationMs: 5, timings: {} };
      if (statusCode === 0) return { kind: "failure", reason: "refused", message: "Connection refused", ...measured };
      return { kind: "response", statusCode, headers: {}, body: new Uint8Array(), truncated: false, ...measured };
    },
  };
  const process = testProcess().process;
  const runtime = { ...testRuntime({ database, process, config: CONFIG, clock }), http };
  const monitor = await createMonitor(runtime);
  await monitor.start();
  const close = async (): Promise<void> => {
    await passUntil(clock, monitor.stop());
    database.close();
  };
  return { monitor, clock, codes, database, close };
}

describe("the cluster as it was", () => {
  it("is what was served then, from the head and from the blocks", async () => {
    const code = fc.constantFrom(200, 200, 503, 0);
    const step = fc.record({ waitMs: fc.integer({ min: 1_000, max: 4 * MINUTE }), a: code, b: code });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        const { monitor, clock, codes, database, close } = await startMonitor();
        const served: { atMs: number; json: Record<string, unknown> }[] = [];
        await clock.advance(5_000);
        for (const { waitMs, a, b } of steps) {
          Object.assign(codes, { a, b });
          await clock.advance(waitMs);
          // Also between a check and the commit that tells of it.
          for (let times = 0; times < LOOKS; times += 1) {
            await clock.advance(LOOK_EVERY_MS);
            served.push({ atMs: clock.nowMs(), json: (await ask(monitor, "/cluster_health")).json });
          }
        }
        await clock.advance(1);
        const expectSame = async (): Promise<void> => {
          for (const { atMs, json } of served) {
            const then = await ask(monitor, `/cluster_health?at=${new Date(atMs).toISOString()}`);
            expect(lasting(then.json)).toEqual(lasting(json));
          }
        };
        await expectSame();
        await cleanUp(createD1Store(database.db), clock.nowMs() + 2 * HOUR, 400 * 24 * HOUR);
        await expectSame();
        await close();
      }),
      { numRuns: 6 },
    );
  });

  it("is nothing before the first check, and not of the future", async () => {
    const { monitor, clock, close } = await startMonitor();
    await clock.advance(MINUTE);
    const at = (atMs: number) => ask(monitor, `/cluster_health?at=${new Date(atMs).toISOString()}`);
    expect((await at(T0 - 1)).status).toBe(404);
    expect(await at(clock.nowMs() + 1)).toMatchObject({ status: 400, json: { errors: [{ field: "at" }] } });
    const both = await ask(monitor, `/cluster_health?fresh=true&at=${new Date(T0).toISOString()}`);
    expect(both).toMatchObject({ status: 400, json: { errors: [{ field: "fresh" }] } });
    await close();
  });
});
