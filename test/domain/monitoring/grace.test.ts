/**
 * How long "starting" is excused, and what is said afterwards.
 */
import { expect, it } from "vitest";
import type { Observation } from "../../../shared/domain/monitoring/check.ts";
import { endGrace } from "../../../shared/domain/monitoring/grace.ts";

const starting = { status: "degraded", reason: "starting", message: "Loading model" } as Observation;
const after = (forMs: number, graceMs: number) =>
  endGrace(starting, { left: { startingSinceMs: 1_000 }, nowMs: 1_000 + forMs, graceMs });

it.each([
  [9_999, 10_000, "degraded", "Loading model"],
  [12_000, 10_000, "unhealthy", "Loading model, for 12 s by now"],
  [660_000, 600_000, "unhealthy", "Loading model, for 11 min by now"],
  [7_380_000, 600_000, "unhealthy", "Loading model, for 2 h 3 min by now"],
])("after %d ms with a grace of %d it is %s: %s", (forMs, graceMs, ...[status, message]) =>
  expect(after(forMs, graceMs)).toMatchObject({ status, message }),
);
