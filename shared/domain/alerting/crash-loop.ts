/**
 * Which services start again and again: each start may be short enough to be forgiven, all of them together are not. Pure.
 * `alerting.ts` remembers them between two sweeps; `fold-checks.ts` and `inhibition.ts` ask whether patience is over.
 * Invariant: a service has one `starting_grace` for all its starts until it has gone without one for as long; so what waits for it
 * waits no longer either, however often it is well in between.
 */
import type { Check } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";

/** The starts of one service that lie less than its grace apart. Instants are epoch ms. */
export interface Starts {
  readonly firstMs: number;
  /** When it last said that it is starting. */
  readonly lastMs: number;
  /** It has said something else since. */
  readonly isOver: boolean;
  /** There has been more than one. */
  readonly areMany: boolean;
}

/** By service; one that has not been starting for as long as its grace is left out. */
export type StartsByService = ReadonlyMap<string, Starts>;

type Graces = ReadonlyMap<string, Pick<Service, "startingGraceMs">>;

/** What is remembered after these checks. */
export function startsAfter(
  before: StartsByService,
  checks: readonly Check[],
  { services, nowMs }: { readonly services: Graces; readonly nowMs: number },
): StartsByService {
  const after = new Map(before);
  for (const check of checks) {
    const id = check.serviceId;
    const next = afterCheck(recent(after.get(id), services.get(id), check.checkedAtMs), check);
    if (next) after.set(id, next);
  }
  for (const [id, starts] of after) if (!recent(starts, services.get(id), nowMs)) after.delete(id);
  return after;
}

/** True when it has used up its grace, and that not in one go: a single start ends by itself (`grace.ts`). */
export function isLooping(starts: Starts | undefined, graceMs: number, nowMs: number): starts is Starts {
  return starts !== undefined && starts.areMany && nowMs - starts.firstMs >= graceMs;
}

/** After the clock was set, by its process or because it had been ahead. */
export function movedStarts(starts: StartsByService, moved: (atMs: number) => number): StartsByService {
  return new Map(
    [...starts].map(([id, each]) => [id, { ...each, firstMs: moved(each.firstMs), lastMs: moved(each.lastMs) }]),
  );
}

function afterCheck(before: Starts | undefined, { status, reason, checkedAtMs }: Check): Starts | undefined {
  if (reason !== "starting") {
    // What was not looked at, or is worked on, may be starting still.
    const saysNothing = status === "unknown" || status === "maintenance";
    return before && !saysNothing ? { ...before, isOver: true } : before;
  }
  if (!before) return { firstMs: checkedAtMs, lastMs: checkedAtMs, isOver: false, areMany: false };
  return { ...before, lastMs: checkedAtMs, isOver: false, areMany: before.areMany || before.isOver };
}

/** Those that still count; a clock that was set back counts for nothing. */
function recent(
  starts: Starts | undefined,
  service: Pick<Service, "startingGraceMs"> | undefined,
  nowMs: number,
): Starts | undefined {
  if (!starts || !service || nowMs < starts.firstMs) return undefined;
  return nowMs - starts.lastMs < service.startingGraceMs ? starts : undefined;
}
