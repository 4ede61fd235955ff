/**
 * What a client may do how often, and what it is told when it does it more often: 429 with `Retry-After`.
 * A monitor has one; app.ts and guard.ts ask it. On Workers each isolate counts for itself.
 * Invariant: a valid token is never refused for what others do without one, not even behind the same proxy.
 */
import { RateLimiter, type Rate } from "../../shared/domain/access/rate-limiter.ts";
import { AppError } from "./problem.ts";

/** Of one token. Each is an entry of the audit trail, and a commit. */
const WRITES: Rate = { burst: 120, perSecond: 2 };

/** Of one address. Tokens are 32 random bytes, which nobody guesses; this is about load. */
const FAILED_AUTHENTICATIONS: Rate = { burst: 1_000, perSecond: 50 };

export interface Rates {
  /** Throws when the token of this name has written too often. */
  write(token: string, nowMs: number): void;
  /** Throws when requests from this address have been without a valid token too often; null for an unknown address. */
  failedAuthentication(address: string | null, nowMs: number): void;
}

export function createRates(): Rates {
  const writes = new RateLimiter(WRITES);
  const failures = new RateLimiter(FAILED_AUTHENTICATIONS);
  return {
    write(token, nowMs) {
      refuse(
        writes.take(token, nowMs),
        `This token may write ${WRITES.perSecond} times a second, after ${WRITES.burst}.`,
      );
    },
    failedAuthentication(address, nowMs) {
      refuse(failures.take(address ?? "", nowMs), "Too many requests without a valid token came from this address.");
    },
  };
}

function refuse(retryAfterS: number, message: string): void {
  if (retryAfterS > 0) throw new AppError("too_many_requests", message, { retryAfterS });
}
