import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Severity } from "../../../shared/domain/alerting/alert.ts";
import {
  isSilenced,
  nextSilenceChangeMs,
  type Silence,
  withoutLongEnded,
} from "../../../shared/domain/alerting/silence.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 9, 1);

interface Given extends Partial<Omit<Silence, "matcher">> {
  readonly services?: readonly string[];
  readonly severities?: readonly Severity[];
}

function silence({ services = [], severities = [], ...given }: Given = {}): Silence {
  return {
    id: "one",
    matcher: { services, severities },
    startsAtMs: NOW_MS,
    endsAtMs: NOW_MS + HOUR_MS,
    createdAtMs: NOW_MS,
    author: "ada",
    comment: "new disk",
    ...given,
  };
}

const alert = { service: "llm-qwen", severity: "critical" } as const;

describe("isSilenced", () => {
  it("covers the start and not the end", () => {
    const all = [silence()];
    expect(isSilenced(all, alert, NOW_MS - 1)).toBe(false);
    expect(isSilenced(all, alert, NOW_MS)).toBe(true);
    expect(isSilenced(all, alert, NOW_MS + HOUR_MS - 1)).toBe(true);
    expect(isSilenced(all, alert, NOW_MS + HOUR_MS)).toBe(false);
  });

  it("covers only the services that its globs describe", () => {
    expect(isSilenced([silence({ services: ["db", "llm-*"] })], alert, NOW_MS)).toBe(true);
    expect(isSilenced([silence({ services: ["db"] })], alert, NOW_MS)).toBe(false);
  });

  it("covers only the severities that it names", () => {
    expect(isSilenced([silence({ severities: ["warning", "critical"] })], alert, NOW_MS)).toBe(true);
    expect(isSilenced([silence({ severities: ["warning"] })], alert, NOW_MS)).toBe(false);
  });

  it("asks for both, the service and the severity", () => {
    expect(isSilenced([silence({ services: ["llm-*"], severities: ["info"] })], alert, NOW_MS)).toBe(false);
    expect(isSilenced([silence({ services: ["db"], severities: ["critical"] })], alert, NOW_MS)).toBe(false);
  });

  it("covers the monitor's own alerts only when it covers everything", () => {
    const own = { service: null, severity: "critical" } as const;
    expect(isSilenced([silence()], own, NOW_MS)).toBe(true);
    expect(isSilenced([silence({ services: ["*"] })], own, NOW_MS)).toBe(true);
    expect(isSilenced([silence({ services: ["a*", "b*"] })], own, NOW_MS)).toBe(false);
  });

  it("takes one of several, wherever it stands", () => {
    const own = silence();
    const other = silence({ services: ["db"] });
    expect(isSilenced([own, other], alert, NOW_MS)).toBe(true);
    expect(isSilenced([other, own], alert, NOW_MS)).toBe(true);
    expect(isSilenced([other, other], alert, NOW_MS)).toBe(false);
  });

  it("never holds when it was ended before its start", () => {
    const ended = silence({ startsAtMs: NOW_MS, endsAtMs: NOW_MS - HOUR_MS });
    for (const atMs of [-HOUR_MS, -1, 0, 1]) expect(isSilenced([ended], alert, NOW_MS + atMs)).toBe(false);
    expect(nextSilenceChangeMs([ended], NOW_MS - 2 * HOUR_MS)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("nextSilenceChangeMs", () => {
  it("is Infinity when no silence starts or ends any more", () => {
    expect(nextSilenceChangeMs([], NOW_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(nextSilenceChangeMs([silence()], NOW_MS + HOUR_MS)).toBe(Number.POSITIVE_INFINITY);
  });

  it("lies after now: what happens just now is no change to come", () => {
    expect(nextSilenceChangeMs([silence()], NOW_MS - 1)).toBe(NOW_MS);
    expect(nextSilenceChangeMs([silence()], NOW_MS)).toBe(NOW_MS + HOUR_MS);
  });

  it("is never later than the first moment at which an answer changes, and each silence is judged by its bounds", () => {
    const instant = fc.integer({ min: 0, max: 60 });
    const some = fc.array(fc.record({ startsAtMs: instant, endsAtMs: instant }), { maxLength: 5 });
    fc.assert(
      fc.property(some, instant, (spans, nowMs) => {
        const silences = spans.map((span) => silence(span));
        const holding = (atMs: number) => spans.map((span) => span.startsAtMs <= atMs && atMs < span.endsAtMs);
        const expected = Array.from({ length: 62 }, (_, atMs) => atMs).find(
          (atMs) => atMs > nowMs && holding(atMs).join() !== holding(atMs - 1).join(),
        );
        expect(nextSilenceChangeMs(silences, nowMs)).toBe(expected ?? Number.POSITIVE_INFINITY);
        expect(isSilenced(silences, alert, nowMs)).toBe(holding(nowMs).includes(true));
      }),
      { numRuns: 500 },
    );
  });
});

describe("withoutLongEnded", () => {
  it("lets those go that ended first when there are more than can be stored with every sweep", () => {
    const services = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(64, "x"));
    const many = Array.from({ length: 300 }, (_, index) =>
      silence({ id: `s${index}`, services, endsAtMs: NOW_MS - 300 + index }),
    );
    const holding = silence({ id: "holds", endsAtMs: NOW_MS + 1 });
    const kept = withoutLongEnded([holding, ...many], NOW_MS);
    expect(kept[0]?.id).toBe("holds");
    expect(JSON.stringify(kept).length).toBeLessThan(300_000);
    expect(kept.slice(1)).toEqual(many.slice(-(kept.length - 1)));
  });

  it("keeps what ended up to seven days ago, and drops what ended earlier", () => {
    const one = silence();
    expect(withoutLongEnded([one], one.endsAtMs + 7 * DAY_MS)).toEqual([one]);
    expect(withoutLongEnded([one], one.endsAtMs + 7 * DAY_MS + 1)).toEqual([]);
  });

  it("keeps what has not begun", () => {
    const planned = silence({ startsAtMs: NOW_MS + DAY_MS, endsAtMs: NOW_MS + 2 * DAY_MS });
    expect(withoutLongEnded([planned], NOW_MS)).toEqual([planned]);
  });
});
