/**
 * What a probe on a fresh connection, the default, costs beside a bare `undici.request`.
 * Listed in registry.ts. Invariant: both sides ask the same server, and both read its 2 KB as JSON.
 */
import { probeCost } from "../probe-cost.ts";
import type { MeasureRow } from "../row.ts";

export const probeFresh: MeasureRow = async (children) => {
  const rounds = await probeCost(children, { reference: "bare-request", connection: "fresh", count: 600 });
  const what = "CPU a probe, fresh connection, against undici.request";
  return [{ what, unit: "µs", bar: { atMost: 1.25 }, rounds }];
};
