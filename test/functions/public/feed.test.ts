/** The feed as a reader takes it: by an XML parser, and by what RFC 4287 asks of a feed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atomFeed } from "../../../functions/public/feed.ts";
import { MINUTE, T0 } from "../../support/checks.ts";
import { skipWithout } from "../../support/installed.ts";
import { incident, publicStatus } from "../../support/public-status.ts";
import { parseXml, PYTHON, textsOf, type XmlElement } from "../../support/xml.ts";

const OPEN = incident({ untilMs: null, updates: [{ atMs: T0 - MINUTE, text: "We are looking into it" }] });
const OVER = incident({ id: "00000000-0000-8000-8000-000000000002", sinceMs: T0 - 90 * MINUTE });

const read = (status = publicStatus({ incidents: [OPEN, OVER] })): XmlElement => {
  const [feed] = parseXml([atomFeed(status)]);
  if (!feed) throw new Error("no document");
  return feed;
};
const entriesOf = ({ children }: XmlElement) => children.filter(({ name }) => name === "entry");

describe.skipIf(skipWithout(PYTHON))("the feed (needs python3)", () => {
  it("has what RFC 4287 asks of a feed and of each entry", () => {
    const feed = read();
    for (const name of ["id", "title", "updated"]) expect([name, textsOf(feed, name).length]).toEqual([name, 1]);
    const links = feed.children.filter(({ name }) => name === "link").map(({ attributes }) => attributes);
    expect(links).toContainEqual({ rel: "self", type: "application/atom+xml", href: "/feed.xml" });
    const author = feed.children.find(({ name }) => name === "author");
    expect(author && textsOf(author, "name")).toEqual(["Home cluster"]);
    const ids = [feed, ...entriesOf(feed)].flatMap((each) => textsOf(each, "id"));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const entry of entriesOf(feed)) {
      for (const name of ["title", "updated", "content"]) expect(textsOf(entry, name)).toHaveLength(1);
      expect(Date.parse(textsOf(entry, "updated")[0] ?? "")).toBeGreaterThan(0);
    }
  });

  it("says how long an incident was, and of one that goes on since when", () => {
    const [open, over] = entriesOf(read());
    expect(over && textsOf(over, "title")).toEqual(["Tools Server: timeout for 4 min 38 s"]);
    expect(open && textsOf(open, "title")).toEqual(["Tools Server: timeout since 2026-03-10 09:50 UTC"]);
    expect(open && textsOf(open, "content")[0]).toContain("It goes on. 2026-03-10 09:59 UTC: We are looking into it");
  });

  it("stays the same while nothing happens, and changes an entry in its place", () => {
    const later = { incidents: [OPEN], atMs: T0 + 60 * MINUTE, updatedAtMs: T0 + 60 * MINUTE };
    expect(atomFeed(publicStatus(later))).toBe(atomFeed(publicStatus({ incidents: [OPEN] })));
    const [before] = entriesOf(read(publicStatus({ incidents: [OPEN] })));
    const [after] = entriesOf(read(publicStatus({ incidents: [{ ...OPEN, untilMs: T0 + MINUTE }] })));
    if (!before || !after) expect.unreachable();
    expect(textsOf(after, "id")).toEqual(textsOf(before, "id"));
    expect(textsOf(after, "updated")).toEqual(["2026-03-10T10:01:00.000Z"]);
    expect(textsOf(before, "updated")).toEqual(["2026-03-10T09:59:00.000Z"]);
  });

  it("is well-formed without a single incident", () => {
    expect(entriesOf(read(publicStatus()))).toEqual([]);
  });

  it("is well-formed whatever services are called and people write, and none of it is markup", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(
        "]]><x/>",
        "<script>",
        "&lt;&#0;&#x1F;",
        "\u0000\u0008\u001b\ufffe\uffff",
        "\ud800",
        "\u202eabc",
        "\"'><!--",
      ),
    );
    const statuses = fc.sample(fc.tuple(hostile, hostile, hostile), { numRuns: 300, seed: 7 });
    const documents = statuses.map(([title, serviceName, text]) =>
      atomFeed(publicStatus({ title, incidents: [incident({ serviceName, updates: [{ atMs: T0, text }] })] })),
    );
    for (const feed of parseXml(documents)) {
      expect(feed.children.map(({ name }) => name)).toEqual([
        "id",
        "title",
        "updated",
        "author",
        "link",
        "link",
        "entry",
      ]);
      expect(entriesOf(feed)[0]?.children.map(({ name }) => name)).toEqual([
        "id",
        "title",
        "published",
        "updated",
        "link",
        "content",
      ]);
    }
  });
});
