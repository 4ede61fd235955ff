/** What a page says of the monitor itself: since when and why history is not saved, and nothing of what the database said. */
import { expect, it } from "vitest";
import { bannersOf, type Banner } from "../../../functions/page/banners.ts";
import { MonitorBanners } from "../../../functions/page/views/banners.tsx";
import { CUT_FAULT, CUT_LOST_FAULT, REPLACED_FAULT } from "../../../shared/domain/monitoring/storage-faults.ts";
import { causeOf, UNSAVED_FAULT, type Unsaved } from "../../../shared/domain/monitoring/unsaved.ts";
import { MINUTE, T0 } from "../../support/checks.ts";

// Nothing else of the configuration is looked at.
const ALONE = { config: () => ({ primary: null }) as never, clock: clockOf(T0) };

/** @param wallMs of the machine; what is stored and shown is of T0 */
function clockOf(wallMs: number) {
  return { nowMs: () => T0, wallMs: () => wallMs };
}

function textOf(faults: readonly string[], unsaved?: Unsaved): string {
  const banners = bannersOf({ faults, ...(unsaved && { unsaved }) }, ALONE, null);
  return markupOf(banners);
}

function markupOf(banners: readonly Banner[]): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- an element of hono is its markup as a text
  const markup = MonitorBanners({ banners, nowMs: T0 }).toString();
  return markup.replaceAll(/<[^>]+>/g, "");
}

it("A page says since when history is not saved, why, and what people can do", () => {
  const text = textOf([UNSAVED_FAULT], { sinceMs: T0 - 2 * MINUTE, cause: "no_room" });
  expect(text).toMatch(
    /^History is not being saved since [\d:]{8} UTC: there is no room left for the database\. Make room on its disk\. /,
  );
  expect(text).toContain("What is said of now is of now");
});

it.each([REPLACED_FAULT, CUT_FAULT, CUT_LOST_FAULT])(
  "A page says when it was noticed and what to do: %s",
  (sentence) => {
    const banners = bannersOf({ faults: [sentence], storageAlertAtMs: T0 - 2 * MINUTE }, ALONE, null);
    expect(markupOf(banners)).toMatch(/ ran; [^.]+\. Noticed at [\d:]{8} UTC\. (Find out|Let no other) .+\.$/);
  },
);

it("A page says what else is wrong with the monitor as it is told", () => {
  expect(textOf(["Not everything could be saved; the log says what"])).toBe(
    "Not everything could be saved; the log says what",
  );
});

it.each([
  ["no_room", "D1_ERROR: database or disk is full: SQLITE_FULL"],
  ["locked", "D1_ERROR: database is locked"],
  ["read_only", "attempt to write a readonly database"],
  ["no_access", "unable to open database file"],
  ["bad_disk", "disk I/O error"],
  ["damaged", "database disk image is malformed"],
  ["other", "insert into marks values ('a secret')"],
])("The cause %s is seen in what a database says", (cause, message) => {
  expect(causeOf(new Error(message))).toBe(cause);
});

it("A page says that the machine's clock was put back, and until when time is slow for that", () => {
  const textAt = (wallMs: number) => markupOf(bannersOf({ faults: [] }, { ...ALONE, clock: clockOf(wallMs) }, null));
  const text = textAt(T0 - 20 * MINUTE);
  expect(text).toMatch(/^The machine&#39;s clock was put back: .+ at half speed until [\d:]{8} UTC\. See to .+\.$/);
  // Half a minute of ours and a whole one of the machine's later it says the same.
  const later = { nowMs: () => T0 + MINUTE / 2, wallMs: () => T0 - 19 * MINUTE };
  expect(markupOf(bannersOf({ faults: [] }, { ...ALONE, clock: later }, null))).toBe(text);
  expect([textAt(T0 - MINUTE / 2), textAt(T0), textAt(T0 + MINUTE)]).toEqual(["", "", ""]);
});
