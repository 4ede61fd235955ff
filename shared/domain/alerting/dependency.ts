/**
 * What is down because of what: the services that a service needs. Pure. `inhibition.ts` asks it.
 * Invariant: a cycle, which the configuration refuses, ends all the same.
 */
import type { SubjectMemory } from "./alert-life.ts";
import type { CheckStatus } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";

export type Subjects = ReadonlyMap<string, SubjectMemory>;
export type Services = ReadonlyMap<string, Pick<Service, "id" | "name" | "dependsOn" | "machine">>;

/** A slow service still serves; what depends on it has reasons of its own. */
const DOWN: ReadonlySet<CheckStatus> = new Set(["unhealthy", "timeout", "error"]);

/** True when the service fails, or has not yet proved that it works again. */
export function isDown(memory: SubjectMemory | undefined): boolean {
  return (
    memory?.alert != null && DOWN.has(memory.alert.status) && (memory.failures > 0 || memory.alert.state !== "pending")
  );
}

/** The service farthest up that fails and that `id` needs, directly or not; null when there is none. */
export function failingAncestor(id: string, services: Services, subjects: Subjects): string | null {
  let found: string | null = null;
  const seen = new Set([id]);
  const queue = [id];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const parent of services.get(next)?.dependsOn ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
      if (isDown(subjects.get(parent))) found = parent;
    }
  }
  return found;
}
