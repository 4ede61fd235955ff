import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseNewsPlace } from "../../../shared/domain/history/news-place.ts";
import type { Told } from "../../../functions/live/feed.ts";
import type { Turns } from "../../../shared/ports/turns.ts";
import { parseEvents } from "../../support/server-sent-events.ts";
import { NewsClient, newsBench, type Changes, type NewsBench } from "../../support/news-bench.ts";

function benchOf(...serviceIds: readonly string[]): NewsBench {
  const bench = newsBench(serviceIds.length > 0 ? serviceIds : undefined);
  onTestFinished(() => bench.close());
  return bench;
}

const eventsOf = ({ heard }: NewsClient, name: string) => heard.filter(({ event }) => event === name);
const changesOf = (client: NewsClient) =>
  eventsOf(client, "transition").map(({ data }) => `${data.service} ${data.at} ${data.to}`);
const storedChanges = ({ transitions }: NewsBench, from = 0) =>
  transitions.slice(from).map(({ serviceId, atMs, to }) => `${serviceId} ${new Date(atMs).toISOString()} ${to}`);

interface Move {
  readonly kind: string;
  readonly changes?: Changes;
  readonly characters?: number;
}

async function live(bench: NewsBench, client: NewsClient, { kind, changes, characters }: Move): Promise<void> {
  if (kind === "mark") return bench.mark(`mark ${bench.marks.length}`);
  if (kind === "come again") return client.comeAgain();
  const committing = changes && bench.commit(changes);
  if (kind !== "commit") await client.hear(characters);
  await committing;
}

