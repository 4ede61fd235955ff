/**
 * An alert as a message tells of it: what people call it, and what is down because of it. Pure.
 * Called by `notification-decision.ts` for every alert that goes into a message; the API asks for names.
 * Invariant: what a maintenance window explains is behind nobody's problem.
 */
import type { OpenAlert } from "./alert-life.ts";
import { isService, parseService } from "./alerting-state.ts";
import type { Subjects } from "./dependency.ts";
import { findInhibition, type InhibitionSituation } from "./inhibition.ts";
import type { AlertReport } from "./notification.ts";

/** What people call the subject of an alert. */
export function subjectName(subject: string, services: ReadonlyMap<string, { readonly name: string }>): string {
  const id = parseService(subject);
  if (id === null) return "Monitoring";
  const name = services.get(id)?.name ?? id;
  return isService(subject) ? name : `${name} (certificate)`;
}

/** The report of an alert that is open. */
export function buildReport(
  subject: string,
  alert: OpenAlert,
  { name, affected }: Pick<AlertReport, "name" | "affected">,
): AlertReport {
  const { id, severity, state, status, reason, message, sinceMs, isFlapping, level, acknowledgedBy, actionTaken } =
    alert;
  return {
    id,
    service: parseService(subject),
    name,
    severity,
    state,
    status,
    reason,
    message,
    sinceMs,
    endedAtMs: null,
    endReason: null,
    isFlapping,
    level,
    acknowledgedBy,
    actionTaken,
    affected,
  };
}

/** What is down behind each subject, in the order of `subjects`. */
export function findBehind(subjects: Subjects, situation: InhibitionSituation): Map<string, string[]> {
  const behind = new Map<string, string[]>();
  for (const [subject, { alert }] of subjects) {
    const inhibition = alert && findInhibition(subject, alert, situation);
    if (!inhibition || inhibition.kind === "maintenance") continue;
    behind.set(inhibition.by, [...(behind.get(inhibition.by) ?? []), subject]);
  }
  return behind;
}
