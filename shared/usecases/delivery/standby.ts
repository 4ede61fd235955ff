/**
 * Whether an instance may deliver: a primary always, one that stands by only while its primary's /health has been silent.
 * The deliverer asks before it delivers. When the primary was last heard of is stored, so that a restart or another round knows it.
 * Invariant: a standby that has never heard of its primary gives it its time from now on.
 */
import { SILENT_AFTER_MS, type Primary } from "../../domain/alerting/failover.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpTransport } from "../../ports/http-transport.ts";
import type { Log } from "../../ports/log.ts";
import type { Occasions } from "../../ports/occasions.ts";
import type { Permission } from "./deliverer.ts";

const LOOK_EVERY_MS = 20_000;
const TIMEOUT_MS = 5_000;

export interface StandbyDependencies {
  readonly occasions: Occasions;
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly log: Log;
  /** Whom we stand by for now; null: we are the primary. */
  primary(): Primary | null;
}

/** What the deliverer asks. Rejects when storage fails. */
export function createStandby(dependencies: StandbyDependencies): () => Promise<Permission> {
  const { clock, log, primary } = dependencies;
  let wasGranted = false;
  return async () => {
    const watched = primary();
    if (watched === null) return { isGranted: true, askAgainMs: Infinity };
    const seenAtMs = await lookAt(watched, dependencies);
    const nowMs = clock.nowMs();
    const isGranted = nowMs - seenAtMs >= SILENT_AFTER_MS;
    if (isGranted !== wasGranted) {
      log.write(
        "warn",
        isGranted ? "the primary is silent, delivering instead" : "the primary works again, standing by",
      );
    }
    wasGranted = isGranted;
    return { isGranted, askAgainMs: nowMs + LOOK_EVERY_MS };
  };
}

/** When the primary last said that it works. */
async function lookAt(watched: Primary, { occasions, clock, http }: StandbyDependencies): Promise<number> {
  const seenAtMs = await occasions.last("primary_seen");
  const nowMs = clock.nowMs();
  if (seenAtMs !== null && nowMs - seenAtMs < LOOK_EVERY_MS) return seenAtMs;
  if (!(await works(watched, http)) && seenAtMs !== null) return seenAtMs;
  const atMs = clock.nowMs();
  await occasions.note("primary_seen", atMs);
  return atMs;
}

async function works({ target, token }: Primary, http: HttpTransport): Promise<boolean> {
  const response = await http.exchange({
    target,
    method: "GET",
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: null,
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: 1_024,
  });
  return response.kind === "response" && response.statusCode === 200;
}
