import { describe, expect, it } from "vitest";
import { ProbeSlots, type Due } from "../../../shared/usecases/probing/probe-slots.ts";

const CRITICAL = { critical: true, dueMs: 0 };

class Bench {
  readonly slots: ProbeSlots;
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  constructor(limit: number) {
    this.slots = new ProbeSlots(limit);
  }

  begin(name: string, due: Due = CRITICAL): Promise<void> {
    return this.slots.use(due, () => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.set(name, resolve));
    });
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await new Promise(setImmediate);
  }
}

describe("probe slots", () => {
  it("let so many run at the same time, and the next one when one has ended", async () => {
    const bench = new Bench(2);
    for (const name of ["a", "b", "c", "d"]) void bench.begin(name);
    expect(bench.begun).toEqual(["a", "b"]);
    await bench.end("b");
    expect(bench.begun).toEqual(["a", "b", "c"]);
  });

  it("let critical services go first, and nobody wait for ever", async () => {
    const bench = new Bench(1);
    void bench.begin("running");
    void bench.begin("old", { critical: false, dueMs: 0 });
    void bench.begin("critical", { critical: true, dueMs: 10_000 });
    void bench.begin("late critical", { critical: true, dueMs: 31_000 });
    for (const name of ["running", "critical", "old"]) await bench.end(name);
    expect(bench.begun).toEqual(["running", "critical", "old", "late critical"]);
  });

  it("are given back by work that fails", async () => {
    const bench = new Bench(1);
    await expect(bench.slots.use(CRITICAL, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    void bench.begin("next");
    expect(bench.begun).toEqual(["next"]);
  });

  it("become more and fewer while probes run", async () => {
    const bench = new Bench(1);
    for (const name of ["a", "b", "c", "d"]) void bench.begin(name);
    bench.slots.setLimit(3);
    await new Promise(setImmediate);
    expect(bench.begun).toEqual(["a", "b", "c"]);
    bench.slots.setLimit(1);
    await bench.end("a");
    await bench.end("b");
    expect(bench.begun).toEqual(["a", "b", "c"]);
    await bench.end("c");
    expect(bench.begun).toEqual(["a", "b", "c", "d"]);
  });
});
