/** Which silences and windows hold, and how long still. */
import { describe, expect, it } from "vitest";
import { listQuietSilences, listQuietWindows } from "../../../functions/page/quiet-model.ts";
import type { Silences, Windows } from "../../../functions/page/read-alerts.ts";

const NOW_MS = Date.parse("2026-11-30T12:00:00Z");
const at = (minutes: number): string => new Date(NOW_MS + minutes * 60_000).toISOString();

type Silence = Silences["silences"][number];
type Window = Windows["windows"][number];

const COMMON = { id: "s", services: ["tools"], covers: ["tools"], author: "anna", comment: "why", active: true };

function silence(starts: number, ends: number, more: Partial<Silence> = {}): Silence {
  return { ...COMMON, severities: [], starts_at: at(starts), ends_at: at(ends), until_healthy: false, ...more };
}

function weekly(more: Partial<Window> = {}): Window {
  const when = { zone: "Europe/Berlin", days: ["sun", "mon"] as const, start: "03:00", duration: 5_400, until: null };
  return { ...COMMON, schedule: { kind: "weekly", ...when }, active: false, active_until: null, ...more };
}

describe("what is kept quiet", () => {
  it.each([
    [[-10, 50], "holds", 50 * 60_000],
    [[10, 50], "planned", null],
    [[-50, -10], "over", null],
    [[-50, 0], "over", null],
    [[0, 10], "holds", 10 * 60_000],
  ] as const)("from %j minutes on: %s", ([starts, ends], state, leftMs) => {
    const [listed] = listQuietSilences({ silences: [silence(starts, ends)] }, NOW_MS);
    expect(listed).toMatchObject({ state, leftMs });
    const once = { kind: "once", starts_at: at(starts), ends_at: at(ends) } as const;
    const [window] = listQuietWindows({ windows: [{ ...weekly(), schedule: once }] }, NOW_MS);
    expect(window).toMatchObject({ state, leftMs, isWeekly: false });
  });

  it("each week says when, and how long still while it holds", () => {
    const [waiting, holding] = listQuietWindows(
      { windows: [weekly(), weekly({ active: true, active_until: at(30) })] },
      NOW_MS,
    );
    expect(waiting).toMatchObject({ state: "planned", leftMs: null, isWeekly: true });
    expect(waiting?.when).toBe("each sun, mon at 03:00 (Europe/Berlin) for 1 h 30 min");
    expect(holding).toMatchObject({ state: "holds", leftMs: 30 * 60_000 });
    const over = { ...weekly().schedule, until: at(-1) } as Window["schedule"];
    expect(listQuietWindows({ windows: [weekly({ schedule: over })] }, NOW_MS)[0]?.state).toBe("over");
  });

  it("until it is healthy, or for some severities, says so; text of people is short and clean", () => {
    const given = silence(-1, 9, {
      until_healthy: true,
      severities: ["warning"],
      comment: `\u202Ea${"b".repeat(70_000)}`,
    });
    const [listed] = listQuietSilences({ silences: [given] }, NOW_MS);
    expect(listed?.when).toBe("until it is healthy, at the latest, only warning");
    expect(listed?.comment).toMatch(/^ab{198}…$/);
  });
});
