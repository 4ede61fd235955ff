/**
 * The JSON Schema of the configuration, for completion and hints in editors.
 * `scripts/write-schema.ts` writes it to `cluster.schema.json`; the program itself does not use it.
 * Built from the very shapes that `parse-root` parses by. An approximation: it does not see what references stand for, the bounds
 * of text durations, or anything between two keys. Invariant: it accepts every file that `parse-config` accepts, apart from
 * references in place of a fixed word.
 */
import * as z from "zod/mini";
import type { CheckType } from "../probes/check-type.ts";
import type { TypeRegistry } from "./parse-root.ts";
import { ALERTING_SHAPE, POLICIES_SHAPE, type ChannelTypes } from "./parse-alerting.ts";
import { AUTH_SHAPE } from "./parse-auth.ts";
import { HEARTBEAT_SHAPE, PRIMARY_SHAPE, ROLE_SHAPE } from "./parse-failover.ts";
import {
  INTERVALS_SHAPE,
  MAX_SERVICES,
  RETENTION_SHAPE,
  ROOT_SHAPE,
  SERVICE_ID_PATTERN,
  SERVICE_SHAPE,
} from "./sections.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A text with a reference may turn into anything. */
const HOLDS_REFERENCE = String.raw`\$\{`;

/** JSON Schema, draft 2020-12, of a configuration with these check types. */
export function editorSchema({ checkTypes, defaultCheckType, channelTypes }: TypeRegistry): JsonSchema {
  const variants = Object.entries(checkTypes).map(([name, type]) =>
    serviceSchema(name, type, name === defaultCheckType),
  );
  const services = z.record(z.string().check(z.regex(SERVICE_ID_PATTERN)), z.union(variants)).check(
    z.meta({
      description: "What is monitored, by id; the order is kept.",
      minProperties: 1,
      maxProperties: MAX_SERVICES,
    }),
  );
  const { node, ...others } = ROOT_SHAPE;
  const root = z.strictObject({
    node,
    services,
    intervals: z.optional(z.strictObject(INTERVALS_SHAPE)).check(z.describe("How often things happen.")),
    retention: z.optional(z.strictObject(RETENTION_SHAPE)).check(z.describe("How long history is kept.")),
    auth: z.optional(z.strictObject(AUTH_SHAPE)).check(z.describe("Who may call the API.")),
    alerting: z.optional(alertingSchema(channelTypes)).check(z.describe("Who is told when something is wrong.")),
    ...ROLE_SHAPE,
    primary: z.optional(z.strictObject(PRIMARY_SHAPE)).check(z.describe("Whom a standby watches.")),
    heartbeat: z.optional(z.strictObject(HEARTBEAT_SHAPE)).check(z.describe("Who hears once a minute that we live.")),
    ...others,
  });
  const types = [...Object.values(checkTypes), ...Object.values(channelTypes)];
  const secretKeys = new Set(types.flatMap(({ keys, secretKeys: names }) => names.map((name) => keys[name])));
  return z.toJSONSchema(root, {
    io: "input",
    target: "draft-2020-12",
    override: ({ zodSchema, jsonSchema, path }) => {
      if (secretKeys.has(zodSchema)) jsonSchema.pattern = HOLDS_REFERENCE;
      else if (path.at(-1) !== "propertyNames") allowReference(jsonSchema);
    },
  });
}

function serviceSchema(name: string, type: CheckType, isDefault: boolean) {
  const { name: shownName, ...common } = SERVICE_SHAPE;
  const checkType = z.literal(name).check(z.describe("How it is probed, and which further keys it has."));
  return z.strictObject({
    name: shownName,
    check_type: isDefault ? z._default(checkType, name) : checkType,
    ...type.keys,
    ...common,
  });
}

function alertingSchema(channelTypes: ChannelTypes) {
  const variants = Object.entries(channelTypes).map(([name, { keys }]) =>
    z.strictObject({ type: z.literal(name).check(z.describe("What kind of channel it is.")), ...keys }),
  );
  const channels = z.record(z.string().check(z.regex(SERVICE_ID_PATTERN)), z.union(variants));
  return z.strictObject({
    channels: z.optional(channels).check(z.describe("Who can be told, by name.")),
    policies: z.optional(z.strictObject(POLICIES_SHAPE)).check(z.describe("Who is told when, by severity.")),
    ...ALERTING_SHAPE,
  });
}

function allowReference(schema: JsonSchema): void {
  const { pattern } = schema;
  if (pattern === undefined || pattern.endsWith(HOLDS_REFERENCE)) return;
  schema.pattern = `${pattern}|${HOLDS_REFERENCE}`;
}
