/**
 * What channels with a list of recipients have in common: each of them is a delivery of its own.
 * Used by the types that have a key `to`. Knows no receiver.
 * Invariant: what is said of a failure tells which recipient it was by the place in the list, never by the address.
 */
import { recipientKey } from "../domain/alerting/recipient.ts";
import type { Deliver, DeliveryOutcome } from "../ports/notifier.ts";
import type { ConfiguredChannel } from "./channel-type.ts";

/** @param addresses each once, at least one */
export function tellEach(
  addresses: readonly string[],
  deliverTo: (address: string) => Deliver,
): Pick<ConfiguredChannel, "deliver" | "recipients"> {
  const [first, ...others] = addresses;
  if (first !== undefined && others.length === 0) return { deliver: deliverTo(first) };
  const recipients = addresses.map((address, index) => {
    const deliver = deliverTo(address);
    const place = `recipient ${index + 1} of ${addresses.length}`;
    return {
      key: recipientKey(address),
      deliver: async (...order: Parameters<Deliver>) => withPlace(await deliver(...order), place),
    };
  });
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
