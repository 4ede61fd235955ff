/** What strangers may see, over HTTP, without a token where reading needs one: what is told, what is not, and what it costs. */
import { describe, expect, it } from "vitest";
import { check, failing, HOUR, MINUTE, T0 } from "../../support/checks.ts";
import { skipWithout } from "../../support/installed.ts";
import { CANARY, PUBLIC, publicBench } from "../../support/public-bench.ts";
import { parseXml, PYTHON } from "../../support/xml.ts";

const DAY = 24 * HOUR;
const PATHS = [
  "/status",
  "/status?page=2",
  "/status/a",
  "/status.json",
  "/feed.xml",
  "/badge/a.svg",
  "/badge/a.json",
  "/badge/overall.svg?style=uptime&days=7",
];

const textOf = (body: string): string => body.replaceAll(/<[^>]*>/g, "");

/** With a past of both services, and notes on both. */
async function livedBench(options: Parameters<typeof publicBench>[0] = {}) {
  const bench = await publicBench(options);
  for (const id of ["a", "b"] as const) {
    bench.lived(id, T0 - 50 * DAY, ["healthy"]);
    bench.lived(id, T0 - 2 * DAY, ["timeout", "deadline_response"]);
    bench.lived(id, T0 - 2 * DAY + 4 * MINUTE, ["healthy"]);
    bench.lived(id, T0 - 20 * DAY, ["error", "refused"]);
    bench.lived(id, T0 - 20 * DAY + HOUR, ["healthy"]);
  }
  await bench.note("The node was restarted", T0 - 2 * DAY + MINUTE, { service: "a" });
  await bench.note("New models this week", T0 - HOUR);
  await bench.note(`${CANARY} of the house`, T0 - HOUR, { isPublic: false });
  await bench.note(`${CANARY} of b`, T0 - 2 * DAY + MINUTE, { service: "b" });
  return bench;
}

