/** Who hears of what is open when the configuration changes: whoever is new to it, at once and once. By alerting and a real outbox. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipientKey, recipientName } from "../../../shared/domain/alerting/recipient.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { SECOND } from "../../support/alerting-bench.ts";
import { deferred } from "../../support/outbox-bench.ts";
import { ReceiversBench, type Channels } from "../../support/receivers-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const MINUTE = 60 * SECOND;

let database: TestDatabase;
beforeEach(() => {
  database = sqliteTestDatabase();
});
afterEach(() => database.close());

const open = async (channels: Channels): Promise<ReceiversBench> => {
  const bench = new ReceiversBench(database, channels);
  await bench.fail("a");
  await bench.pass(MINUTE);
  bench.news();
  return bench;
};
const MAIL = { mail: ["ann", "bob"] };

describe("who was taken out and is put back", () => {
  it.each<[who: string, before: Channels, meanwhile: Channels]>([
    ["ann", MAIL, { mail: ["bob"] }],
    ["ann", MAIL, { post: ["bob"] }],
    ["ann", { mail: ["ann"], slack: "room" }, { slack: "room" }],
    ["room", { slack: "room" }, { slack: "hall" }],
    ["room", { slack: "room", mail: ["bob"] }, { mail: ["bob"] }],
  ])("hears what began meanwhile, and nothing that it knows: %s of %j", async (who, before, meanwhile) => {
    const bench = await open(before);
    await bench.reload(meanwhile);
    await bench.pass(MINUTE);
    await bench.fail("b");
    await bench.pass(MINUTE);
    bench.news();
    for (let restart = 0; restart < 2; restart += 1) await bench.reload(before);
    await bench.pass(MINUTE);
    expect(bench.news()).toEqual([`${who}: reminder b`]);
    await bench.recover("a");
    await bench.recover("b");
    await bench.pass(MINUTE);
    const others = Object.values(before).flat().length - 1;
    const ends = bench.news();
    expect(ends.filter((line) => line.startsWith(who))).toEqual([`${who}: resolved a`, `${who}: resolved b`]);
    expect(ends).toHaveLength(2 + 2 * others);
  });

  it("hears what could not be told to it before it was taken out", async () => {
    const bench = new ReceiversBench(database, MAIL);
    bench.answers.set("ann", deferred());
    await bench.fail("a");
    await bench.reload({ mail: ["bob"] });
    await bench.pass(MINUTE);
    bench.answers.clear();
    bench.news();
    await bench.reload(MAIL);
    await bench.pass(MINUTE);
    expect(bench.news()).toEqual(["ann: reminder a"]);
  });
});

describe("an upgrade from a version that knew a lone recipient by its channel", () => {
  it.each<[how: string, after: Channels, news: readonly string[]]>([
    ["as it was", { mail: ["ann"] }, []],
    ["with somebody more at once", { mail: ["ann", "bob"] }, []],
    ["and another name later", { post: ["ann"] }, []],
  ])("tells nobody again: %s", async (_how, after, news) => {
    const bench = await open({ mail: ["ann"] });
    database.sqlite.exec("update notifications set channel = 'mail', fingerprint = null");
    database.sqlite.exec("update channels set name = 'mail'");
    if (!after["mail"]) await bench.reload({ mail: ["ann"] });
    await bench.reload(after);
    await bench.pass(MINUTE);
    expect(bench.news()).toEqual(news);
    await bench.recover("a");
    expect(bench.news()).toEqual(
      Object.values(after)
        .flat()
        .map((who) => `${who}: resolved a`),
    );
  });

  it("counts what was sent under that name today", async () => {
    const bench = await open({ mail: ["ann"] });
    database.sqlite.exec("update notifications set channel = 'mail', fingerprint = null");
    const outbox = createOutbox(database.db);
    const name = recipientName("mail", recipientKey("ann"));
    expect(await outbox.countSentSince(name, bench.clock.nowMs() - 2 * MINUTE)).toBe(1);
    database.sqlite.exec("update notifications set fingerprint = 'of a room by that name'");
    expect(await outbox.countSentSince(name, bench.clock.nowMs() - 2 * MINUTE)).toBe(0);
  });
});

describe("who is corrected", () => {
  it.each<[how: string, typo: Channels, fixed: Channels]>([
    ["in its channel", { mail: ["ann", "bob", "onn"] }, { mail: ["ann", "bob", "cem"] }],
    ["in a channel that is renamed, too", { mail: ["ann", "bob", "onn"] }, { post: ["ann", "bob", "cem"] }],
  ])("is the only one who hears what waited for it, new as it was: %s", async (_how, typo, fixed) => {
    const bench = await open(MAIL);
    bench.answers.set("onn", deferred());
    await bench.reload(typo);
    await bench.pass(MINUTE);
    await bench.reload(fixed);
    await bench.pass(5 * MINUTE);
    expect(bench.news()).toEqual(["cem: reminder a"]);
    await bench.recover("a");
    expect(bench.news().toSorted()).toEqual(["ann", "bob", "cem"].map((who) => `${who}: resolved a`));
  });

  it("twice, is told once", async () => {
    const bench = await open(MAIL);
    for (const typo of ["onn", "enn"]) {
      bench.answers.set(typo, deferred());
      await bench.reload({ mail: ["ann", "bob", typo] });
      await bench.pass(MINUTE);
    }
    await bench.reload({ mail: ["ann", "bob", "cem", "dan"] });
    await bench.pass(5 * MINUTE);
    expect(bench.news().toSorted()).toEqual(["cem: reminder a", "dan: reminder a"]);
  });
});

describe("a channel that is renamed", () => {
  it.each<[how: string, configurations: readonly Channels[], heard: readonly string[]]>([
    ["and renamed back", [{ slack: "room" }, { chat: "room" }, { slack: "room" }], []],
    ["and renamed back, with recipients", [MAIL, { post: ["ann", "bob"] }, MAIL], []],
    ["with one recipient more", [MAIL, { post: ["ann", "bob", "cem"] }], ["cem"]],
    ["with one recipient less", [MAIL, { post: ["bob"] }], []],
    ["and split", [MAIL, { post: ["ann"], team: ["bob", "cem"] }], ["cem"]],
    ["to the name of another one", [{ slack: "room", chat: "hall" }, { chat: "room" }], []],
    ["and another has its name", [{ slack: "room" }, { chat: "room", slack: "hall" }], ["hall"]],
    ["with another URL", [{ slack: "room" }, { chat: "hall" }], ["hall"]],
  ])("%s is told nothing that it knows; who is new hears it once", async (_how, [first = {}, ...later], heard) => {
    const bench = await open(first);
    for (const each of later) {
      await bench.reload(each);
      await bench.pass(MINUTE);
    }
    await bench.reload(later.at(-1) ?? {});
    await bench.pass(MINUTE);
    expect(bench.news()).toEqual(heard.map((who) => `${who}: reminder a`));
    await bench.recover("a");
    const everybody = Object.values(later.at(-1) ?? {}).flat();
    expect(bench.news().toSorted()).toEqual(everybody.map((who) => `${who}: resolved a`).toSorted());
  });
});

describe("who is new while something is being decided", () => {
  interface Change {
    readonly what: string;
    readonly before: Channels;
    readonly after: Channels;
    readonly who: string;
  }
  const CHANGES: readonly Change[] = [
    { what: "a recipient", before: MAIL, after: { mail: ["ann", "bob", "cem"] }, who: "cem" },
    { what: "one more with a new name", before: MAIL, after: { post: ["ann", "bob", "cem"] }, who: "cem" },
    { what: "another URL", before: { slack: "room" }, after: { slack: "hall" }, who: "hall" },
  ];
  const subjects = (lines: readonly string[]): string[] =>
    lines.flatMap((line) => line.split(" ").at(-1)?.split("+") ?? []);

  it.each(CHANGES)("hears once of what waits for its group: $what", async ({ before, after, who }) => {
    const bench = await open(before);
    await bench.fail("b");
    await bench.pass(SECOND);
    bench.news();
    await bench.fail("c");
    await bench.reload(after);
    await bench.pass(2 * MINUTE);
    const lines = bench.news();
    expect(subjects(lines.filter((line) => line.startsWith(who))).join("")).toMatch(/^(abc|bac|cab|acb)$/);
    const others = Object.values(after)
      .flat()
      .filter((each) => each !== who);
    expect(lines.filter((line) => !line.startsWith(who))).toEqual(others.map((each) => `${each}: firing c`));
  });

  it.each(CHANGES)(
    "hears once of what waits for its group and was told before: $what",
    async ({ before, after, who }) => {
      const bench = await open(before);
      await bench.pass(239 * MINUTE - 5 * SECOND);
      await bench.fail("b");
      bench.news();
      await bench.pass(6 * SECOND);
      await bench.reload(after);
      await bench.pass(2 * MINUTE);
      const lines = bench.news();
      expect(subjects(lines.filter((line) => line.startsWith(who))).join("")).toMatch(/^(ab|ba)$/);
      const others = Object.values(after)
        .flat()
        .filter((each) => each !== who);
      expect(lines.filter((line) => !line.startsWith(who))).toEqual(others.map((each) => `${each}: reminder a`));
    },
  );

  const RACES = CHANGES.filter(({ what }) => !what.includes("name")).flatMap((change) =>
    [true, false].map((isSent) => ({ ...change, isSent })),
  );

  it.each(RACES)("hears once of what is told before that is committed: $what, sent: $isSent", async (race) => {
    const { before, after, who, isSent } = race;
    const bench = await open(before);
    await bench.pass(239 * MINUTE - SECOND);
    await bench.reload(after, async () => {
      bench.alerting.advance(2 * SECOND);
      bench.alerting.fail("b");
      if (isSent) await bench.deliver(2 * SECOND);
    });
    await bench.pass(MINUTE);
    const lines = bench.news().filter((line) => line.startsWith(who));
    expect(subjects(lines).join("")).toMatch(/^(ab|ba)$/);
  });

  it("hears once of what waits for somebody in whose place it is", async () => {
    const bench = new ReceiversBench(database, { mail: ["ann", "onn"] });
    bench.answers.set("onn", deferred());
    await bench.fail("a");
    await bench.pass(SECOND);
    bench.news();
    await bench.reload({ mail: ["ann", "cem"] });
    await bench.pass(10 * MINUTE);
    expect(bench.news()).toHaveLength(1);
  });

  it("hears each of several once, when one message waits and another tells some of the same", async () => {
    const bench = new ReceiversBench(database, { mail: ["ann", "bob"] });
    bench.answers.set("ann", deferred());
    await bench.fail("c");
    await bench.pass(1);
    await bench.fail("a", "b");
    await bench.reload({ mail: ["ann", "bob"] });
    await bench.recover("a");
    await bench.pass(1);
    await bench.reload({ mail: ["bob"], post: ["ann"] });
    bench.answers.clear();
    bench.news();
    await bench.pass(10 * MINUTE);
    const lines = bench.news().filter((line) => line.startsWith("ann") && !line.includes("resolved"));
    expect(subjects(lines).toSorted((left, right) => left.localeCompare(right))).toEqual(["a", "b", "c"]);
  });

  it("hears once although it is found to be new twice", async () => {
    const bench = await open(MAIL);
    const after = { mail: ["ann", "bob", "cem"] };
    await bench.reload(after, () => bench.reload(after));
    await bench.reload(after);
    await bench.pass(MINUTE);
    expect(bench.news()).toEqual(["cem: reminder a"]);
  });
});
