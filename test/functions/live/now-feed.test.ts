/** What a page that is open is told, however often it goes and comes again: in the end it is the page that a browser would load. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NowFeed } from "../../../functions/live/now-feed.ts";
import type { NowTold } from "../../../functions/live/now-told.ts";
import { buildNow, type NowModel } from "../../../functions/page/now-model.ts";
import { CommitWaker } from "../../../shared/common/commit-waker.ts";
import { parseNewsPlace } from "../../../shared/domain/history/news-place.ts";
import type { CheckStatus } from "../../../shared/domain/monitoring/check.ts";
import { StatusBoards } from "../../../shared/domain/monitoring/status-board.ts";
import { advanceSince, SINCE_NOTHING } from "../../../shared/domain/monitoring/status-since.ts";
import { findTransitions } from "../../../shared/domain/monitoring/transition.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import { check, moment, rosterEntry, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { parseEvents } from "../../support/server-sent-events.ts";

const IDS = ["a", "b", "c"];
/** The last commit tells nothing of now from then on. */
const STALE_AFTER_MS = 15_000;

/** A service that commits what a test says, and the feed over it. */
function benchOf() {
  const clock = new FakeClock(T0);
  const commits = new CommitWaker({ clock, nextTurn: async () => {} });
  const boards = new StatusBoards();
  const roster = IDS.map((id) => ({ ...rosterEntry(id), staleAfterMs: 40_000 }));
  let snapshot: Snapshot | null = null;
  let cluster = { named: 1 };
  let fails = false;
  let reads = 0;
  const logged: string[] = [];
  const read = async (nowMs: number): Promise<NowModel> => {
    reads += 1;
    if (fails) throw new Error("disk I/O error");
    const board = boards.of(snapshot, nowMs);
    const known = { critical: true, group: null, intervalMs: 5_000 };
    const services = IDS.map((id) => ({ id, name: `${id} ${cluster.named}`, ...known }));
    return buildNow({
      snapshot,
      board,
      services,
      banners: [],
      problems: [],
      isolatedSinceMs: null,
      isLasting: true,
      transitions: [],
      nowMs,
    });
  };
  const feedOf = () =>
    new NowFeed({
      clock,
      commits,
      boards,
      read,
      log: { write: (_level, message) => logged.push(message) },
      snapshots: { read: async () => snapshot },
      cluster: () => cluster as never,
    });
  return {
    clock,
    logged,
    feedOf,
    reads: () => reads,
    breakStorage: (isBroken: boolean) => void (fails = isBroken),
    /** Services have other names. */
    reload: () => void (cluster = { named: cluster.named + 1 }),
    async commit(statuses: Readonly<Record<string, CheckStatus>>) {
      await clock.advance(1_000);
      const nowMs = clock.nowMs();
      const before = snapshot?.moment ?? null;
      const checks = IDS.map((id) => check(id, nowMs, { status: statuses[id] ?? "healthy" }));
      const next = moment(nowMs, checks, { roster });
      const transitions = findTransitions(before?.checks ?? new Map(), checks, roster);
      const since = advanceSince(snapshot?.since ?? SINCE_NOTHING, { previous: before, moment: next, transitions });
      // What else a snapshot holds is not looked at.
      snapshot = { generation: (snapshot?.generation ?? 0) + 1, moment: next, since } as unknown as Snapshot;
      commits.wakeFor(snapshot);
    },
  };
}

/** A page that is open, as the browser keeps it. */
class Page {
  readonly shown = new Map<string, string>();
  lastId = "";
  #told: NowTold;
  readonly #feed: NowFeed;

  constructor(feed: NowFeed, id = "") {
    this.#feed = feed;
    this.#told = feed.begin(parseNewsPlace(id));
    this.lastId = id;
  }

  async hear(): Promise<number> {
    const { told, bytes } = await this.#feed.next(this.#told);
    this.#told = told;
    if (!bytes) return 0;
    const [event] = parseEvents(new TextDecoder().decode(bytes));
    const fragments = Object.entries<string>({ ...event?.data.sections, ...event?.data.rows });
    for (const [key, html] of fragments) this.shown.set(key, html);
    this.lastId = event?.id ?? "";
    return fragments.length;
  }

