/**
 * What `depends_on` may say: services that exist, not the service itself, no cycles.
 * Invariant: every wrong edge is reported once, at the list element that makes it wrong.
 */
import { nearestKey } from "../../domain/text/nearest-key.ts";

/** Ids of services that each service needs, in file order. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/** `index` is the position in the list of the service. */
export type ReportEdge = (edge: { serviceId: string; index: number }, expected: string) => void;

/** Each suggestion compares with every id; after so many typing errors none is read any more. */
const MAX_SUGGESTIONS = 100;

const MAX_SHOWN_SERVICES = 8;

export function checkDependencies(graph: DependencyGraph, report: ReportEdge): void {
  let suggestions = 0;
  for (const [serviceId, needed] of graph) {
    for (const [index, parent] of needed.entries()) {
      if (parent === serviceId) report({ serviceId, index }, "another service than itself");
      if (graph.has(parent)) continue;
      const nearest = suggestions < MAX_SUGGESTIONS ? nearestKey(parent, graph.keys()) : undefined;
      suggestions += 1;
      const suggestion = nearest === undefined ? "" : `, such as "${nearest}"`;
      report({ serviceId, index }, `the id of a service${suggestion}`);
    }
  }
  const finished = new Set<string>();
  for (const start of graph.keys()) searchFrom(start, { graph, trail: new Set(), finished, report });
}

interface Search {
  readonly graph: DependencyGraph;
  /** From the start to the service that is looked at. */
  readonly trail: Set<string>;
  readonly finished: Set<string>;
  readonly report: ReportEdge;
}

/** Depth first, each service once. A thousand services in a chain are far from the end of the stack. */
function searchFrom(serviceId: string, search: Search): void {
  const { graph, trail, finished, report } = search;
  if (finished.has(serviceId)) return;
  trail.add(serviceId);
  for (const [index, parent] of (graph.get(serviceId) ?? []).entries()) {
    if (!trail.has(parent)) searchFrom(parent, search);
    else if (parent !== serviceId) report({ serviceId, index }, `no cycle (${formatCycle(parent, trail)})`);
  }
  trail.delete(serviceId);
  finished.add(serviceId);
}

function formatCycle(start: string, trail: ReadonlySet<string>): string {
  const services = [...trail];
  const cycle = services.slice(services.indexOf(start));
  const shown = cycle.length > MAX_SHOWN_SERVICES ? [...cycle.slice(0, MAX_SHOWN_SERVICES), "…"] : cycle;
  return [...shown, start].join(" → ");
}
