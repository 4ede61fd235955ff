/**
 * What `depends_on` may say: services that exist, not the service itself, no cycles.
 * Called by `parse-config` with all services at once, the faulty ones included. Pure; knows ids only.
 * Invariant: every wrong edge is reported once, at the list element that makes it wrong.
 */
import { nearestKey } from "./nearest-key.ts";

/** Ids of services that each service needs, in file order. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/** `index` is the position in the list of the service. */
export type ReportEdge = (edge: { serviceId: string; index: number }, expected: string) => void;

/** Each suggestion compares with every id; after so many typing errors none is read any more. */
const MAX_SUGGESTIONS = 100;

/** A cycle is shown up to this length. */
const MAX_SHOWN_SERVICES = 8;

/** Reports edges that lead to unknown services or back to the service itself, and those that close a cycle. */
export function checkDependencies(graph: DependencyGraph, report: ReportEdge): void {
  let suggestions = 0;
  for (const [serviceId, needed] of graph) {
    for (const [index, parent] of needed.entries()) {
      if (parent === serviceId) report({ serviceId, index }, "another service than itself");
      if (graph.has(parent)) continue;
      const nearest = suggestions < MAX_SUGGESTIONS ? nearestKey(parent, graph.keys()) : undefined;
      suggestions += 1;
      report(
        { serviceId, index },
        nearest === undefined ? "the id of a service" : `the id of a service, such as "${nearest}"`,
      );
    }
  }
  checkCycles(graph, report);
}

/** Searches depth first from every service, each visited once. */
function checkCycles(graph: DependencyGraph, report: ReportEdge): void {
  const finished = new Set<string>();
  for (const start of graph.keys()) if (!finished.has(start)) searchFrom(start, { graph, finished, report });
}

interface Search {
  readonly graph: DependencyGraph;
  readonly finished: Set<string>;
  readonly report: ReportEdge;
}

/** Keeps its own stack: a chain of thousands of services must not overflow the host's. */
function searchFrom(start: string, { graph, finished, report }: Search): void {
  const trail = [{ serviceId: start, nextIndex: 0 }];
  const positions = new Map([[start, 0]]);
  for (let step = trail.at(-1); step; step = trail.at(-1)) {
    const { serviceId, nextIndex: index } = step;
    step.nextIndex += 1;
    const parent = graph.get(serviceId)?.[index];
    if (parent === undefined) {
      trail.pop();
      positions.delete(serviceId);
      finished.add(serviceId);
      continue;
    }
    const position = positions.get(parent);
    if (position !== undefined) {
      const cycle = trail.slice(position).map((member) => member.serviceId);
      if (cycle.length > 1) report({ serviceId, index }, `no cycle (${formatCycle(cycle)})`);
    } else if (!finished.has(parent)) {
      positions.set(parent, trail.length);
      trail.push({ serviceId: parent, nextIndex: 0 });
    }
  }
}

function formatCycle(cycle: readonly string[]): string {
  const shown = cycle.length > MAX_SHOWN_SERVICES ? [...cycle.slice(0, MAX_SHOWN_SERVICES), "…"] : cycle;
  return [...shown, cycle[0]].join(" → ");
}
