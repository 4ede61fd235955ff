/**
 * Parses one service: the keys that all have, those of its check type, and its probe. Knows no check type by name.
 * Invariant: the two groups of keys are parsed apart, so a fault in one does not hide faults in the other.
 */
import * as z from "zod/mini";
import { parseHostAndPort, parseUrl } from "../../domain/net/target.ts";
import type { Redact } from "../../domain/text/redact.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { CheckType } from "../../probes/check-type.ts";
import { quote, type Place } from "../fault.ts";
import { isPlainMap, parseValue, refuseKey, type PlainMap } from "../parse-value.ts";
import { configure, idSchema } from "../schemas.ts";
import type { SectionOptions } from "../section.ts";
import { isSecretKey } from "./secret-keys.ts";
import { showKeys } from "./shown-keys.ts";
import { listServiceKeys, serviceSchema, type Cadence } from "./service-keys.ts";

/** Builds the schemas once for all services. What it returns makes the service under an id, or reports at least one fault. */
export function createServiceParser(options: SectionOptions, cadence: Cadence) {
  const { checkTypes, defaultCheckType, abilities, redact } = options;
  const schema = serviceSchema(abilities, cadence);
  const probeSchemas: ReadonlyMap<unknown, ReturnType<typeof probeSchema>> = new Map(
    Object.entries(checkTypes).map(([name, type]) => [name, probeSchema(name, type, options)]),
  );
  const commonKeys = ["check_type", ...Object.keys(listServiceKeys(abilities))];

  return (id: string, written: unknown, place: Place): MonitoredService | undefined => {
    const idFault = z.safeParse(idSchema, id).error?.issues[0];
    if (idFault) place.fault(idFault.message, `the id ${quote(id)}`);
    if (!isPlainMap(written)) {
      place.fault("a map of the keys of the service");
      return undefined;
    }
    const { check_type: checkType = defaultCheckType } = written;
    const settings = parseValue(written, schema, place);
    checkKeys(written, { checkType, checkTypes, commonKeys }, place);
    const ownSchema = probeSchemas.get(checkType);
    if (!ownSchema) place.at("check_type").fault(`one of ${[...probeSchemas.keys()].join(", ")}`);
    const probe = ownSchema && parseValue(written, ownSchema, place);
    if (!settings || !probe) return undefined;
    return {
      id,
      ...settings,
      name: settings.name ?? id,
      group: settings.group && redact(settings.group),
      impact: settings.impact && redact(settings.impact),
      checkType: String(checkType),
      probe,
      redact,
      fingerprint: fingerprintOf(written, String(checkType), options),
      ...placeOf(written, redact),
      written: showKeys(written, { isSecret: (path) => isSecretKey(path, options), redact }),
    };
  };
}

/** How it is shown, how often it is probed, who is told and what limits it has does not change what its probes have learned. */
function fingerprintOf(written: PlainMap, checkType: string, { checkTypes, redact }: SectionOptions): string {
  const { keys = {}, tuningKeys = [] } = checkTypes[checkType] ?? {};
  const own = Object.entries(written).filter(([key]) => Object.hasOwn(keys, key) && !tuningKeys.includes(key));
  return fnv1a(redact(JSON.stringify([checkType, ...own]))).toString(36);
}

interface Known extends Pick<SectionOptions, "checkTypes"> {
  readonly checkType: unknown;
  readonly commonKeys: readonly string[];
}

/** A service may have the keys of its check type; those of every one while its own is in doubt. */
function checkKeys(map: PlainMap, { checkType, checkTypes, commonKeys }: Known, place: Place): void {
  const types = Object.entries(checkTypes);
  const own = types.filter(([name]) => name === checkType);
  const known = [...(own.length > 0 ? own : types).flatMap(([, { keys }]) => Object.keys(keys)), ...commonKeys];
  for (const key of Object.keys(map).filter((name) => !known.includes(name))) {
    const others = types.filter(([, { keys }]) => Object.hasOwn(keys, key)).map(([name]) => name);
    const elsewhere = `no such key with check_type ${String(checkType)}, only with ${others.join(" or ")}`;
    if (others.length > 0) place.at(key).fault(elsewhere, `the key ${quote(key)}`);
    else refuseKey(key, known, place);
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

/** `machine` is null when it is this machine; both are when the check type has no such key. */
function placeOf(map: PlainMap, redact: Redact): Pick<MonitoredService, "machine" | "address"> {
  const text = TARGET_KEYS.map((key) => map[key]).find((value) => typeof value === "string");
  const target = text === undefined ? null : (parseUrl(text) ?? parseHostAndPort(text));
  if (!target) return { machine: null, address: null };
  const { host, port, allowLoopback } = target;
  const address = redact(`${host.includes(":") ? `[${host}]` : host}:${port}`);
  return { machine: allowLoopback ? null : host, address };
}
