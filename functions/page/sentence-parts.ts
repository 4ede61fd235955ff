/**
 * A sentence of the API in parts: text, and what counts on while the page is open. Pure. Drawn by views/service.tsx.
 * Invariant: the parts say what the sentence says, shortened; what of it was cut off does not count on.
 */
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { ServiceModel } from "./read-service.ts";
import { shorten } from "./shorten.ts";

type Sentence = Pick<ServiceModel["sentences"][number], "text" | "running">;

export interface CountedPart {
  readonly kind: Sentence["running"][number]["kind"];
  readonly atMs: number;
}

export function sentenceParts({ text, running }: Sentence): readonly (string | CountedPart)[] {
  const parts: (string | CountedPart)[] = [];
  let rest = shorten(text);
  for (const { kind, at, text: words } of running) {
    const [place, atMs] = [rest.indexOf(words), parseTimestamp(at)];
    if (place === -1 || atMs === null) continue;
    parts.push(rest.slice(0, place), { kind, atMs });
    rest = rest.slice(place + words.length);
  }
  return [...parts, rest].filter((part) => part !== "");
}
