/**
 * What the page of a service can still show while the past cannot be read: what the service is now, by the last commit. Used by
 * serve-service.tsx. Invariant: nothing else of the database is asked.
 */
import type { MonitorContext } from "../context.ts";
import { presentJson } from "../endpoints/service.ts";
import { subjectOf } from "../report/subjects.ts";
import type { PresentService } from "./read-service.ts";

/** Null: it is not configured, or the last commit cannot be read either. */
export async function readPresent(context: MonitorContext, id: string, nowMs: number): Promise<PresentService | null> {
  const entry = context.cluster().roster.find((each) => each.id === id);
  const snapshot = await context.snapshots.read().catch(() => null);
  if (!entry || !snapshot) return null;
  const subject = subjectOf(entry, { range: { sinceMs: 0, untilMs: nowMs }, moment: snapshot.moment });
  return presentJson(context, { subject, snapshot, nowMs });
}
