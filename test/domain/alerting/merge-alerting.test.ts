import { describe, expect, it } from "vitest";
import { NO_ALERTING, type AlertingState } from "../../../shared/domain/alerting/alerting-state.ts";
import type { DispatchGroup } from "../../../shared/domain/alerting/grouping.ts";
import { mergeAlerting } from "../../../shared/domain/alerting/merge-alerting.ts";
import type { Silence } from "../../../shared/domain/alerting/silence.ts";
import { T0 } from "../../support/checks.ts";

const silence = (id: string): Silence => ({
  id,
  matcher: { services: ["*"], severities: [] },
  startsAtMs: T0,
  endsAtMs: T0 + 1_000,
  createdAtMs: T0,
  author: "ann",
  comment: "why",
});

const group = (channel: string): DispatchGroup => ({
  channel,
  severity: "warning",
  isEnd: false,
  openedAtMs: T0,
  untilMs: T0 + 1_000,
  waiting: [],
});

describe("what was decided with nothing read, and what is stored then", () => {
  it("what people asked for holds, whichever of the two knows of it, and is there once", () => {
    const stored: AlertingState = { ...NO_ALERTING, silences: [silence("s1"), silence("s2")] };
    const ours: AlertingState = { ...NO_ALERTING, silences: [silence("s2"), silence("s3")] };
    const { state } = mergeAlerting(stored, ours, T0);
    expect(state.silences.map(({ id }) => id)).toEqual(["s1", "s2", "s3"]);
  });

  it("what waits to be told in either, and what was done about a service, is kept", () => {
    const starts = (...at: number[]) => new Map([["a", at]]);
    const stored = { ...NO_ALERTING, groups: [group("slack"), group("mail")], remediationStarts: starts(1) };
    const ours = { ...NO_ALERTING, groups: [group("slack")], remediationStarts: starts(2), nextDueMs: T0 };
    const { state } = mergeAlerting(stored, ours, T0);
    expect(state.groups.map(({ channel }) => channel)).toEqual(["slack", "mail"]);
    expect(state.remediationStarts).toEqual(starts(1, 2));
    expect(state.nextDueMs).toBe(T0);
  });
});
