/**
 * What people do to alerting: acknowledge, silence, plan maintenance. Applied within a sweep's commit, before its checks.
 * Called by `draft-sweep`. Pure.
 * Invariant: what is refused or is so already changes nothing and leaves no entry in the audit trail.
 */
import type { OpenAlert, SubjectMemory } from "./alert-life.ts";
import type { AlertingState } from "./alerting-state.ts";
import type { AuditEntry } from "../access/audit.ts";
import type { Failure } from "../net/connection-failure.ts";
import { ACKNOWLEDGED_FOR_MS } from "./escalation.ts";
import type { Outgoing } from "./grouping.ts";
import { fitsIntoSweep } from "./quiet-draft.ts";
import { nextMaintenanceChangeMs, type MaintenanceWindow } from "./maintenance-window.ts";
import { afterReceiverChange, type ReceiverChange } from "./receivers.ts";
import { STARTED, withAction } from "./remediation.ts";
import type { Silence } from "./silence.ts";

export type AlertCommand =
  | {
      readonly kind: "acknowledge";
      readonly alertId: string;
      readonly by: string;
      readonly comment: string | null;
      /** How long it holds. Absent: an hour. */
      readonly forMs?: number;
    }
  | { readonly kind: "silence"; readonly silence: Silence }
  | { readonly kind: "endSilence"; readonly id: string; readonly by: string }
  | { readonly kind: "addWindow"; readonly window: MaintenanceWindow }
  | { readonly kind: "removeWindow"; readonly id: string; readonly by: string }
  /** How the remediation of an alert ended. */
  | { readonly kind: "remediated"; readonly alertId: string; readonly service: string; readonly result: string }
  /** Why the last heartbeat was not taken; null: it was, or nobody listens for it. The fold of the checks reads it. */
  | { readonly kind: "heartbeat"; readonly failure: Failure | null }
  /** A configuration comes into force. */
  | ({ readonly kind: "receivers" } & ReceiverChange)
  /** Messages that go the whole way though nothing is wrong. */
  | { readonly kind: "drill"; readonly outgoing: readonly Outgoing[]; readonly entry: AuditEntry }
  /** Something that was done elsewhere and is to be written down. */
  | { readonly kind: "record"; readonly entry: AuditEntry };

export type CommandOutcome = "done" | "not_found" | "not_firing" | "too_many";

export interface AppliedCommand {
  readonly state: AlertingState;
  readonly outcome: CommandOutcome;
  /** Null when nothing was done. */
  readonly audit: AuditEntry | null;
  /** Messages to be sent because of it. Absent: none. */
  readonly outgoing?: readonly Outgoing[];
}

/** All of them are stored with every sweep. */
const MOST_SILENCES = 100;
const MOST_WINDOWS = 100;

export function applyCommand(state: AlertingState, command: AlertCommand, nowMs: number): AppliedCommand {
  switch (command.kind) {
    case "acknowledge":
      return acknowledge(state, command, nowMs);
    case "silence":
      return addSilence(state, command.silence, nowMs);
    case "endSilence":
      return endSilence(state, command, nowMs);
    case "addWindow":
      return addWindow(state, command.window, nowMs);
    case "removeWindow":
      return removeWindow(state, command, nowMs);
    case "remediated":
      return remediated(state, command, nowMs);
    case "drill":
      return { state, outcome: "done", audit: command.entry, outgoing: command.outgoing };
    case "receivers":
      return { state: afterReceiverChange(state, command, nowMs), outcome: "done", audit: null };
    case "heartbeat":
      return { state, outcome: "done", audit: null };
    case "record":
      return { state, outcome: "done", audit: command.entry };
  }
}

type Command<Kind extends AlertCommand["kind"]> = Extract<AlertCommand, { kind: Kind }>;

function acknowledge(
  state: AlertingState,
  { alertId, by, comment, forMs = ACKNOWLEDGED_FOR_MS }: Command<"acknowledge">,
  nowMs: number,
): AppliedCommand {
  const found = [...state.subjects].find(([, memory]) => memory.alert?.id === alertId);
  if (!found?.[1].alert) return refused(state, "not_found");
  const [subject, memory] = found;
  const { alert } = found[1];
  if (alert.state === "pending") return refused(state, "not_firing");
  const untilMs = nowMs + forMs;
  const acknowledged: OpenAlert = {
    ...alert,
    state: "acknowledged",
    acknowledgedBy: by,
    acknowledgedUntilMs: untilMs,
    // Decided anew by the evaluation that follows, which thereby finds the alert changed and writes its row.
    decision: "notified",
  };
  const subjects = new Map<string, SubjectMemory>([...state.subjects, [subject, { ...memory, alert: acknowledged }]]);
  const detail = { comment, until_ms: untilMs };
  const audit = { atMs: nowMs, actor: by, action: "alert.acknowledged", target: alertId, detail } as const;
  return { state: { ...state, subjects }, outcome: "done", audit };
}

