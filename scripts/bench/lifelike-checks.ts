/**
 * Checks as a home cluster yields them: HTTP services that answer in so many ms with noise and now and then are slow or away,
 * and one Redis whose INFO says something else each time. What compresses too well or too badly would measure nothing.
 * Used by whatever fills a database. Pure: the same seed gives the same checks.
 * Invariant: nothing here repeats with a period that deflate could find.
 */
import { toTenthMs, type Check, type CheckDetails, type Json } from "../../shared/domain/monitoring/check.ts";

/** Numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface LifelikeService {
  readonly id: string;
  /** The check of a probe that began at `startMs`, epoch ms. To be called in the order of time. */
  check(startMs: number): Check;
}

/** Typical answers of the seed's services lie between a millisecond (LAN, C) and some fifty (Python on a Jetson). */
const FASTEST_MS = 0.8;
const SLOWEST_MS = 50;
const OUTAGE_SHARE = 0.000_5;
const LONGEST_OUTAGE_CHECKS = 40;
const SPIKE_SHARE = 0.01;

/** `answerAt` says what its JSON holds, by default all the time the same. */
export function lifelikeHttp(id: string, random: () => number, answerAt?: (atMs: number) => Json): LifelikeService {
  const typicalMs = FASTEST_MS * (SLOWEST_MS / FASTEST_MS) ** random();
  const version = { status: "ok", version: `0.${Math.floor(random() * 20)}.${Math.floor(random() * 10)}` };
  let checksAway = 0;
  return {
    id,
    check(startMs) {
      if (checksAway === 0 && random() < OUTAGE_SHARE) checksAway = Math.ceil(random() * LONGEST_OUTAGE_CHECKS);
      if (checksAway > 0) {
        checksAway -= 1;
        return ended(id, startMs, { ...AWAY, responseTimeMs: noisyMs(0.4, random) });
      }
      const totalMs = noisyMs(typicalMs, random);
      const timings = { tcpMs: noisyMs(0.3, random), firstByteMs: toTenthMs(totalMs * 0.9), bodyMs: 0.1 };
      const details: CheckDetails = { data: answerAt?.(startMs) ?? version, timings };
      return ended(id, startMs, { ...HEALTHY, statusCode: 200, responseTimeMs: totalMs, details });
    },
  };
}

export function lifelikeRedis(id: string, random: () => number): LifelikeService {
  const uptimeS = Math.floor(random() * 1e7);
  let firstMs: number | null = null;
  let clients = 8;
  let megabytes = 1.2;
  return {
    id,
    check(startMs) {
      firstMs ??= startMs;
      clients = Math.max(2, clients + Math.round((random() - 0.5) * 3));
      megabytes = Math.max(1, megabytes + (random() - 0.5) * 0.04);
      const fields = {
        connected_clients: clients,
        used_memory_human: `${megabytes.toFixed(2)}M`,
        uptime_in_seconds: uptimeS + Math.floor((startMs - firstMs) / 1_000),
      };
      const responseTimeMs = noisyMs(1.1, random);
      return ended(id, startMs, { ...HEALTHY, statusCode: null, responseTimeMs, details: { fields } });
    },
  };
}

const HEALTHY = { status: "healthy", reason: null, message: null } as const;
const REFUSED = { status: "error", reason: "refused", message: "Connection refused" } as const;
const AWAY = { ...REFUSED, statusCode: null, details: {} };

/** Times over a network are skewed: seldom much faster than usual, now and then a multiple. */
function noisyMs(typicalMs: number, random: () => number): number {
  const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const factor = random() < SPIKE_SHARE ? 2 + 8 * random() : 1;
  return toTenthMs(typicalMs * Math.exp(0.25 * gaussian) * factor);
}

function ended(serviceId: string, startMs: number, observed: Omit<Check, "serviceId" | "checkedAtMs">): Check {
  return { serviceId, checkedAtMs: startMs + Math.round(observed.responseTimeMs), ...observed };
}
