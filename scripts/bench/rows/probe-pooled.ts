/**
 * What a probe on a kept connection (`pooled: true`) costs beside undici's cheapest call, a bare `dispatch`.
 * Listed in registry.ts. Invariant: both sides ask the same server, and both read its 2 KB as JSON.
 */
import { probeCost } from "../probe-cost.ts";
import type { MeasureRow } from "../row.ts";

export const probePooled: MeasureRow = async (children) => {
  const rounds = await probeCost(children, { reference: "bare-dispatch", connection: "pooled", count: 2_000 });
  const what = "CPU a probe, kept connection, against undici.dispatch";
  return [{ what, unit: "µs", bar: { atMost: 1.8 }, rounds }];
};
