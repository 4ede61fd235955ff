/** How the page words what it knows. */
import { expect, it } from "vitest";
import type { NowModel } from "../../../functions/page/now-model.ts";
import { Now } from "../../../functions/page/views/now.tsx";

const AT_MS = Date.parse("2026-11-25T12:00:00Z");

it("Who is to be told of a problem stands there as what was decided, not as what has arrived", () => {
  const problem = {
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
    told: ["slack", "mail"],
    decision: "",
    isNobodyTold: false,
    next: null,
    acknowledgedBy: null,
  } as const;
  const now: NowModel = {
    place: { generation: 1, told: 0 },
    changesAtMs: Infinity,
    staleAfterMs: 15_000,
    overall: "unhealthy",
    sinceMs: AT_MS,
    sentence: "Agent is down.",
    updatedAtMs: AT_MS,
    isStale: false,
    faults: [],
    problems: [problem],
    groups: [],
    events: [],
  };
  // oxlint-disable-next-line typescript/no-base-to-string -- an element of hono is its markup as a text
  const page = Now({ now, nowMs: AT_MS, done: null, filter: "" }).toString();
  expect(page).toContain("To be told: slack, mail.");
  expect(page).toContain("No agent answers &lt;b&gt;");
});
