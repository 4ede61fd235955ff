/**
 * Parses one service: the keys that all have, those of its check type, and its probe.
 * The section `services` makes one parser for all of them. Knows no check type by name.
 * Invariant: the two groups of keys are parsed apart, so a fault in one does not hide faults in the other.
 */
import * as z from "zod/mini";
import { parseHostAndPort, parseUrl } from "../../domain/net/target.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { CheckType } from "../../probes/check-type.ts";
import type { Place } from "../fault-log.ts";
import { quote } from "../fault.ts";
import { isPlainMap, parseValue, refuseKey, type PlainMap } from "../parse-value.ts";
import { configure, idSchema } from "../schemas.ts";
import type { SectionOptions } from "../section.ts";
import { listServiceKeys, serviceSchema, type Cadence } from "./service-keys.ts";

export class ServiceParser {
  readonly #options: SectionOptions;
  readonly #keys: readonly string[];
  readonly #schema: ReturnType<typeof serviceSchema>;
  readonly #probeSchemas: ReadonlyMap<unknown, ReturnType<typeof probeSchema>>;

  /** Builds the schemas once for all services. */
  constructor(options: SectionOptions, cadence: Cadence) {
    const { checkTypes, abilities } = options;
    this.#options = options;
    this.#keys = ["check_type", ...Object.keys(listServiceKeys(abilities))];
    this.#schema = serviceSchema(abilities, cadence);
    this.#probeSchemas = new Map(
      Object.entries(checkTypes).map(([name, type]) => [name, probeSchema(name, type, options)]),
    );
  }

  /** The service `written` under its id; undefined after reporting at least one fault. */
  parse(id: string, written: unknown, place: Place): MonitoredService | undefined {
    const idFault = z.safeParse(idSchema, id).error?.issues[0];
    if (idFault) place.fault(idFault.message, `the id ${quote(id)}`);
    if (!isPlainMap(written)) {
      place.fault("a map of the keys of the service");
      return undefined;
    }
    const { check_type: checkType = this.#options.defaultCheckType } = written;
    const settings = parseValue(written, this.#schema, place);
    this.#checkKeys(written, checkType, place);
    const schema = this.#probeSchemas.get(checkType);
    if (!schema) place.at("check_type").fault(`one of ${[...this.#probeSchemas.keys()].join(", ")}`);
    const probe = schema && parseValue(written, schema, place);
    if (!settings || !probe) return undefined;
    return {
      id,
      ...settings,
      name: settings.name ?? id,
      checkType: String(checkType),
      probe,
      fingerprint: fnv1a(this.#options.redact(JSON.stringify(written))).toString(36),
      machine: findMachine(written),
    };
  }

  /** A service may have the keys of its check type; those of every one while its own is in doubt. */
  #checkKeys(map: PlainMap, checkType: unknown, place: Place): void {
    const types = Object.entries(this.#options.checkTypes);
    const own = types.filter(([name]) => name === checkType || !this.#probeSchemas.has(checkType));
    const known = [...own.flatMap(([, { keys }]) => Object.keys(keys)), ...this.#keys];
    for (const key of Object.keys(map).filter((name) => !known.includes(name))) {
      const others = types.filter(([, { keys }]) => Object.hasOwn(keys, key)).map(([name]) => name);
      const elsewhere = `no such key with check_type ${String(checkType)}, only with ${others.join(" or ")}`;
      if (others.length > 0) place.at(key).fault(elsewhere, `the key ${quote(key)}`);
      else refuseKey(key, known, place);
    }
  }
}

function probeSchema(name: string, { keys, configure: make }: CheckType, { abilities }: SectionOptions) {
  return z.pipe(
    z.object(keys),
    z.transform((settings, { issues }) => {
      const words = `keys that the check type ${name} can use`;
      return configure(issues, (report) => make(settings, report, abilities), words);
    }),
  );
}

/** What check types call the place of their target, in this order. */
const TARGET_KEYS = ["url", "host"];

/** Null when it is this machine, or when the check type has no such key. */
function findMachine(map: PlainMap): string | null {
  const text = TARGET_KEYS.map((key) => map[key]).find((value) => typeof value === "string");
  const target = text === undefined ? null : (parseUrl(text) ?? parseHostAndPort(text));
  return target === null || target.allowLoopback ? null : target.host;
}
