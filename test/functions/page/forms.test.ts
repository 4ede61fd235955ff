/** What is typed into the forms of the pages becomes of it, and where what is wrong with it is told. */
import { describe, expect, it } from "vitest";
import type { MonitorContext } from "../../../functions/context.ts";
import { ACTIONS } from "../../../functions/page/actions/registry.ts";
import { silenceForm } from "../../../functions/page/forms/alert-forms.ts";
import { placeFaults } from "../../../functions/page/forms/form.ts";
import { readSaid, readSaidOf, sayChecked, sayOf } from "../../../functions/page/said-once.ts";
import { nextMorningMs, readLocalTime } from "../../../functions/page/local-time.ts";

const NOW_MS = Date.parse("2026-11-30T12:00:00Z");
const SITUATION = { nowMs: NOW_MS, zone: "Europe/Berlin", services: [], hasPublicPage: true };

const asked = (action: string, fields: Record<string, string>) =>
  ACTIONS[action]?.ask(new URLSearchParams(fields), SITUATION);

describe("a time that somebody types", () => {
  it.each([
    ["2026-11-30T14:30", "2026-11-30T13:30:00.000Z"],
    ["2026-07-01T00:00", "2026-06-30T22:00:00.000Z"],
    ["2026-03-29T02:30", "2026-03-29T01:00:00.000Z"], // the clocks skip it
  ])("%s is of the configured zone: %s", (text, instant) => {
    expect(readLocalTime(text, "Europe/Berlin")).toBe(instant);
  });

  it.each(["", "tomorrow", "2026-02-30T10:00", "2026-11-30T24:00", "2026-11-30T14:30:00Z"])(
    "is handed on as it is where it is none: %j",
    (text) => expect(readLocalTime(text, "Europe/Berlin")).toBe(text),
  );

  it.each([
    ["2026-11-30T12:00:00Z", "2026-12-01T07:00:00Z"],
    ["2026-11-30T23:30:00Z", "2026-12-02T07:00:00Z"], // tomorrow by the clock on the wall
    ["2026-10-24T12:00:00Z", "2026-10-25T07:00:00Z"], // the clocks go back in that night
  ])("tomorrow morning, asked at %s, is %s", (now, morning) => {
    expect(nextMorningMs(Date.parse(now), "Europe/Berlin")).toBe(Date.parse(morning));
  });
});

describe("an action", () => {
  it("asks the API for what the form says", () => {
    expect(asked("silence-until", { services: "tools,  jetson_*", until: "healthy" })).toEqual({
      path: "/silences",
      body: {
        services: ["tools", "jetson_*"],
        ends_at: "2026-12-30T12:00:00.000Z",
        until_healthy: true,
        comment: "until it is healthy, from the page",
      },
    });
    expect(asked("maintenance", { services: "*", ends: "2026-11-30T15:00", comment: " disk " })).toEqual({
      path: "/maintenance",
      body: {
        services: ["*"],
        schedule: { kind: "once", starts_at: "2026-11-30T12:00:00.000Z", ends_at: "2026-11-30T14:00:00.000Z" },
        comment: "disk",
      },
    });
    expect(asked("acknowledge", { alert: "a/../b" })).toEqual({ path: "/alerts/a%2F..%2Fb/acknowledge", body: {} });
    expect(asked("end-silence", { id: "s 1" })).toEqual({ method: "DELETE", path: "/silences/s%201" });
  });

  it("has a sentence that is said once, and nothing else is", async () => {
    const saidWith = async (cookie: string) => (await readSaid(new Headers({ cookie }), usesAt())).sentence;
    const kept = async (kind: "done" | "begun", name: string) => firstOf(await sayOf(kind, name, usesAt()));
    expect(await saidWith(`theme=dark; ${await kept("done", "acknowledge")}`)).toMatch(/^Acknowledged/);
    expect(await saidWith(await kept("begun", "drill"))).toMatch(/^The drill|drill/);
    for (const name of ["toString", "nothing"]) expect(await saidWith(await kept("done", name))).toBeNull();
  });

  it("is said for a minute, by nobody else's signature, and of nothing else than was signed", async () => {
    const cookie = firstOf(await sayOf("done", "silence", usesAt()));
    const sentenceOf = async (text: string, uses = usesAt()) =>
      (await readSaid(new Headers({ cookie: text }), uses)).sentence;
    expect(await sentenceOf(cookie)).toMatch(/^Silenced/);
    expect(await sentenceOf(cookie, usesAt(NOW_MS + 61_000))).toBeNull();
    expect(await sentenceOf(cookie, usesAt(NOW_MS, ["another"]))).toBeNull();
    for (const forged of ["said=done.silence", cookie.replace("done", "gone"), cookie.replace("silence", "mark")])
      expect([forged, await sentenceOf(forged)]).toEqual([forged, null]);
    // Without a token, as on Node alone, the process knows its own.
    const open = usesAt(NOW_MS, []);
    expect(await sentenceOf(firstOf(await sayOf("done", "silence", open)), open)).toMatch(/^Silenced/);
  });

  it("of a check is said on the page of its service alone, once that has been checked", async () => {
    const cookie = firstOf(await sayChecked("tools", usesAt()));
    const saidOn = async (serviceId: string, checkedAtMs: number | null) =>
      (await readSaidOf({ serviceId, checkedAtMs }, new Headers({ cookie }), usesAt())).sentence;
    expect(await saidOn("tools", NOW_MS + 1)).toBe("Checked just now.");
    expect(await saidOn("tools", NOW_MS - 9_000)).toBe("Checked just now.");
    for (const [id, atMs] of [
      ["tools", NOW_MS - 11_000],
      ["tools", null],
      ["other", NOW_MS],
    ] as const)
      expect(await saidOn(id, atMs)).toBeNull();
  });
});

const firstOf = (cookie: string): string => cookie.split(";")[0] ?? "";

/** By the hashes of the tokens that there are. */
function usesAt(nowMs = NOW_MS, hashes: readonly string[] = ["one"]) {
  const tokens = new Map(hashes.map((sha256) => [sha256, { sha256 }]));
  return { clock: { nowMs: () => nowMs }, config: () => ({ auth: { tokens } }) } as unknown as Pick<
    MonitorContext,
    "config" | "clock"
  >;
}

describe("a form that is shown again", () => {
  const typed = new URLSearchParams({ services: "tools", ends: "x", comment: "y".repeat(70_000) });
  const form = silenceForm(typed, SITUATION);

  it("has what was typed in it, as far as a field goes", () => {
    expect(form.fields.map(({ value }) => value.length)).toEqual([5, 1, 2_000]);
  });

  it("tells each fault at its field, and the others above", () => {
    const { ofField, others } = placeFaults(form, [
      { field: "services[1]", message: "wrong" },
      { field: "services[2]", message: "wrong as well" },
      { field: "ends_at", message: "too late" },
      { field: "starts_at", message: "too early" },
    ]);
    expect([...ofField]).toEqual([
      ["services", "wrong"],
      ["ends", "too late"],
    ]);
    expect(others).toEqual(["starts_at: too early"]);
  });
});
