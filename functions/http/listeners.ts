/**
 * Who waits for news, and whether one more may: places of their own, half of all connections, so that others are served as well.
 * A monitor has one; `GET /wait` and `GET /events` ask it. On Workers each isolate counts for itself.
 * Invariant: a place is given back when the answer ends, however it ends.
 */
import { Audience } from "../../shared/domain/access/audience.ts";
import { isWithin, parseAddress } from "../../shared/domain/net/address-block.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { CommitSignal } from "../../shared/ports/commit-signal.ts";
import type { ConnectionLimits } from "../../shared/ports/connection-limits.ts";
import { AppError } from "./problem.ts";

/** However many connections there may be: what a thousand take to be told of a commit delays no probe. */
const MOST = 1_000;

/** Somebody else's may end any moment. */
const RETRY_AFTER_S = 5;

/** What the platform may need to end an answer whose time is over. */
const MARGIN_MS = 10_000;

export interface Listeners {
  /** What gives the place back. Throws when there is none. @param forMs how long it may be needed */
  admit(address: string | null, forMs: number): () => void;
}

export interface ListenersParts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly commits: Pick<CommitSignal, "most">;
  connectionLimits(): ConnectionLimits;
}

export function createListeners({ clock, commits, connectionLimits }: ListenersParts): Listeners {
  const audience = new Audience();
  return {
    admit(address, forMs) {
      const { maxConnections, maxConnectionsPerAddress, trustedProxies } = connectionLimits();
      const groups = parseAddress(address ?? "") ?? [];
      const isTrusted = groups.length > 0 && trustedProxies.some((block) => isWithin(groups, block));
      const most = commits.most ?? Math.min(MOST, Math.ceil(maxConnections / 2));
      const mostOfAddress = isTrusted ? Infinity : Math.ceil(Math.min(most, maxConnectionsPerAddress) / 2);
      const nowMs = clock.monotonicMs();
      const until = { nowMs, untilMs: nowMs + forMs + MARGIN_MS };
      const free = audience.admit(groups.join(":"), { most, mostOfAddress }, until);
      if (free) return free;
      const message = "Too many wait or listen already; ask again in a few seconds, or poll /cluster_health.";
      throw new AppError("unavailable", message, { retryAfterS: RETRY_AFTER_S });
    },
  };
}
