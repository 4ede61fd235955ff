/**
 * What a section of the configuration is: what may stand under one key of the file, and what it becomes.
 * The files in `sections` export them, `sections/registry.ts` lists them; the parser, the schema for editors and the type
 * `Config` follow from that list. Knows no section by name.
 * Invariant: a section has a value, which is never undefined, or it has reported why not.
 */
import type * as z from "zod/mini";
import { redactNothing, type Redact } from "../domain/text/redact.ts";
import { NODE_ABILITIES, type RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ChannelType } from "../notify/channel-type.ts";
import type { CheckType } from "../probes/check-type.ts";
import type { Path, Place } from "./fault.ts";
import { parseValue, type PlainMap } from "./parse-value.ts";

export interface TypeRegistry {
  /** Check types by the name that `check_type` gives. */
  readonly checkTypes: Readonly<Record<string, CheckType>>;
  /** The check type of services that name none. */
  readonly defaultCheckType: string;
  /** Channel types by the name that `type` gives. */
  readonly channelTypes: Readonly<Record<string, ChannelType>>;
}

export interface SectionOptions extends TypeRegistry {
  /** The value of `node` when the file has none. */
  readonly defaultNode: string;
  /** What the runtime can do that will have the configuration. */
  readonly abilities: RuntimeAbilities;
  /** For what is made of values and outlives the configuration: takes out what stood for references. */
  readonly redact: Redact;
}

/** What a section may ask. */
export interface SectionContext extends SectionOptions {
  /** The whole file as it is written, faulty or not, for checks against what other sections say. */
  readonly file: PlainMap;
  /** What another section became; undefined when it is faulty. Never in a circle: a section imports those that it asks. */
  valueOf<Value>(section: Section<Value>): Value | undefined;
}

/** `Unit` is what its value is measured in; it ends the name that the section has in the program (`Ms`, `Percent`). */
export interface Section<Value, Unit extends string = string> {
  readonly unit: Unit;
  /** For editors: what the key may hold. Every part has a description. */
  describe(types: TypeRegistry): z.ZodMiniType;
  /** Whether the value at this path below the key must be a `${NAME}` reference. */
  isSecret(path: Path, types: TypeRegistry): boolean;
  /** Undefined after reporting at least one fault. `written`: undefined when the file does not have the key. */
  parse(written: unknown, place: Place, context: SectionContext): Value | undefined;
}

export type ValueOf<Any> = Any extends Section<infer Value> ? Value : never;

/** A section whose schema says everything: what it may be, its default, what it becomes, and its checks against other sections. */
export function defineSection<Schema extends z.ZodMiniType, Unit extends string = "">({
  schema,
  unit = "" as Unit, // left out only where its type is the empty text
  isSecret = () => false,
}: {
  schema(context: SectionContext): Schema;
  readonly unit?: Unit;
  isSecret?(path: Path, types: TypeRegistry): boolean;
}): Section<z.output<Schema>, Unit> {
  const nowhere = {
    defaultNode: "",
    abilities: NODE_ABILITIES,
    file: {},
    redact: redactNothing,
    valueOf: () => undefined,
  };
  return {
    unit,
    isSecret,
    describe: (types) => schema({ ...types, ...nowhere }),
    parse: (written, place, context) => parseValue(written, schema(context), place),
  };
}