  comeAgain(feed: NowFeed): Page {
    const again = new Page(feed, this.lastId);
    for (const [key, html] of this.shown) again.shown.set(key, html);
    return again;
  }
}

async function wholePage(feed: NowFeed): Promise<Map<string, string>> {
  const page = new Page(feed);
  await page.hear();
  return page.shown;
}

describe("a page that is open", () => {
  it("is told the rows that have changed, and no others", async () => {
    const bench = benchOf();
    const feed = bench.feedOf();
    await bench.commit({});
    const page = new Page(feed);
    await page.hear();
    expect([...page.shown.keys()]).toEqual(["verdict", "faults", "wrong", "services", "events", ...IDS]);
    await bench.commit({ b: "timeout" });
    expect(await page.hear()).toBe(2); // the row, and the verdict
    expect(page.shown.get("b")).toContain("Timeout");
    await bench.commit({ b: "timeout" });
    expect(await page.hear()).toBe(0); // how long it lasts is counted by the browser
    expect(page.lastId).toBe("3");
  });

  it("is told without a commit what has become stale, also when it comes again", async () => {
    const bench = benchOf();
    const feed = bench.feedOf();
    await bench.commit({});
    const page = new Page(feed);
    await page.hear();
    await bench.clock.advance(STALE_AFTER_MS + 1);
    expect(await page.hear()).toBe(1);
    expect(page.shown.get("verdict")).toContain("data-stale");
    const { lastId } = page;
    await bench.clock.advance(30_000);
    const again = page.comeAgain(feed);
    await again.hear();
    expect(again.shown.get("a")).toContain("Unknown");
    expect(Number(again.lastId)).toBeGreaterThan(Number(lastId));
    expect(again.shown).toEqual(await wholePage(feed));
  });

  it("is rendered once for all who have it open", async () => {
    const bench = benchOf();
    const feed = bench.feedOf();
    await bench.commit({});
    const pages = Array.from({ length: 5 }, () => new Page(feed));
    await Promise.all(pages.map((page) => page.hear()));
    await bench.commit({ a: "error" });
    await Promise.all(pages.map((page) => page.hear()));
    expect(bench.reads()).toBe(2);
  });

  it("is sent the same bytes as all who have just come and show the same", async () => {
    const bench = benchOf();
    const feed = bench.feedOf();
    await bench.commit({});
    const bytesOf = async (place: string) => (await feed.next(feed.begin(parseNewsPlace(place)))).bytes;
    const [first, second, other] = [await bytesOf(""), await bytesOf(""), await bytesOf("1")];
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await bytesOf("1")).toBe(other);
  });

  it("keeps what it has while storage fails, and hears afterwards what it has missed", async () => {
    const bench = benchOf();
    const feed = bench.feedOf();
    await bench.commit({});
    const page = new Page(feed);
    await page.hear();
    bench.breakStorage(true);
    await bench.commit({ a: "error" });
    expect(await page.hear()).toBe(0);
    expect(bench.logged).toEqual(["the page could not be read"]);
    bench.breakStorage(false);
    await page.hear();
    expect(page.shown.get("a")).toContain("Error");
  });

  const move = fc.oneof(
    fc.record({
      kind: fc.constant("commit"),
      status: fc.constantFrom<CheckStatus>("healthy", "timeout", "degraded"),
      id: fc.constantFrom(...IDS),
    }),
    fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(1_000, 16_000, 60_000) }),
    fc.record({ kind: fc.constantFrom("hear", "come again", "restart", "reload") }),
  );

  it("is in the end what a browser would load, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
        const bench = benchOf();
        await bench.commit({});
        let feed = bench.feedOf();
        let page = new Page(feed);
        await page.hear();
        for (const each of moves) {
          if ("id" in each) await bench.commit({ [each.id]: each.status });
          else if ("ms" in each) await bench.clock.advance(each.ms);
          else if (each.kind === "hear") await page.hear();
          else if (each.kind === "reload") {
            bench.reload();
            await page.hear();
            await bench.commit({}); // which follows at once
          } else {
            if (each.kind === "restart") feed = bench.feedOf();
            await wholePage(feed); // somebody opens it before anything changes
            page = page.comeAgain(feed);
          }
        }
        await page.hear();
        expect(page.shown).toEqual(await wholePage(bench.feedOf()));
      }),
      { numRuns: 200 },
    );
  });
});
