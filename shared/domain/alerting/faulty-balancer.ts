/**
 * A load balancer that is known to be at fault (find-balancer.ts), as messages and explanations tell of it. Pure.
 * Invariant: it says by itself all that its sentence needs, whenever that is sent.
 */
export interface FaultyBalancer {
  /** Its key. */
  readonly service: string;
  readonly name: string;
  /** False: what fails is asked through it. */
  readonly isItself: boolean;
  /** The names of all that it balances. */
  readonly members: readonly string[];
}

const MOST_NAMED = 5;

/** `What it balances is well when asked directly (Jetson, CPU): the fault is its own, or on the way from it to them`, without a full stop. */
export function sayBalancer({
  name,
  isItself,
  members,
}: Pick<FaultyBalancer, "name" | "isItself" | "members">): string {
  const named = members.slice(0, MOST_NAMED).join(", ");
  const all = members.length > MOST_NAMED ? `${named} and ${members.length - MOST_NAMED} more` : named;
  const well = `What ${isItself ? "it" : name} balances is well when asked directly (${all})`;
  return isItself
    ? `${well}: the fault is its own, or on the way from it to them`
    : `${well}: most likely the balancer is at fault`;
}
