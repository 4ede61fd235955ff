/** How the page words what it knows. */
import { expect, it } from "vitest";
import type { NowModel, Problem } from "../../../functions/page/now-model.ts";
import { wellAgain } from "../../../functions/page/status-words.ts";
import { Now } from "../../../functions/page/views/now.tsx";

const AT_MS = Date.parse("2026-11-25T12:00:00Z");

const PROBLEM = {
  id: "a-1",
  serviceId: "a",
  isFiring: true,
  name: "Agent",
  severity: "critical",
  status: "timeout",
  message: "Request timed out",
  impact: "No agent answers <b>",
  sinceMs: AT_MS,
  failures: 3,
  wellAgain: null,
  told: [],
  decision: "",
  isNobodyTold: false,
  next: null,
  acknowledged: null,
} as const;

function pageOf(problem: Problem): string {
  const now: NowModel = {
    place: { generation: 1, told: 0 },
    changesAtMs: Infinity,
    staleAfterMs: 15_000,
    overall: "unhealthy",
    sinceMs: AT_MS,
    sentence: "Agent is down.",
    blindness: null,
    updatedAtMs: AT_MS,
    isStale: false,
    banners: [],
    problems: [problem],
    groups: [],
    events: [],
  };
  // oxlint-disable-next-line typescript/no-base-to-string -- an element of hono is its markup as a text
  return Now({ now, nowMs: AT_MS, done: null, filter: "" }).toString();
}

/** As a reader sees it. */
function textOf(page: string): string {
  return page.replaceAll(/<[^>]+>/g, "");
}

it("Of a problem stands there who has taken it, who has not and why, and never that somebody was told who was not", () => {
  const told: Problem["told"] = [
    { channel: "hook", state: "taken", atMs: AT_MS, failure: null },
    { channel: "slow", state: "waits", atMs: AT_MS + 1_000, failure: null },
    { channel: "fail", state: "retried", atMs: AT_MS, failure: "receiver failed" },
  ];
  expect(textOf(pageOf({ ...PROBLEM, told }))).toContain(
    "Told: hook ✓ taken 12:00:00 UTC · slow … waits since 12:00:01 UTC · fail ✗ not taken, is tried again (receiver failed)",
  );
  expect(textOf(pageOf({ ...PROBLEM, told: told.slice(1) }))).toContain("Not told yet: slow … waits");
  const refused = { channel: "gone", state: "refused", atMs: AT_MS, failure: "credentials" } as const;
  expect(textOf(pageOf({ ...PROBLEM, told: [refused] }))).toContain(
    "Could not be told: gone ✗ not taken (credentials)",
  );
  const decided = { channel: "old", state: "decided", atMs: null, failure: null } as const;
  expect(textOf(pageOf({ ...PROBLEM, told: [decided] }))).toContain("To be told: old");
});

it("A problem that somebody looks after says until when", () => {
  const acknowledged = { by: "anna", untilMs: AT_MS + 3_600_000 };
  expect(textOf(pageOf({ ...PROBLEM, acknowledged }))).toContain("Acknowledged by anna until 13:00:00 UTC.");
  expect(textOf(pageOf({ ...PROBLEM, acknowledged: { by: "anna", untilMs: null } }))).toContain(
    "Acknowledged by anna.",
  );
});

it("What a problem means for people is text", () => {
  expect(pageOf(PROBLEM)).toContain("No agent answers &lt;b&gt;");
});

it("A problem of which the last check was well says so beside what was wrong", () => {
  expect(textOf(pageOf({ ...PROBLEM, failures: 0, wellAgain: wellAgain(1) }))).toContain(
    "Request timed out" +
      "No agent answers &lt;b&gt;" +
      "for 0 s · since 12:00:00 UTC" +
      "It was well at the last check; resolved once that lasts.",
  );
  expect(textOf(pageOf({ ...PROBLEM, wellAgain: wellAgain(0) }))).not.toContain("It was well");
});