describe("what listeners are told", () => {
  it("begins with everything, and goes on with what has changed", async () => {
    const bench = benchOf();
    await bench.commit({ a: "healthy", b: "timeout", c: "healthy" });
    const client = new NewsClient(bench);
    await client.hearAll();
    await bench.commit({ b: "healthy" });
    await client.hearAll();
    expect(client.heard.map(({ event, id }) => [event, id])).toEqual([
      ["snapshot", "1"],
      ["transition", "1.0001"],
      ["snapshot", "2"],
    ]);
    const [first, second] = eventsOf(client, "snapshot").map(({ data }) => data);
    expect([first.complete, Object.keys(first.services)]).toEqual([true, ["a", "b", "c"]]);
    expect([second.complete, second.overall_status]).toEqual([false, "healthy"]);
    expect(second.services).toMatchObject({ b: { status: "healthy", since: second.at } });
    expect(Object.keys(second.services)).toEqual(["b"]);
  });

  it("is read once for all that have heard the same", async () => {
    const bench = benchOf();
    await bench.commit({ a: "healthy" });
    const told = bench.feed.begin(null);
    expect(bench.feed.begin(null)).toBe(told);
    const [one, other] = await Promise.all([bench.feed.next(told), bench.feed.next(told)]);
    expect(one).toBe(other);
  });

  it("is what has become stale, when time alone has changed it", async () => {
    const bench = benchOf("a");
    await bench.commit({ a: "healthy" });
    const client = new NewsClient(bench);
    await client.hearAll();
    await bench.clock.advance(200_000);
    await client.hearAll();
    const last = client.heard.at(-1);
    expect([last?.event, last?.id]).toEqual(["snapshot", "1"]);
    expect(last?.data).toMatchObject({
      overall_status: "unknown",
      services: { a: { status: "unknown", reason: "stale" } },
    });
  });

  it("comes in pieces when it is much, all of it, and the snapshot last", async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `s${String(index).padStart(3, "0")}`);
    const bench = benchOf(...ids);
    const all = (status: "healthy" | "error"): Changes => Object.fromEntries(ids.map((id) => [id, status]));
    await bench.commit(all("healthy"));
    const client = new NewsClient(bench);
    await client.hearAll();
    await bench.commit(all("error"));
    await client.hear();
    expect([changesOf(client).length, client.lastId]).toEqual([200, "1.0200"]);
    client.comeAgain();
    await client.hearAll();
    expect(changesOf(client)).toEqual(storedChanges(bench, 450));
    expect([client.heard.at(-1)?.event, client.lastId]).toEqual(["snapshot", "2"]);
  });

  it("is a reset for who has missed more than a thousand transitions", async () => {
    const ids = Array.from({ length: 501 }, (_, index) => `s${index}`);
    const bench = benchOf(...ids);
    const client = new NewsClient(bench);
    await bench.commit({ s0: "healthy" });
    await client.hearAll();
    for (const status of ["healthy", "error", "healthy"] as const)
      await bench.commit(Object.fromEntries(ids.map((id) => [id, status])));
    client.comeAgain();
    await client.hearAll();
    expect(client.heard.slice(1).map(({ event, id }) => [event, id])).toEqual([
      ["reset", "4"],
      ["snapshot", "4"],
    ]);
    expect(client.heard[1]?.data).toEqual({ reason: "too_old" });
  });

  it("is a reset for who has missed more than a thousand marks, however few transitions", async () => {
    const bench = benchOf();
    const client = new NewsClient(bench);
    await bench.commit({ a: "healthy" });
    await client.hearAll();
    for (let count = 0; count < 1_000; count += 1) await bench.mark(`mark ${count}`);
    client.comeAgain();
    await client.hearAll();
    expect(eventsOf(client, "mark")).toHaveLength(1_000);
    await bench.commit({ b: "healthy" });
    const late = bench.feed.begin({ generation: 1, told: 0 });
    const text = new TextDecoder().decode((await bench.feed.next(late)).bytes ?? new Uint8Array());
    expect(parseEvents(text, "").map(({ event }) => event)).toEqual(["reset", "snapshot"]);
    expect(eventsOf(client, "reset")).toEqual([]);
  });

  it("is read in turns for who has missed something, and later for whom there is no turn now", async () => {
    let free = 1;
    const turns: Turns = {
      run: async (work) => (free-- > 0 ? work() : null),
      pause: async () => {},
      next: async () => {},
    };
    const bench = newsBench(["a"], turns);
    onTestFinished(() => bench.close());
    await bench.commit({ a: "healthy" });
    await bench.commit({ a: "error" });
    const [first, second] = [
      { generation: 1, told: 0 },
      { generation: 0, told: 0 },
    ].map((place) => bench.feed.begin(place));
    expect((await bench.feed.next(first as Told)).bytes).not.toBeNull();
    expect(await bench.feed.next(second as Told)).toEqual({ told: second, bytes: null });
    expect((await bench.feed.next(bench.feed.begin(null))).bytes).not.toBeNull(); // has missed nothing
    free = 1;
    bench.commits.wake();
    expect((await bench.feed.next(second as Told)).bytes).not.toBeNull();
  });

  it("has no id while storage cannot say how far it is, and misses nothing afterwards", async () => {
    const bench = benchOf();
    await bench.commit({ a: "healthy" });
    const client = new NewsClient(bench);
    await client.hearAll();
    bench.breakStorage(true);
    await bench.commit({ a: "error" });
    await client.hearAll();
    expect([client.heard.at(-1)?.data.services.a.status, client.lastId]).toEqual(["error", "1"]);
    bench.breakStorage(false);
    await bench.commit({ b: "error" });
    await client.hearAll();
    expect(changesOf(client)).toEqual(storedChanges(bench, 1));
    expect(client.lastId).toBe("3");
  });

  it("is each transition and each mark once, with ids that only grow, wherever connections break", async () => {
    const status = fc.constantFrom("healthy", "degraded", "error", "unknown");
    const service = fc.constantFrom("a", "b", "c");
    const move = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("commit"), changes: fc.dictionary(service, status) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("mark") }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant("hear"),
          characters: fc.oneof(fc.constant(Infinity), fc.nat({ max: 1_500 })),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("both"), changes: fc.dictionary(service, status) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("come again") }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
        const bench = newsBench();
        try {
          await bench.commit({ a: "healthy" });
          const client = new NewsClient(bench);
          await client.hearAll();
          for (const each of moves) await live(bench, client, each);
          await client.hearAll();
          expect(changesOf(client)).toEqual(storedChanges(bench, 1));
          expect(eventsOf(client, "mark").map(({ data }) => data.text)).toEqual(bench.marks);
          expect(eventsOf(client, "reset")).toEqual([]);
          const ids = client.heard.map(({ id }) => Number(id));
          expect(ids).toEqual(ids.toSorted((left, right) => left - right));
          expect(client.heard.every(({ id }) => parseNewsPlace(id))).toBe(true);
        } finally {
          bench.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});
