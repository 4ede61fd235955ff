/**
 * A channel with recipients tells each by a message of its own, so that one who cannot be told neither keeps the others
 * waiting nor has them told twice. Here: the names under which these messages stand in the outbox. Pure.
 * Invariant: the name goes by the address, not by its place in the list, so that what waits for one is never given to another.
 */
import { fnv1a } from "../text/fnv1a.ts";

const SEPARATOR = "/";

/** What names one of the recipients; nobody reads an address in it. */
export function recipientKey(address: string): string {
  return fnv1a(address).toString(36);
}

/** The name under which one recipient of a channel stands in the outbox; no channel can have it. */
export function recipientName(channel: string, key: string): string {
  return `${channel}${SEPARATOR}${key}`;
}

/** What names the recipient in a name in the outbox; null for that of a channel. */
export function keyOf(name: string): string | null {
  return name.split(SEPARATOR, 2)[1] ?? null;
}

/** The channel to which a name in the outbox belongs: its own, or that of which it is a recipient. */
export function channelOf(name: string): string {
  return name.split(SEPARATOR, 1)[0] ?? name;
}
