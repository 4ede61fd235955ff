import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { samplesJson } from "../../../functions/wire/samples-json.ts";
import { CHECK_STATUSES, REASONS, type Check, type Reason } from "../../../shared/domain/monitoring/check.ts";
import { checksOfSeries, sampleSeries, type SampleSegment } from "../../../shared/domain/history/sample-series.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { T0 } from "../../support/checks.ts";

const DAY = 86_400_000;

const verdict = fc.record({
  status: fc.constantFrom(...CHECK_STATUSES),
  reason: fc.option(fc.constantFrom(...(Object.keys(REASONS) as Reason[]))),
  statusCode: fc.option(fc.integer({ min: 100, max: 599 })),
  message: fc.option(fc.string({ unit: "binary" })),
});
const segment = fc
  .record({
    baseMs: fc.integer({ min: T0, max: T0 + 3 * DAY }),
    samples: fc.array(
      fc.record({
        offsetMs: fc.integer({ min: -DAY, max: DAY }),
        tenthMs: fc.oneof(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 0, max: 4_000_000 })),
        verdict,
      }),
      { maxLength: 20 },
    ),
  })
  .map(({ baseMs, samples }): SampleSegment => {
    const ordered = samples.toSorted((left, right) => left.offsetMs - right.offsetMs);
    return {
      baseMs,
      offsetsMs: ordered.map(({ offsetMs }) => offsetMs),
      tenthMs: ordered.map(({ tenthMs }) => tenthMs),
      verdicts: ordered.map((sample) => sample.verdict),
    };
  });

/** What an answer held when it was made of objects. */
function sampleOf({ checkedAtMs, status, responseTimeMs, statusCode, reason, message }: Check): unknown {
  return {
    timestamp: formatTimestamp(checkedAtMs),
    status,
    response_time: Math.round(responseTimeMs) / 1000,
    ...(statusCode === null ? {} : { status_code: statusCode }),
    ...(reason === null ? {} : { reason }),
    ...(message === null ? {} : { error: message }),
  };
}

describe("samples in JSON", () => {
  it("are byte for byte what JSON.stringify makes of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 5 }), async (segments) => {
        const series = sampleSeries(segments, { sinceMs: 0, untilMs: Infinity });
        const bytes = await samplesJson({ head: '{"samples":[', series, tail: "]}" }, async () => {});
        const samples = checksOfSeries("a", series).map(sampleOf);
        expect(new TextDecoder().decode(bytes)).toBe(JSON.stringify({ samples }).toWellFormed());
      }),
    );
  });

  it("leave others a turn every 500 samples, however long a segment is", async () => {
    const ok = { status: "healthy", reason: null, message: null, statusCode: 200 } as const;
    const count = 1_700;
    const ones = Array.from({ length: count }, (_, index) => index);
    const long: SampleSegment = { baseMs: T0, offsetsMs: ones, tenthMs: ones, verdicts: ones.map(() => ok) };
    let pauses = 0;
    const pause = async (): Promise<void> => void (pauses += 1);
    const bytes = await samplesJson({ head: "[", series: { count, segments: [long] }, tail: "]" }, pause);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toHaveLength(count);
    expect(pauses).toBe(4);
  });
});

describe("a series of samples", () => {
  it("holds those of the span, in the order of time, however the segments overlap", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), fc.integer({ min: 0, max: 3 * DAY }), (segments, afterMs) => {
        const span = { sinceMs: T0 + DAY, untilMs: T0 + DAY + afterMs };
        const times = segments.flatMap(({ baseMs, offsetsMs }) => offsetsMs.map((offsetMs) => baseMs + offsetMs));
        const wanted = times.filter((atMs) => atMs >= span.sinceMs && atMs < span.untilMs).sort((a, b) => a - b);
        const series = sampleSeries(segments, span);
        expect(checksOfSeries("a", series).map(({ checkedAtMs }) => checkedAtMs)).toEqual(wanted);
        expect(series.count).toBe(wanted.length);
      }),
    );
  });
});
