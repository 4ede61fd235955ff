/** What strangers are told of now, where the monitor does not know it or nobody has looked for a while. */
import { describe, expect, it } from "vitest";
import { findBadge } from "../../../functions/public/badge.ts";
import { atomFeed } from "../../../functions/public/feed.ts";
import type { PublicHistory } from "../../../functions/public/public-history.ts";
import { statusJson } from "../../../functions/public/status-json.ts";
import { buildPublicStatus, type StatusInput } from "../../../functions/public/status-model.ts";
import { StatusBoards } from "../../../shared/domain/monitoring/status-board.ts";
import { advanceSince, SINCE_NOTHING } from "../../../shared/domain/monitoring/status-since.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { check, failing, HOUR, MINUTE, moment, rosterEntry, T0 } from "../../support/checks.ts";

const SECOND = 1_000;
const STALE_MS = 60_005;
const LATE = { status: "timeout", reason: "deadline_response" } as const;

/** Of services that are all shown, unless `shown` says which. */
function inputOf(checks: readonly Check[], more: Partial<StatusInput> = {}, shown = checks.map(idOf)) {
  const roster = checks.map(({ serviceId }) => rosterEntry(serviceId, { staleAfterMs: STALE_MS }));
  const last = moment(T0, checks, { roster });
  const since = advanceSince(SINCE_NOTHING, { previous: null, moment: last, transitions: [] });
  const input: StatusInput = {
    settings: { title: "Home", isIndexed: false, groups: [{ name: null, services: shown }] },
    servicesById: new Map(roster.map(({ id, name, critical }) => [id, { id, name, critical, intervalMs: SECOND }])),
    degradedThresholdPercent: 70,
    notice: null,
    boardAt: (atMs) => new StatusBoards().of({ moment: last, since }, atMs),
    checkedAtMs: new Map(checks.map(({ serviceId, checkedAtMs }) => [serviceId, checkedAtMs])),
    windows: [],
    history: null,
    notes: [],
    isPastFailing: false,
    isolatedSinceMs: null,
    nowMs: T0 + SECOND,
    ...more,
  };
  return input;
}

const idOf = ({ serviceId }: Check): string => serviceId;

const jsonOf = (input: StatusInput) => statusJson(buildPublicStatus(input));

describe("a verdict that nobody has renewed", () => {
  const well = [check("a", T0 - 2 * SECOND), check("b", T0 - SECOND)];

  it("is taken back in every word of the JSON, and since when is that of what is said", () => {
    expect(jsonOf(inputOf(well, { nowMs: T0 + HOUR }))).toMatchObject({
      overall_status: "unknown",
      last_known_status: "healthy",
      sentence: "Last known: All 2 critical services answer.",
      since: formatTimestamp(T0 - 2 * SECOND + STALE_MS),
      stale: true,
    });
    // Too old for the page, and not yet for what was found.
    expect(jsonOf(inputOf(well, { nowMs: T0 + 30 * SECOND }))).toMatchObject({ since: null, stale: true });
    expect(jsonOf(inputOf(well)).sentence).toBe("All 2 critical services answer.");
  });
});

describe("since when it is so", () => {
  const checks = [check("a", T0 - 5 * SECOND), check("b", T0 - SECOND)];

  it("is what it is inside where all that decide are shown, also while the past cannot be read", () => {
    for (const nowMs of [T0 + SECOND, T0 + HOUR]) {
      const input = inputOf(checks, { nowMs });
      const { overallSinceMs } = input.boardAt(nowMs);
      expect([overallSinceMs === null, jsonOf(input).since]).toEqual([
        false,
        formatTimestamp(overallSinceMs ?? expect.unreachable()),
      ]);
    }
  });

  it("is of those that are shown where not all that decide are", () => {
    expect(jsonOf(inputOf(checks, {}, ["a"])).since).toBe(formatTimestamp(T0 - 5 * SECOND));
  });
});

describe("while the monitor is cut off", () => {
  const lostAtMs = T0 - MINUTE;
  const outage = (serviceId: string, sinceMs: number) =>
    ({ serviceId, status: "timeout", reason: LATE.reason, sinceMs, recoveredAtMs: null, seenMs: SECOND }) as const;
  const history: PublicHistory = {
    days: [],
    services: new Map(),
    outages: [outage("late", lostAtMs - 10 * SECOND), outage("broken", lostAtMs), outage("long", T0 - HOUR)],
  };
  const checks = [
    failing("late", T0, LATE),
    failing("broken", T0, { status: "error", reason: "http_status" }),
    failing("long", T0, LATE),
    check("well", T0),
  ];
  const cutOff = buildPublicStatus(inputOf(checks, { history, isolatedSinceMs: lostAtMs }));

  it("no service is told to be down that it cannot reach, and what answers is what it is", () => {
    expect([...cutOff.services.values()].map(({ id, status, sinceMs }) => [id, status, sinceMs])).toEqual([
      ["late", "unknown", lostAtMs],
      ["broken", "error", T0],
      ["long", "unknown", lostAtMs],
      ["well", "healthy", T0],
    ]);
    expect(cutOff.services.get("late")?.sentence).toBe("The monitor itself is cut off from the network.");
    const badge = (id: string) => findBadge(cutOff, id, { style: "status", days: 90 });
    expect([badge("late"), badge("broken")]).toMatchObject([
      { message: "unknown 1 min 1 s", colour: "unknown" },
      { colour: "down" },
    ]);
  });

  it("an outage that the past still has of what is stored as out of reach is told: it was proven", () => {
    const isolated = failing("late", T0, { status: "unknown", reason: "isolated" });
    const known = buildPublicStatus(inputOf([isolated, ...checks.slice(1)], { history, isolatedSinceMs: lostAtMs }));
    expect(known.incidents.map(({ serviceId }) => serviceId)).toContain("late");
  });

  it("an outage that may be the monitor's own is told nowhere, one that began long before is", () => {
    expect(cutOff.incidents.map(({ serviceId }) => serviceId)).toEqual(["broken", "long"]);
    expect(atomFeed(cutOff)).not.toContain("/status/late");
    const seeing = buildPublicStatus(inputOf(checks, { history }));
    expect(seeing.incidents.map(({ serviceId }) => serviceId)).toEqual(["late", "broken", "long"]);
    expect(seeing.services.get("late")?.status).toBe("timeout");
  });
});
