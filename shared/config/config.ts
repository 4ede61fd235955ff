/**
 * The configuration as the rest of the program sees it: what the sections of the registry become, under the names of their keys.
 * Made by `parse-config`, read by the monitor and its jobs. Probes and channels have closed over their secrets;
 * of the others only the token of the primary is in it.
 * Invariant: deeply frozen; a reload makes a new one.
 */
import type { ValueOf } from "./section.ts";
import type { SECTIONS, Sections } from "./sections/registry.ts";

export type Config = ConfigOf<typeof SECTIONS>;

/** What structured cloning keeps of it: everything but what probes and channels have closed over. */
export type PlainConfig = Omit<Config, "services" | "alerting">;

/** `max_connections` is `maxConnections` in the program, `degraded_threshold` in percent is `degradedThresholdPercent`. */
export type ConfigOf<Registry extends Sections> = {
  readonly [Name in keyof Registry & string as `${CamelCase<Name>}${Registry[Name]["unit"]}`]: ValueOf<Registry[Name]>;
};

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
