/**
 * When a service is looked at again, as the stored body of `/cluster_health` says it. Used by the endpoints about one service.
 * Invariant: a body that is damaged or says nothing of the service tells nothing.
 */
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";

/** Epoch ms. */
export function readDue(body: string, id: string): number | null {
  // A damaged body is read as an empty one.
  if (body === "") return null;
  const { services } = JSON.parse(body) as {
    readonly services?: Readonly<Record<string, { next_check_at?: unknown }>>;
  };
  const told = services?.[id]?.next_check_at;
  return typeof told === "string" ? parseTimestamp(told) : null;
}