function remediated(
  state: AlertingState,
  { alertId, service, result }: Command<"remediated">,
  nowMs: number,
): AppliedCommand {
  const detail = { alert: alertId, result };
  const audit = { atMs: nowMs, actor: "monitor", action: "remediation.ended", target: service, detail } as const;
  const memory = state.subjects.get(service);
  const alert = memory?.alert;
  if (!alert || alert.id !== alertId) return { state, outcome: "done", audit };
  const actionTaken = withAction(alert.actionTaken?.replace(STARTED, "") ?? null, result);
  const subjects = new Map([...state.subjects, [service, { ...memory, alert: { ...alert, actionTaken } }]]);
  return { state: { ...state, subjects }, outcome: "done", audit };
}

function addSilence(state: AlertingState, silence: Silence, nowMs: number): AppliedCommand {
  if (state.silences.some(({ id }) => id === silence.id)) return refused(state, "done");
  const lasting = state.silences.filter(({ endsAtMs }) => endsAtMs > nowMs);
  if (lasting.length >= MOST_SILENCES || !fitsIntoSweep([...lasting, silence])) return refused(state, "too_many");
  const { author: actor, id: target, matcher, endsAtMs, comment } = silence;
  const detail = {
    services: [...matcher.services],
    severities: [...matcher.severities],
    ends_at_ms: endsAtMs,
    comment,
  };
  const audit = { atMs: nowMs, actor, action: "silence.created", target, detail } as const;
  return { state: { ...state, silences: [...state.silences, silence] }, outcome: "done", audit };
}

function endSilence(state: AlertingState, { id, by }: Command<"endSilence">, nowMs: number): AppliedCommand {
  const found = state.silences.find((each) => each.id === id);
  if (!found || found.endsAtMs <= nowMs) return refused(state, "not_found");
  const silences = state.silences.map((each) => (each === found ? { ...each, endsAtMs: nowMs } : each));
  const audit = { atMs: nowMs, actor: by, action: "silence.ended", target: id, detail: {} } as const;
  return { state: { ...state, silences }, outcome: "done", audit };
}

function addWindow(state: AlertingState, window: MaintenanceWindow, nowMs: number): AppliedCommand {
  if (state.windows.some(({ id }) => id === window.id)) return refused(state, "done");
  const others = withRoom(state.windows, window, nowMs);
  if (!haveRoom(others, window)) return refused(state, "too_many");
  const { author: actor, id: target, services, comment } = window;
  const detail = { services: [...services], schedule: window.schedule.kind, comment };
  const audit = { atMs: nowMs, actor, action: "maintenance.created", target, detail } as const;
  return { state: { ...state, windows: [...others, window] }, outcome: "done", audit };
}

/** What is over for good makes room when there is none. */
function withRoom(
  windows: readonly MaintenanceWindow[],
  another: MaintenanceWindow,
  nowMs: number,
): readonly MaintenanceWindow[] {
  if (haveRoom(windows, another)) return windows;
  return windows.filter((window) => Number.isFinite(nextMaintenanceChangeMs([window], nowMs)));
}

function haveRoom(windows: readonly MaintenanceWindow[], another: MaintenanceWindow): boolean {
  return windows.length < MOST_WINDOWS && fitsIntoSweep([...windows, another]);
}

function removeWindow(state: AlertingState, { id, by }: Command<"removeWindow">, nowMs: number): AppliedCommand {
  const windows = state.windows.filter((each) => each.id !== id);
  if (windows.length === state.windows.length) return refused(state, "not_found");
  const audit = { atMs: nowMs, actor: by, action: "maintenance.deleted", target: id, detail: {} } as const;
  return { state: { ...state, windows }, outcome: "done", audit };
}

function refused(state: AlertingState, outcome: CommandOutcome): AppliedCommand {
  return { state, outcome, audit: null };
}
