/**
 * What a sweep may leave out when the database refuses it for what is in it (a value beyond 2 MB, a constraint): better a part of it
 * stored than none, and never again a decision that has been told already. Pure. The committer goes from one attempt to the next.
 * Invariant: checks and messages to people are never left out.
 */
import type { DraftedSweep } from "./draft-sweep.ts";

type Parts = Pick<DraftedSweep, "commit" | "decided" | "snapshot">;

/** From what is missed least; `name` is for the log. */
const PARTS: readonly { readonly name: string; omit(parts: Parts): Parts }[] = [
  { name: "audit trail", omit: ({ decided, ...parts }) => withRows(parts, { ...decided, audit: [] }) },
  {
    name: "silences and maintenance windows",
    omit: ({ decided, commit, snapshot }) => {
      const alerting = { ...decided.alerting, silences: [], windows: [] };
      return {
        commit: { ...commit, alerting },
        snapshot: { ...snapshot, alerting },
        decided: { ...decided, alerting },
      };
    },
  },
  { name: "transitions", omit: ({ commit, ...parts }) => ({ ...parts, commit: { ...commit, transitions: [] } }) },
  { name: "rows of alerts", omit: ({ decided, ...parts }) => withRows(parts, { ...decided, alertRecords: [] }) },
];

/** Nothing, each part alone, and at last all of them: any of them may be what is refused. */
const ATTEMPTS = [[], ...PARTS.map((part) => [part]), PARTS];

/** The draft as the n-th attempt to store it has it; null when there is no such attempt. The first one, 0, leaves out nothing. */
export function omitFrom(draft: DraftedSweep, attempt: number): DraftedSweep | null {
  return ATTEMPTS[attempt]?.reduce((parts, { omit }) => ({ ...parts, ...omit(parts) }), draft) ?? null;
}

/** What that leaves out, for people; "" for nothing. */
export function nameOmitted(attempt: number): string {
  return (ATTEMPTS[attempt] ?? []).map(({ name }) => name).join(", ");
}

function withRows({ commit, snapshot }: Omit<Parts, "decided">, decided: Parts["decided"]): Parts {
  const { audit, alertRecords } = decided;
  return { commit: { ...commit, audit, alertRecords }, snapshot, decided };
}
