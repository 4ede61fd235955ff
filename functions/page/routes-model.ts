/**
 * Where agents are sent, as the view Routes shows it: each capability with its endpoints in order, and why they stand there. Pure.
 * Invariants: what nobody measured is said to be not known; that nothing is well is never shown as if somebody were; text of services
 * is clean and short.
 */
import { REASON_WORDS } from "../../shared/domain/monitoring/reason-words.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { routesEndpoint } from "../endpoints/route.ts";
import type { AnswerOf } from "./own-api.ts";
import { shorten } from "./shorten.ts";

export type Routes = AnswerOf<typeof routesEndpoint>;
type Route = Routes["routes"][string];
type Candidate = Route["candidates"][number];

export interface EndpointRow {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** Why it stands where it does. */
  readonly standing: string;
  readonly isCalled: boolean;
  readonly url: string;
  readonly api: string;
  /** What is to be called with; null: not known. */
  readonly model: string | null;
  /** Whether it is known that it has it. */
  readonly isModelKnown: boolean;
  readonly tier: number;
  readonly score: string;
  /** What the score is made of. */
  readonly terms: readonly string[];
  /** Null: it was never checked. */
  readonly checkedAtMs: number | null;
}

export interface RouteChange {
  readonly atMs: number;
  /** `Jetson instead of nobody`. */
  readonly who: string;
  readonly why: string;
}

export interface CapabilityModel {
  readonly capability: string;
  /** Nothing is well; the first one is called all the same. */
  readonly isFailOpen: boolean;
  /** Null: nobody. */
  readonly called: EndpointRow | null;
  /** The best one first, then who is skipped. */
  readonly rows: readonly EndpointRow[];
  /** The newest first. */
  readonly changes: readonly RouteChange[];
}

export function capabilityModels({ routes }: Routes, nowMs: number): CapabilityModel[] {
  return Object.entries(routes).map(([capability, route]) => {
    const rows = rowsOf(route, nowMs);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const nameOf = (id: string | null): string => (id === null ? "nobody" : (names.get(id) ?? id));
    return {
      capability,
      isFailOpen: route.fail_open,
      called: rows.find(({ isCalled }) => isCalled) ?? null,
      rows,
      changes: route.changes.map(({ at, from, to, why_text: why }) => {
        return { atMs: parseTimestamp(at) ?? nowMs, who: `${nameOf(to)} instead of ${nameOf(from)}`, why };
      }),
    };
  });
}

function rowsOf({ candidates, skipped, fail_open: isFailOpen }: Route, nowMs: number): EndpointRow[] {
  const reasons = new Map(skipped.map(({ id, why_text: why }) => [id, why]));
  const called = candidates.map((each, index) => {
    const why = reasons.get(each.id);
    const standing = isFailOpen && why !== undefined ? leastBad(index, why) : inOrder(index, each);
    return rowOf(each, { standing, isCalled: index === 0, nowMs });
  });
  const left = skipped.filter(({ id }) => candidates.every((each) => each.id !== id));
  return [
    ...called,
    ...left.map((each) => rowOf(each, { standing: `Skipped. ${each.why_text}`, isCalled: false, nowMs })),
  ];
}

function leastBad(index: number, why: string): string {
  return `${index === 0 ? "Called all the same, as the least bad." : `Number ${index + 1}.`} ${why}`;
}

function inOrder(index: number, { demoted, reason }: Candidate): string {
  const place = index === 0 ? "Called now." : `Number ${index + 1}.`;
  if (!demoted) return place;
  return `${place} Demoted behind the next tier${reason === null ? "" : `: ${REASON_WORDS[reason]}`}.`;
}

interface Placed extends Pick<EndpointRow, "standing" | "isCalled"> {
  readonly nowMs: number;
}

function rowOf(each: Candidate, { standing, isCalled, nowMs }: Placed): EndpointRow {
  const { id, name, status, url, api, model, tier, score, evidence_age_s: ageS } = each;
  return {
    id,
    name,
    status,
    standing,
    isCalled,
    url,
    api: api === "ollama" ? "Ollama" : "OpenAI",
    model: model === null ? null : shorten(model),
    isModelKnown: each.model_listed !== null,
    tier,
    score: score.toFixed(2),
    terms: termsOf(each),
    checkedAtMs: ageS === null ? null : nowMs - ageS * 1_000,
  };
}

function termsOf({ terms, load }: Candidate): string[] {
  const { free_capacity: free, latency, model_loaded: loaded } = terms;
  return [
    `free capacity: ${percent(free)}${load === "unknown" ? "" : ` (${load})`}`,
    `time to spare before it is slow: ${percent(latency)}`,
    `model in memory: ${loaded === null ? "not known" : loaded === 0 ? "no" : "yes"}`,
  ];
}

function percent(share: number | null): string {
  return share === null ? "not known" : `${Math.round(share * 100)} %`;
}
