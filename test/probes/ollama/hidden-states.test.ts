/**
 * What no list of Ollama shows (a load, a dead or wedged runner, a queue), and what probes and canaries make of it.
 */
import { describe, expect, it } from "vitest";
import type { Settings } from "../../support/configured-probe.ts";
import { bench, model, NO_CHANGES } from "../../support/ollama-bench.ts";

describe("what the list of loaded models does not show", () => {
  const canary = { canary: {} };

  /** With "a" loaded and used a moment ago. */
  async function loaded(settings: Settings = canary, options = {}) {
    const made = bench([model("a"), model("b")], settings, options);
    const use = async (body: Record<string, unknown> = {}) => {
      const answer = made.call("a", { options: { num_predict: 1 }, ...body });
      await made.clock.advance(5_000);
      return answer;
    };
    await use();
    /** Probes, half a minute apart, and what the last one said. */
    const probes = async (count: number) => {
      let found = await made.probe();
      for (let index = 1; index < count; index += 1) {
        await made.clock.advance(30_000);
        found = await made.probe();
      }
      return found;
    };
    return { ...made, use, probes };
  }

  it("that a model is loading: an empty list, of which nothing is said", async () => {
    const { ollama, probe, clock } = bench([model("a")]);
    const loading = ollama.answer({ path: "/api/generate", by: "user", body: { model: "a", prompt: "x" } });
    await clock.advance(1_000);
    const { status, details } = await probe();
    expect(status).toBe("healthy");
    expect(details.data).toEqual({ models: ["a"], loaded: [], loaded_proven: null, version: "0.17.4" });
    await clock.advance(60_000);
    await loading;
    expect((await probe()).details.data).toMatchObject({ loaded: [{ name: "a", gpu_percent: 100 }] });
  });

  it("that a runner has died: nothing shows it before the next call", async () => {
    const { ollama, probes, use } = await loaded({ canary: { every: "6m" } });
    expect((await probes(1)).details.data).toMatchObject({ loaded_proven: { model: "a" } });
    ollama.crash("a");
    expect(await probes(4)).toMatchObject({ status: "healthy", details: { data: { loaded: [{ name: "a" }] } } });
    await use();
    await probes(20);
    expect(ollama.changes).toEqual(NO_CHANGES);
  });

  it("that a pinned one has died: the next canary makes Ollama load it, once, as the next call would have", async () => {
    const { ollama, probes, use } = await loaded();
    await use({ keep_alive: -1 });
    ollama.crash("a");
    expect((await probes(120)).status).toBe("healthy");
    expect(ollama.changes).toEqual({ ...NO_CHANGES, revivals: 1 });
  });

  it("that a runner dies of the canary: said, and let be until somebody calls it, since asking would load it", async () => {
    const { ollama, probe, probes, use, clock } = await loaded();
    ollama.wedge("a");
    clock.after(1_000, () => ollama.crash("a"));
    const note = "The last one was answered in vain (HTTP 500); the next one is to confirm it";
    expect(await probe()).toMatchObject({
      status: "healthy",
      details: { data: { loaded: [{ name: "a" }], loaded_proven: null, canary: { note } } },
    });
    expect(await probes(4)).toMatchObject({ status: "healthy", details: { data: { canary: { note } } } });
    await use();
    expect(await probe()).toMatchObject({ status: "healthy" });
    await clock.advance(20 * 60_000);
    expect(ollama.loaded).toEqual([]);
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(ollama.asked.get("/api/generate")).toBe(3);
  });

  it("that a runner has died by a canary is over when the model leaves the list", async () => {
    const { ollama, probe, probes, clock } = await loaded();
    ollama.wedge("a");
    clock.after(1_000, () => ollama.crash("a"));
    await probe();
    expect((await probes(8)).details.data).toMatchObject({ canary: { note: expect.stringContaining("in vain") } });
    expect((await probes(6)).details.data).toMatchObject({ loaded: [] });
    expect((await probes(1)).details.data).not.toMatchObject({ canary: { note: expect.anything() } });
    expect(ollama.changes).toEqual(NO_CHANGES);
  });

  it("that a pinned one died of the canary: it is asked again after a quarter of an hour", async () => {
    const { ollama, probe, probes, use, clock } = await loaded({ canary: { every: "2m" }, restart: "reboot" });
    await use({ keep_alive: -1 });
    ollama.wedge("a");
    clock.after(1_000, () => ollama.crash("a"));
    await probe();
    expect((await probes(29)).details.data).toMatchObject({ canary: { note: expect.stringContaining("in vain") } });
    expect(ollama.changes).toEqual(NO_CHANGES);
    expect(await probes(4)).toMatchObject({ status: "healthy", details: { data: { loaded_proven: { model: "a" } } } });
    expect(ollama.changes).toEqual({ ...NO_CHANGES, revivals: 1 });
  });

  it("that it is wedged: busy at first, then wedged with advice, and unloaded in the end all the same", async () => {
    const settings = { canary: {}, restart: "sudo systemctl restart ollama" };
    const { ollama, probes, clock } = await loaded(settings);
    ollama.wedge("a");
    expect((await probes(1)).status).toBe("healthy");
    expect(await probes(3)).toMatchObject({ status: "degraded", reason: "busy" });
    expect(await probes(20)).toMatchObject({
      status: "unhealthy",
      reason: "wedged",
      message: expect.stringMatching(
        /^Alive, but has generated nothing since .* UTC; restart it: sudo systemctl restart ollama$/,
      ),
    });
    expect(await probes(60)).toMatchObject({ status: "healthy", details: { data: { loaded: [] } } });
    await clock.advance(60_000);
    expect(ollama.loaded).toEqual([]);
    const { pins: _pins, ...changes } = ollama.changes;
    expect(changes).toEqual({ loads: 0, unloads: 0, reloads: 0, evictions: 0, revivals: 0 });
  });

  it("that it does not even tell that list any more: busy from the third probe on, then wedged", async () => {
    const { ollama, probes } = await loaded({ restart: "reboot" });
    ollama.isMute = true;
    expect((await probes(2)).status).toBe("healthy");
    expect(await probes(1)).toMatchObject({ status: "degraded", reason: "busy" });
    const message = expect.stringMatching(/^Alive, but has answered nothing else for 1\d min.*; restart it: reboot$/);
    expect(await probes(20)).toMatchObject({ status: "unhealthy", reason: "wedged", message });
    ollama.isMute = false;
    expect((await probes(1)).status).toBe("healthy");
  });

  it("that it is busy with one long answer: degraded, and healthy after it", async () => {
    const { call, probes, ollama } = await loaded();
    void call("a", { options: { num_predict: 4_000 } });
    expect(await probes(1)).toMatchObject({ status: "healthy" });
    expect(await probes(5)).toMatchObject({ status: "degraded", reason: "busy" });
    expect(await probes(6)).toMatchObject({ status: "healthy" });
    expect(ollama.changes).toEqual(NO_CHANGES);
  });

  it("that its queue is full: what is loaded waits in silence, and nothing is refused to a probe", async () => {
    const { ollama, clock, call, probe } = bench([model("a"), model("b")], {}, { mostQueued: 1, mostLoaded: 1 });
    const first = call("a");
    await clock.advance(3_000);
    const second = call("b"); // waits for the place of "a"
    await clock.advance(100);
    expect((await ollama.answer({ path: "/api/generate", by: "user", body: { model: "b", prompt: "x" } })).status).toBe(
      503,
    );
    expect(await probe()).toMatchObject({ status: "healthy" });
    await clock.advance(60_000);
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(ollama.changes).toEqual(NO_CHANGES);
  });

  it("that it fell back to the CPU when it was loaded again", async () => {
    const slow = model("a");
    const { clock, call, probe, ollama, left } = bench([slow]);
    void call("a");
    await clock.advance(10_000);
    expect(await probe()).toMatchObject({ status: "healthy" });
    await clock.advance(3_600_000);
    expect(ollama.loaded).toEqual([]);
    slow.gpuShare = 0;
    void call("a");
    await clock.advance(10_000);
    const message = "a runs 100 % on the CPU; it ran 100 % on the GPU until 2026-03-10 10:00 UTC";
    expect(await probe()).toMatchObject({ status: "degraded", reason: "cpu_fallback", message });
    expect(left.baselineWrites).toBe(2);
  });

  it("that it is bound to loopback and asked by a name", async () => {
    const { ollama } = bench([model("a")]);
    expect(await ollama.answer({ path: "/api/tags", by: "user", host: "jetson" })).toEqual({ status: 403, body: "" });
    const named = bench([model("a")], { url: "http://jetson:11434" });
    expect(await named.probe()).toMatchObject({ status: "unhealthy", reason: "config" });
    const local = bench([model("a")], { url: "http://jetson.local:11434" });
    expect(await local.probe()).toMatchObject({ status: "healthy" });
  });

  it("that a model makes no text: it is asked once in vain, or not at all where the list tells", async () => {
    const quiet = { ...model("a"), refusesText: true };
    const { ollama, clock, probe } = bench([quiet, model("nomic", { embedding: true })], { canary: { every: "6m" } });
    void ollama.answer({ path: "/api/embed", by: "user", body: { model: "nomic" } });
    await clock.advance(5_000);
    expect((await probe()).details.data).toMatchObject({ canary: { skipped: "nomic makes embeddings, no text" } });
    void ollama.answer({ path: "/api/embed", by: "user", body: { model: "a" } });
    await clock.advance(5_000);
    for (let index = 0; index < 60; index += 1) {
      expect((await probe()).status).toBe("healthy");
      void ollama.answer({ path: "/api/embed", by: "user", body: { model: "a" } });
      await clock.advance(30_000);
    }
    expect((await probe()).details.data).toMatchObject({
      canary: { spent_today: 1, skipped: "a makes embeddings, no text" },
    });
    expect(ollama.changes).toEqual(NO_CHANGES);
  });
});
