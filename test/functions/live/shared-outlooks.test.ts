import { describe, expect, it, onTestFinished } from "vitest";
import { CLUSTER, type Subject } from "../../../functions/live/outlook.ts";
import { SharedOutlooks } from "../../../functions/live/shared-outlooks.ts";
import { createCommitPoll } from "../../../shared/common/commit-poll.ts";
import type { RouteEndpoint } from "../../../shared/domain/routing/endpoint.ts";
import { fakeService } from "../../support/fake-service.ts";
import { newsBench } from "../../support/news-bench.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";

const A: Subject = { kind: "service", id: "a" };
const LLM: Subject = { kind: "capability", id: "llm" };

const called = (id: string): RouteEndpoint => {
  return { id, tier: 1, api: "openai", url: `http://${id}.example`, models: null, members: null };
};
const cluster = {
  ...testCluster([fakeService("a"), fakeService("b"), fakeService("c")]),
  routes: { llm: [called("a"), called("b")], embeddings: [called("c")] },
};

/** Outlooks over a store, and how often it has been read: the newest commit, and the past of a service. */
async function outlooksOf(commits?: ReturnType<typeof createCommitPoll>) {
  const bench = newsBench();
  onTestFinished(() => bench.close());
  const { uses } = bench;
  const reads = { snapshots: 0, pasts: 0 };
  let fails = false;
  const counted = <Value>(name: keyof typeof reads, read: () => Value): Value => {
    reads[name] += 1;
    if (fails) throw new Error("disk I/O error");
    return read();
  };
  const db = new Proxy(uses.db, {
    get: (target, name) =>
      name === "prepare" ? (sql: string) => counted("pasts", () => target.prepare(sql)) : Reflect.get(target, name),
  });
  const snapshots = { read: async () => counted("snapshots", () => uses.snapshots.read()) };
  await bench.commit({ a: "timeout", b: "healthy", c: "healthy" });
  const outlooks = new SharedOutlooks({
    ...uses,
    db,
    snapshots,
    commits: commits ?? uses.commits,
    cluster: () => cluster,
  });
  return { bench, reads, outlooks, breakStorage: (isBroken: boolean): void => void (fails = isBroken) };
}

describe("what those hear who wait", () => {
  it("is looked up once for all that a commit wakes, a service or the cluster, and again after the next commit", async () => {
    const { bench, reads, outlooks } = await outlooksOf();
    const [one, other, all] = await Promise.all([A, A, CLUSTER].map((subject) => outlooks.lookWoken(subject)));
    expect(other).toBe(one);
    expect(one).toEqual(await outlooks.look(A));
    expect(one).toMatchObject({ met: false, generation: 1, inTheWay: ["a"], state: { status: "timeout" } });
    expect(all).toEqual(await outlooks.look(CLUSTER));
    expect(reads.snapshots).toBe(4);
    await bench.commit({ a: "healthy" });
    expect(await outlooks.lookWoken(A)).toMatchObject({ met: true, generation: 2, inTheWay: [] });
    expect(reads.snapshots).toBe(5);
  });

  it("is looked up by each alone who was not woken, as another process may have committed", async () => {
    const { reads, outlooks } = await outlooksOf();
    await Promise.all([outlooks.look(A), outlooks.look(A)]);
    expect(reads.snapshots).toBe(2);
  });

  it("is looked up by each alone at the edge, where one request must not wait for another", async () => {
    const { bench, reads, outlooks } = await outlooksOf(createCommitPoll({ after: () => () => {} }));
    const [one, other] = [outlooks.lookWoken(A), outlooks.lookWoken(A)];
    expect(other).not.toBe(one);
    const outlook = await one;
    const pasts = [outlooks.pastOf("a", outlook), outlooks.pastOf("a", outlook)];
    expect(await pasts[1]).toEqual(await pasts[0]);
    expect(pasts[1]).not.toBe(pasts[0]);
    expect([await other, reads, bench.commits.waiting]).toEqual([outlook, { snapshots: 2, pasts: 2 }, 0]);
  });

  it("tells of a past that is read once until something new is stored", async () => {
    const { bench, reads, outlooks } = await outlooksOf();
    const outlook = await outlooks.look(A);
    const [one, other] = await Promise.all([outlooks.pastOf("a", outlook), outlooks.pastOf("a", outlook)]);
    expect([one.length, other, reads.pasts]).toEqual([1, one, 1]);
    await bench.commit({ a: "healthy" });
    expect(await outlooks.pastOf("a", await outlooks.look(A))).toHaveLength(2);
    expect(reads.pasts).toBe(2);
  });

  it("is met for a capability as soon as one of its endpoints can be called, and tells of the best one", async () => {
    const { bench, outlooks } = await outlooksOf();
    const met = async () => {
      const snapshot = await bench.uses.snapshots.read();
      return snapshot && outlooks.isMet(snapshot, LLM);
    };
    expect(await outlooks.look(LLM)).toMatchObject({ met: true, inTheWay: [], state: { status: "healthy" } });
    await bench.commit({ b: "timeout" });
    expect(await met()).toBe(false);
    const bad = await outlooks.lookWoken(LLM);
    expect(bad).toMatchObject({ met: false, generation: 2, inTheWay: ["a", "b"], state: { status: "timeout" } });
    // The other capability is another one, also for who is woken by the same commit.
    expect(await outlooks.lookWoken({ kind: "capability", id: "embeddings" })).toMatchObject({ met: true });
    await bench.commit({ b: "degraded" });
    expect(await met()).toBe(true);
    expect(await outlooks.look(LLM)).toMatchObject({ met: true, inTheWay: [], state: { status: "degraded" } });
  });

  it("knows nothing of a capability that is gone, whatever it is called", async () => {
    const { outlooks } = await outlooksOf();
    expect(await outlooks.look({ kind: "capability", id: "constructor" })).toMatchObject({
      met: false,
      inTheWay: [],
      state: { status: "unknown" },
    });
  });

  it("is looked up again when that has failed", async () => {
    const { outlooks, breakStorage } = await outlooksOf();
    breakStorage(true);
    await expect(outlooks.lookWoken(A)).rejects.toThrow("disk I/O error");
    breakStorage(false);
    expect(await outlooks.lookWoken(A)).toMatchObject({ met: false });
  });
});
