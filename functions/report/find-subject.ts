/**
 * One service that endpoints of the past are asked about: configured, or removed since and known by what it has lived.
 * Invariant: what was never watched and is not configured is nobody.
 */
import type { MonitorContext } from "../context.ts";
import { listConfigured, listSubjects, type Subject } from "./subjects.ts";

/** What is told of it ends with its removal. Null: there is no such service. */
export async function findSubject(context: MonitorContext, service: string): Promise<Subject | null> {
  const moment = (await context.snapshots.read())?.moment ?? { checks: new Map() };
  const range = { sinceMs: 0, untilMs: context.clock.nowMs() + 1 };
  const query = { range, moment, service, mostRemoved: 1 };
  const [configured] = listConfigured(context, query);
  return configured ?? (await listSubjects(context, query)).subjects[0] ?? null;
}
