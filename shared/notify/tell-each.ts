/**
 * What channels with a list of recipients have in common: each of them is a delivery of its own.
 * Used by the types that have a key `to`. Knows no receiver.
 * Invariants: one alone stands in the outbox as one of several does, since the list may grow or shrink while a message waits; what is
 * said of a failure tells which recipient it was by the place in the list, never by the address.
 */
import { recipientKey } from "../domain/alerting/recipient.ts";
import type { Deliver, DeliveryOutcome } from "../ports/notifier.ts";
import type { ConfiguredChannel } from "./channel-type.ts";

/** @param addresses each once, at least one */
export function tellEach(
  addresses: readonly string[],
  deliverTo: (address: string) => Deliver,
): Pick<ConfiguredChannel, "deliver" | "recipients"> {
  const recipients = addresses.map((address, index) => {
    const deliver = deliverTo(address);
    const key = recipientKey(address);
    if (addresses.length === 1) return { key, deliver };
    const place = `recipient ${index + 1} of ${addresses.length}`;
    return {
      key,
      deliver: async (...order: Parameters<Deliver>) => withPlace(await deliver(...order), place),
    };
  });
  const [first, ...others] = recipients;
  if (first && others.length === 0) return { recipients, deliver: first.deliver };
  return {
    recipients,
    deliver: async (...order) => worst(await Promise.all(recipients.map(({ deliver }) => deliver(...order)))),
  };
}

function withPlace(outcome: DeliveryOutcome, place: string): DeliveryOutcome {
  return outcome.kind === "accepted" ? outcome : { ...outcome, message: `${outcome.message} (${place})` };
}

/** One that was not told must not go unnoticed. */
function worst(outcomes: readonly DeliveryOutcome[]): DeliveryOutcome {
  const failed = outcomes.filter(({ kind }) => kind !== "accepted");
  const receipt = `${outcomes.length} recipients`;
  return failed.find(({ kind }) => kind === "refused") ?? failed[0] ?? { kind: "accepted", receipt };
}
