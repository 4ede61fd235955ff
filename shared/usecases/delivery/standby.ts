/**
 * Whether an instance may deliver: a primary always, one that stands by only while its primary's /health has been silent.
 * The deliverer asks before it delivers. When the primary was last heard of is stored, so that a restart or another round knows it.
 * Invariants: a standby that has never heard of its primary gives it its time from now on; one whose storage fails goes by what it
 * remembers itself.
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

/** What the deliverer asks. Never rejects. */
export function createStandby(dependencies: StandbyDependencies): () => Promise<Permission> {
  const { clock, log, primary } = dependencies;
  const look = createLookout(dependencies);
  let wasGranted = false;
  return async () => {
    const watched = primary();
    if (watched === null) return { isGranted: true, askAgainMs: Infinity };
    const seenAtMs = await look(watched);
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

/** Finds when the primary last said that it works, and asks it when that or the last question is a while ago. */
function createLookout({ occasions, clock, http, log }: StandbyDependencies): (watched: Primary) => Promise<number> {
  let seenAtMs = -Infinity;
  let askedAtMs = -Infinity;
  return async (watched) => {
    const storedMs = await occasions.last("primary_seen").catch(() => null);
    const nowMs = clock.nowMs();
    // What a clock says that was ahead keeps nobody from delivering.
    seenAtMs = Math.min(Math.max(seenAtMs, storedMs ?? -Infinity), nowMs);
    askedAtMs = Math.min(askedAtMs, nowMs);
    if (nowMs - Math.max(seenAtMs, askedAtMs) < LOOK_EVERY_MS) return seenAtMs;
    askedAtMs = nowMs;
    if (!(await works(watched, http)) && seenAtMs > -Infinity) return seenAtMs;
    seenAtMs = clock.nowMs();
    await occasions
      .note("primary_seen", seenAtMs)
      .catch((error: unknown) =>
        log.write("warn", "it could not be noted that the primary works", { error: String(error) }),
      );
    return seenAtMs;
  };
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
