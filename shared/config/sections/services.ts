/**
 * `services`: what is monitored, by id, in the order of the file. `parse-service` makes each of them, here is what they are together.
 * Invariant: what is wrong with one service does not keep the others from being checked.
 */
import * as z from "zod/mini";
import { NODE_ABILITIES } from "../../domain/runtime-abilities.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import { isPlainMap } from "../parse-value.ts";
import { about, idSchema } from "../schemas.ts";
import type { Section, TypeRegistry } from "../section.ts";
import { checkDependencies } from "../services/dependency-graph.ts";
import { createServiceParser } from "../services/parse-service.ts";
import { isSecretKey } from "../services/secret-keys.ts";
import { listServiceKeys } from "../services/service-keys.ts";
import { intervals } from "./intervals.ts";

/** Far beyond a home cluster; bounds memory and the size of every answer. */
const MAX_SERVICES = 1_000;

/** Of services without an interval, where the section that says it is faulty; nobody will have them. */
const NO_CADENCE = { criticalMs: 0, nonCriticalMs: 0 };

export const services: Section<readonly MonitoredService[], ""> = {
  unit: "",
  describe: describeServices,
  isSecret: ([, ...path], types) => isSecretKey(path, types),
  parse(written, place, context) {
    const entries = isPlainMap(written) ? Object.entries(written) : undefined;
    if (!entries || entries.length === 0 || entries.length > MAX_SERVICES) {
      place.fault(`a map of 1 to ${MAX_SERVICES} services`, entries && `${entries.length} services`);
      return undefined;
    }
    const parseService = createServiceParser(context, context.valueOf(intervals) ?? NO_CADENCE);
    const parsed = entries.map(([id, service]) => parseService(id, service, place.at(id)));
    const graph = new Map(entries.map(([id, service]) => [id, listDependencies(service)]));
    checkDependencies(graph, ({ serviceId, index }, expected) => {
      place.at(serviceId, "depends_on", index).fault(expected);
    });
    const complete = parsed.filter((service) => service !== undefined);
    return complete.length === parsed.length ? complete : undefined;
  },
};

function describeServices({ checkTypes, defaultCheckType }: TypeRegistry) {
  const { name: shownName, ...common } = listServiceKeys(NODE_ABILITIES);
  const variants = Object.entries(checkTypes).map(([name, { keys }]) => {
    const checkType = about("How it is probed, and which further keys it has.", z.literal(name));
    const check_type = name === defaultCheckType ? z._default(checkType, name) : checkType;
    return z.strictObject({ name: shownName, check_type, ...keys, ...common });
  });
  return z.record(idSchema, z.union(variants)).check(
    z.meta({
      description: "What is monitored, by id; the order is kept.",
      minProperties: 1,
      maxProperties: MAX_SERVICES,
    }),
  );
}

/** Of what is written, so that the graph is complete even where a service is faulty. Empty unless it is a list of texts. */
function listDependencies(service: unknown): readonly string[] {
  const ids = isPlainMap(service) ? service["depends_on"] : undefined;
  return Array.isArray(ids) && ids.every((id) => typeof id === "string") ? ids : [];
}
