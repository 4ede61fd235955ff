/**
 * What a row of a service says of it, and that in a sentence. Used by now-page.ts.
 * Invariant: the words are those that stand on the page.
 */

export interface RowState {
  readonly name: string;
  /** As `down`: what has a colour of its own. */
  readonly group: string;
  readonly reason: string;
}

const WORDS: Readonly<Record<string, string>> = {
  healthy: "is healthy",
  degraded: "is degraded",
  down: "is down",
  unknown: "is unknown",
  maintenance: "is in maintenance",
};

/** Null where there is none. */
export function stateOf(row: Element | null): RowState | null {
  const status = row?.querySelector(".status");
  if (!row || !status) return null;
  const textOf = (selector: string): string => row.querySelector(selector)?.textContent?.trim() ?? "";
  const group = [...status.classList].find((name) => name in WORDS) ?? "unknown";
  return { name: textOf("th a"), group, reason: textOf(".reason") };
}

/** `Tools Server is down: Request timed out.` */
export function sentenceOf({ name, group, reason }: RowState): string {
  return `${name} ${WORDS[group] ?? ""}${reason === "" ? "" : `: ${reason}`}.`;
}
