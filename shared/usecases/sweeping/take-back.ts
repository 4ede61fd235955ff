/**
 * What waits for a commit, when the clock that the last one was stored by was ahead by weeks, or was not set: sweeps go on from the present.
 * The committer asks before each draft, so it does not matter whether the clock was put right while we ran or while we were off.
 * Invariant: `takenBack` stays with the last commit until the next one is stored, which then takes back the tables as well.
 */
import { takeBackAlerting, takeBackRecord } from "../../domain/alerting/take-back.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import { isFollowed, takeBack, type TakenBack } from "../../domain/monitoring/clock-lead.ts";
import { bringForward } from "../../domain/monitoring/first-setting.ts";
import type { StatusSince } from "../../domain/monitoring/status-since.ts";
import { NO_ROUTING, type RoutingState } from "../../domain/routing/choice.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Decided } from "./decided.ts";
import type { Pending } from "./pending.ts";

export function takeBackPending(pending: Pending, nowMs: number): Pending {
  const { last } = pending;
  const by = last && wrongClock(last.moment.atMs, nowMs);
  if (!last || !by) return pending;
  const taken = new Map(pending.checks.map((check) => [check, takeBackCheck(check, by)]));
  return {
    ...pending,
    last: takeBackSnapshot(last, by),
    checks: [...taken.values()],
    decided: takeBackDecided(pending.decided, { by, taken }),
    // Committed also without a check: until then every service looks as if it had just been checked.
    rosterIsNew: true,
  };
}

/** Null when the clock of the last sweep was right. */
function wrongClock(lastMs: number, nowMs: number): TakenBack | null {
  return isFollowed(lastMs, nowMs) ? bringForward(lastMs, nowMs) : { nowMs, leadMs: lastMs - nowMs };
}

function takeBackSnapshot(snapshot: Snapshot, by: TakenBack): Snapshot {
  const { moment, alerting, since, routing = NO_ROUTING } = snapshot;
  return {
    ...snapshot,
    takenBack: by,
    since: takeBackSince(since, by),
    routing: takeBackRouting(routing, by),
    alerting: takeBackAlerting(alerting, by),
    moment: {
      ...moment,
      atMs: takeBack(moment.atMs, by),
      startedAtMs: takeBack(moment.startedAtMs, by),
      checks: new Map([...moment.checks].map(([id, check]) => [id, takeBackCheck(check, by)])),
    },
  };
}

function takeBackSince({ overall, services }: StatusSince, by: TakenBack): StatusSince {
  return {
    overall: overall && { ...overall, atMs: takeBack(overall.atMs, by) },
    services: new Map([...services].map(([id, atMs]) => [id, takeBack(atMs, by)])),
  };
}

function takeBackRouting(routing: RoutingState, by: TakenBack): RoutingState {
  return new Map(
    [...routing].map(([capability, { choice, recovering, changes }]) => {
      const taken = changes.map((change) => ({ ...change, atMs: takeBack(change.atMs, by) }));
      // How long somebody has been better, or well, was counted by the wrong clock: that begins anew.
      const failing = recovering.map(({ id }) => ({ id, sinceMs: by.nowMs, checks: 0, checkedAtMs: 0 }));
      return [capability, { choice, rival: null, recovering: failing, changes: taken }];
    }),
  );
}

function takeBackDecided(
  decided: Decided,
  { by, taken }: { readonly by: TakenBack; readonly taken: ReadonlyMap<Check, Check> },
): Decided {
  return {
    ...decided,
    alerting: takeBackAlerting(decided.alerting, by),
    evaluated: new Set([...decided.evaluated].map((check) => taken.get(check) ?? check)),
    isolated: new Map(Array.from(decided.isolated, ([check, ms]) => [taken.get(check) ?? check, takeBack(ms, by)])),
    alertRecords: decided.alertRecords.map((record) => takeBackRecord(record, by)),
    outgoing: decided.outgoing.map((outgoing) => takeBackOutgoing(outgoing, by)),
    // The step of the clock has been taken into account.
    clockOffsetMs: null,
  };
}

function takeBackCheck(check: Check, by: TakenBack): Check {
  return { ...check, checkedAtMs: takeBack(check.checkedAtMs, by) };
}

function takeBackOutgoing({ channel, notification }: Outgoing, by: TakenBack): Outgoing {
  return { channel, notification: { ...notification, atMs: takeBack(notification.atMs, by) } };
}
