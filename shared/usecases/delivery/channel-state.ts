/**
 * What is known of a channel holds for the settings that it was found with: one that is repaired in the configuration starts afresh.
 * Asked by the deliverer and by whoever shows channels. Pure.
 * Invariant: whatever a channel was told to wait for, or was broken by, ends with its settings, and not before.
 */
import { dueFrom } from "../../domain/monitoring/clock-lead.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { ChannelState, PendingNotification } from "../../ports/outbox.ts";

type Identity = Pick<Channel, "name" | "fingerprint">;

/** The state of a channel that nobody has used. */
export function untouched({ name, fingerprint }: Identity): ChannelState {
  return {
    name,
    fingerprint,
    failures: 0,
    isBroken: false,
    failure: null,
    message: null,
    notBeforeMs: 0,
    sentAtMs: null,
    failedAtMs: null,
  };
}

/** Undefined when nothing was sent with these settings. */
export function knownState({ name, fingerprint }: Identity, states: readonly ChannelState[]): ChannelState | undefined {
  return states.find((each) => each.name === name && each.fingerprint === fingerprint);
}

/** A message as it waits for these settings, by the present clock: what had it wait for others, or by another one, does not count. */
export function asItWaits(
  message: PendingNotification,
  { fingerprint, nowMs }: { readonly fingerprint: string; readonly nowMs: number },
): PendingNotification {
  const { dueMs, createdAtMs, claimedUntilMs, elsewhereAtMs } = message;
  const waitsForThem = message.fingerprint === fingerprint;
  return {
    ...message,
    dueMs: dueFrom(waitsForThem ? dueMs : Math.min(dueMs, createdAtMs), nowMs),
    claimedUntilMs: dueFrom(claimedUntilMs, nowMs),
    elsewhereAtMs: elsewhereAtMs === null ? null : dueFrom(elsewhereAtMs, nowMs),
  };
}

/** False for what nobody has tried to send yet, though it could be sent. */
export function hasWaited({ fingerprint }: PendingNotification, { failures }: ChannelState): boolean {
  return failures > 0 || fingerprint !== null;
}
