/** What the short cut of `/route` keeps: answers of one moment, and nothing of those before it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createRoutePeek } from "../../../functions/monitor/peek-route.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import { buildCluster } from "../../../shared/usecases/cluster.ts";
import { fakeService } from "../../support/fake-service.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { moment, T0 } from "../../support/checks.ts";
import { commitOf } from "../../support/stored-sweeps.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const clock = new FakeClock(T0);
const cluster = buildCluster({
  node: "worker-node4",
  services: [fakeService("a", {})],
  degradedThresholdPercent: 70,
  intervals: { degradedMs: 15_000, unhealthyMs: 5_000 },
  maxConcurrentProbes: 10,
  alerting: {
    channels: [],
    policies: { critical: { steps: [] }, warning: { steps: [] }, info: { steps: [] } },
    connectivityTargets: [],
    certificateTimes: { warningMs: 0, criticalMs: 0 },
    drill: null,
  },
  notice: null,
  routes: { llm: [{ id: "a", tier: 1, api: "openai", url: "http://a", models: null, members: null }] },
});

function snapshotOf(generation: number): Snapshot {
  return { ...commitOf(moment(T0, []), [], generation - 1), generation };
}

describe("the short cut of /route", () => {
  it("gives one answer to all who ask the same within a moment, and another one after the next commit", () => {
    const peek = createRoutePeek({ clock, cluster: () => cluster });
    const [first, next] = [snapshotOf(1), snapshotOf(2)];
    const answer = peek("/route", first, T0);
    expect(answer?.body).toContain('"url":"http://a"');
    expect(peek("/route", first, T0 + 99)).toBe(answer);
    expect(peek("/route", first, T0 + 100)).not.toBe(answer);
    expect(peek("/route", next, T0 + 101)?.body).toContain('"generation":2');
    expect(peek("/route?capability=none", next, T0 + 101)).toBeNull();
  });

  it("holds no snapshot that was replaced, whatever was asked of it", async () => {
    const peek = createRoutePeek({ clock, cluster: () => cluster });
    const askAll = (): WeakRef<Snapshot> => {
      const snapshot = snapshotOf(1);
      for (let index = 0; index < 50; index += 1) peek(`/route?model=m${index}`, snapshot, T0);
      return new WeakRef(snapshot);
    };
    const gone = askAll();
    peek("/route", snapshotOf(2), T0 + 1);
    await setImmediate();
    collectGarbage();
    expect(gone.deref()).toBeUndefined();
  });
});