describe("the public page", () => {
  it("is there without a token, and says what it says to everybody", async () => {
    const { ask } = await livedBench();
    const { status, headers, body } = await ask("/status");
    expect([status, headers.get("cache-control"), headers.get("x-robots-tag")]).toEqual([200, "max-age=15", "noindex"]);
    for (const text of [
      "Home cluster",
      "Healthy",
      "The critical service answers.",
      "Service A",
      "New models this week",
    ])
      expect(body).toContain(text);
    expect(body).toContain("Timeout: It does not answer in time.");
    expect(body).toContain("for 4 min");
    expect(body).toContain("The node was restarted");
    expect(body.match(/No incidents/g)).toHaveLength(13);
    expect(body).not.toContain("It takes no connections");
    expect((await ask("/status?page=2")).body).toContain("Error: It takes no connections.");
  });

  it.each(PATHS)("says at %s nothing of the house, in body or headers", async (path) => {
    const { ask } = await livedBench();
    const { status, headers, body } = await ask(path);
    expect(status).toBe(200);
    expect(body + JSON.stringify([...headers])).not.toMatch(
      new RegExp(`${CANARY}|said so|lgm_|reader|v?0\\.1\\.0`, "i"),
    );
    expect(body).not.toMatch(/"b"|\/b"|status\/b/);
  });

  it("tells of a service that is not shown what it tells of one that is not there, to the byte", async () => {
    const { ask } = await livedBench();
    for (const [hidden, missing] of [
      ["/status/b", "/status/nobody"],
      ["/badge/b.svg", "/badge/nobody.svg"],
      ["/badge/b.json?style=uptime", "/badge/nobody.json?style=uptime"],
    ] as const) {
      const [one, other] = [await ask(hidden), await ask(missing)];
      expect(one.status).toBe(404);
      expect([one.body, ...one.headers]).toEqual([other.body, ...other.headers]);
    }
  });

  it("is the same whatever happens to what it does not show", async () => {
    const { ask, commit, clock } = await livedBench();
    const before = await ask("/status.json");
    await commit([failing("b", T0 + 2_000)], T0 + 2_000);
    await clock.advance(6_000);
    const after = await ask("/status.json");
    const untimed = (body: string) => ({ ...JSON.parse(body), groups: null });
    expect(untimed(after.body)).toEqual(untimed(before.body));
  });

  it.each([...PATHS, "/status/nobody", "/badge/nobody.svg"])(
    "is not there while nothing is shown: %s",
    async (path) => {
      const { ask } = await livedBench({ shown: null as never });
      expect((await ask(path)).status).toBe(404);
      expect((await ask(path, {}, "POST")).status).toBe(404);
    },
  );

  it("comes and goes with the configuration, at once", async () => {
    const { ask, reload } = await livedBench();
    expect((await ask("/status/a")).status).toBe(200);
    await reload({ ...PUBLIC, services: ["b"], index: true });
    expect((await ask("/status/a")).status).toBe(404);
    const shown = await ask("/status/b");
    expect([shown.status, shown.headers.get("x-robots-tag")]).toEqual([200, null]);
    expect(shown.body).not.toContain("noindex");
    await reload(undefined);
    expect((await ask("/status/b")).status).toBe(404);
  });

  it("is sent again only when it has changed", async () => {
    const { ask } = await livedBench();
    for (const path of PATHS) {
      const etag = (await ask(path)).headers.get("etag") ?? "";
      const again = await ask(path, { "if-none-match": `"x", W/${etag}` });
      expect([path, again.status, again.body]).toEqual([path, 304, ""]);
    }
  });

  it("answers for our own name only, and is only to be read", async () => {
    const { ask } = await livedBench();
    for (const path of PATHS) {
      expect((await ask(path, { host: "evil.example" })).status).toBe(421);
      const refused = await ask(path, {}, "POST");
      expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });

  it.each(["?page=0", "?page=8", "?page=-1", "?page=1&page=2", "?page=x"])("refuses %s and says why", async (query) => {
    const { ask } = await livedBench();
    const { status, body } = await ask(`/status${query}`);
    expect(status).toBe(400);
    expect(body).toContain("page: ");
    expect((await ask("/status?utm_source=x&page=7")).status).toBe(200);
  });
});

const HOSTILE = [
  '</title><script>alert(1)</script><img src=x onerror="alert(2)">',
  "]]></name><x/>&lt;&#0; ",
  "\u202egnp.exe\u2066\u200b",
  "\ud800\ufffe\uffff",
  "=cmd|' /C calc'!A0",
  "\u{1F600}".repeat(50),
];

describe.skipIf(skipWithout(PYTHON))("a hostile name (needs python3)", () => {
  it.each(HOSTILE)("%j is text everywhere", async (hostile) => {
    const { ask, lived, note } = await publicBench({
      name: hostile,
      shown: { title: hostile, groups: [{ name: hostile, services: ["a"] }] },
    });
    lived("a", T0 - 2 * DAY, ["timeout", "deadline_response"]);
    lived("a", T0 - DAY, ["healthy"]);
    await note(hostile, T0 - DAY - HOUR, { service: "a" });
    await note(hostile, T0 - HOUR);
    for (const path of ["/status", "/status/a"]) {
      const { status, body } = await ask(path);
      expect(status).toBe(200);
      expect(body).not.toMatch(/<script>|<img|onerror="|<x\/>|style=|[\u202a-\u202e\u2066-\u2069\u200b]/);
    }
    const documents = await Promise.all(
      ["/feed.xml", "/badge/a.svg", "/badge/overall.svg?style=uptime"].map((path) => ask(path)),
    );
    const [feed] = parseXml(documents.map(({ body }) => body));
    expect(feed?.children.filter(({ name }) => name === "entry")).toHaveLength(1);
    expect(JSON.parse((await ask("/status.json")).body).groups).toHaveLength(1);
  });
});

describe("a stranger", () => {
  it("who takes gzip gets it under a tag of its own, packed once", async () => {
    const { ask, packings } = await livedBench();
    const plain = await ask("/status");
    const gzip = { "accept-encoding": "gzip, br" };
    const packed = await ask("/status", gzip);
    expect([packed.headers.get("content-encoding"), packed.headers.get("vary")]).toEqual(["gzip", "Accept-Encoding"]);
    expect(packed.body).toBe(plain.body);
    expect(packed.sentBytes).toBeLessThan(plain.sentBytes / 2);
    const [etag, plainTag] = [packed.headers.get("etag") ?? "", plain.headers.get("etag") ?? ""];
    expect((await ask("/status", { ...gzip, "if-none-match": etag })).status).toBe(304);
    expect((await ask("/status", { ...gzip, "if-none-match": plainTag })).status).toBe(200);
    expect((await ask("/badge/a.svg", gzip)).headers.get("content-encoding")).toBeNull();
    expect(packings()).toBe(1);
  });

  it("costs nothing however often they ask", async () => {
    const { ask, d1, clock } = await livedBench();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask("/status")));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    const first = d1.calls;
    expect(first).toBeLessThan(10);
    await Promise.all(PATHS.map((path) => ask(path)));
    expect(d1.calls).toBe(first);
    await clock.advance(6_000);
    await Promise.all(PATHS.map((path) => ask(path)));
    expect(d1.calls - first).toBe(1); // what people have noted
  });

  it("is shown a failure when the page is made anew, and the end of it", async () => {
    const { ask, commit, clock } = await livedBench();
    expect((await ask("/status")).body).not.toContain("Incidents now");
    await commit([failing("a", T0 + 2_000, { message: CANARY })], T0 + 2_000);
    await clock.advance(6_000);
    const { body } = await ask("/status");
    expect(body).toContain("Incidents now");
    expect(textOf(body)).toContain("Unhealthy for 5 s");
    expect(body).not.toContain(CANARY);
    expect((await ask("/badge/a.svg")).body).toContain(`aria-label="Service A: timeout`);
    await commit([check("a", T0 + 8_000)], T0 + 8_000);
    await clock.advance(6_000);
    expect((await ask("/status")).body).not.toContain("Incidents now");
  });

  it.each([true, false])("is told what was known last while storage fails (stays alive: %s)", async (staysAlive) => {
    const { ask, failStorage, clock, logged } = await livedBench({ staysAlive });
    const before = await ask("/status");
    expect(before.body).not.toContain("not complete");
    failStorage(true);
    await clock.advance(6_000);
    const after = await ask("/status");
    expect(after.status).toBe(200);
    expect(after.body).toContain("The past is not complete at the moment.");
    expect(after.body).toContain("Timeout: It does not answer in time.");
    await clock.advance(6_000);
    await ask("/status");
    const told = logged.filter((line) => line.includes("for the public page cannot be read"));
    expect(new Set(told).size).toBe(told.length);
    await clock.advance(10 * MINUTE);
    const stale = await ask("/status");
    expect(stale.body).toContain("No update for 10 min");
    expect(textOf(stale.body)).toContain("Last known: Healthy");
    expect(stale.body).toContain('<body class="public is-stale">');
    expect(stale.body).toContain("<title>No update · Home cluster</title>");
    expect(stale.body).toContain("Nothing is known of it at the moment.");
    expect(JSON.parse((await ask("/status.json")).body)).toMatchObject({
      overall_status: "unknown",
      last_known_status: "healthy",
    });
    expect((await ask("/badge/a.svg")).body).toContain("unknown");
  });

  it("is told to come again where nothing is known because storage fails", async () => {
    const { ask, failStorage } = await livedBench({ staysAlive: false });
    failStorage(true);
    for (const path of PATHS) {
      const { status, headers, body } = await ask(path);
      expect([path, status, headers.get("retry-after")]).toEqual([path, 503, "15"]);
      expect(body).not.toMatch(/SQLITE|D1_ERROR|disk/i);
    }
  });
});
