/**
 * Lines within a budget of tokens: as many as fit from the first on, and how many are missing. Pure. Called by the endpoint `/status.md`.
 * Invariant: the last line is always told, and nothing is left out without being counted.
 */
import { estimateTokens } from "../../shared/domain/text/estimate-tokens.ts";

/** Of "+999 more" and its line break. */
const TOKENS_OF_MORE = 6;

/** @param last what must be told in any case */
export function fitTokens(lines: readonly string[], last: string, tokens: number): string {
  const costs = lines.map((line) => estimateTokens(`${line}\n`));
  const budget = tokens - estimateTokens(`${last}\n`);
  const sum = (until: number): number => costs.slice(0, until).reduce((total, cost) => total + cost, 0);
  if (sum(lines.length) <= budget) return [...lines, last, ""].join("\n");
  const fitting = lines.findIndex((_line, index) => sum(index + 1) > budget - TOKENS_OF_MORE);
  return [...lines.slice(0, fitting), `+${lines.length - fitting} more`, last, ""].join("\n");
}
