import { describe, expect, it } from "vitest";
import { healthBody } from "../../../shared/domain/monitoring/health-document.ts";
import { StatusBoards } from "../../../shared/domain/monitoring/status-board.ts";
import { advanceSince, SINCE_NOTHING } from "../../../shared/domain/monitoring/status-since.ts";
import { formatOptional } from "../../../shared/domain/text/timestamp.ts";
import { check, moment, T0 } from "../../support/checks.ts";

describe("the board of what services are", () => {
  const both = (status: "healthy" | "error") => {
    const committed = moment(T0, [check("a", T0, { status }), check("b", T0)]);
    const step = { previous: null, moment: committed, transitions: [] };
    return { moment: committed, since: advanceSince(SINCE_NOTHING, step) };
  };

  it("says what /cluster_health says, now and when time alone has changed it", () => {
    const boards = new StatusBoards();
    const one = both("error");
    for (const nowMs of [T0, T0 + 1, T0 + 24 * 3_600_000]) {
      const context = {
        generation: 1,
        nowMs,
        notice: null,
        intervalMs: 1_000,
        since: one.since,
        servicesById: new Map(),
      };
      const document = JSON.parse(healthBody(one.moment, context).body);
      const board = boards.of(one, nowMs);
      expect(board.overall).toBe(document.overall_status);
      expect(formatOptional(board.overallSinceMs)).toBe(document.overall_since);
      expect([...board.services.keys()]).toEqual(Object.keys(document.services));
      for (const [id, { status, reason, message, sinceMs }] of board.services) {
        const { health, since } = document.services[id];
        const told = { status: health.status, reason: health.reason ?? null, message: health.error ?? null, since };
        expect({ status, reason, message, since: formatOptional(sinceMs) }).toEqual(told);
      }
    }
  });

  it("is made once a commit while it is true", () => {
    const boards = new StatusBoards();
    const one = both("healthy");
    const board = boards.of(one, T0);
    expect(boards.of(one, T0 + 1)).toBe(board);
    expect(boards.of(one, board.staleAtMs)).not.toBe(board);
    expect(boards.of(both("healthy"), T0)).not.toBe(board);
  });

  it("is empty and unknown before the first commit", () => {
    const board = new StatusBoards().of(null, T0);
    expect([board.overall, board.services.size, board.inTheWay]).toEqual(["unknown", 0, []]);
  });

  it("names what keeps the cluster from being healthy", () => {
    expect(new StatusBoards().of(both("error"), T0).inTheWay).toEqual(["a"]);
    expect(new StatusBoards().of(both("healthy"), T0).inTheWay).toEqual([]);
  });
});
