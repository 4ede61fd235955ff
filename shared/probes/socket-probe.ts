/**
 * The frame of every probe that opens a socket of its own: the name, the address policy, one deadline, the end.
 * Check types that speak no HTTP hand in what they say once they know where to connect. Knows no protocol.
 * Invariant: whatever has been opened is closed when the observation is made.
 */
import { toTenthMs, type Json } from "../domain/monitoring/check.ts";
import { deadlineFailure, type Failure } from "../domain/net/connection-failure.ts";
import { admitAddress, type Target } from "../domain/net/target.ts";
import type { FoundDetails, Probe, ProbeContext } from "../ports/prober.ts";
import { observe, type ProbeFailure } from "./observe.ts";

/** What a server has said that answers. */
export interface Answer {
  readonly responseTimeMs: number;
  readonly details: FoundDetails;
  /** Why it is not well all the same. */
  readonly failure?: ProbeFailure | null;
  /** For the next probe. */
  readonly memory?: Json;
}

export interface Conversation {
  /** Never rejects. May never settle once it is closed. */
  readonly outcome: Promise<Answer | Failure>;
  /** Asked when the deadline passes. */
  isConnected(): boolean;
  /** Ends whatever is open, at once. */
  close(): void;
}

export interface Place {
  /** An address; a name where the platform resolves those. */
  readonly host: string;
  readonly port: number;
  /** What is left of the time. */
  readonly timeoutMs: number;
  /** Since the start of the probe, 0.1 ms resolution. */
  elapsedMs(): number;
}

type Converse = (place: Place, left: Pick<ProbeContext, "memory" | "redact">) => Conversation;

export function socketProbe(target: Target, converse: Converse): Probe {
  return async ({ clock, resolveName, timeoutMs, memory, redact }) => {
    const startedMs = clock.monotonicMs();
    const elapsedMs = (): number => toTenthMs(clock.monotonicMs() - startedMs);
    const resolution = admitAddress(target, resolveName && (await resolveName(target.host, timeoutMs)));
    if ("failure" in resolution) return observe(resolution.failure, { responseTimeMs: elapsedMs(), details: {} });

    const leftMs = timeoutMs - elapsedMs();
    const place = { host: resolution.address, port: target.port, timeoutMs: leftMs, elapsedMs };
    const { outcome, isConnected, close } = converse(place, { memory, redact });
    let disarm = (): void => {};
    const deadline = new Promise<Failure>((resolve) => {
      disarm = clock.after(leftMs, () => resolve(deadlineFailure(isConnected())));
    });
    const result = await Promise.race([outcome, deadline]);
    disarm();
    close();
    if ("reason" in result) return observe(result, { responseTimeMs: elapsedMs(), details: {} });
    const { failure = null, memory: left, ...answer } = result;
    return { ...observe(failure, answer), ...(left !== undefined && { memory: left }) };
  };
}
