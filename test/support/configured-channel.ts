/**
 * Channel types outside a configuration file: settings in, a channel or its faults out.
 */
import { z } from "zod/mini";
import { NODE_ABILITIES, type RuntimeAbilities } from "../../shared/domain/runtime-abilities.ts";
import type { ChannelType, ConfiguredChannel } from "../../shared/notify/channel-type.ts";
import type { Settings } from "./configured-probe.ts";

/** The channel of these settings; throws when they have faults. */
export function configureChannel(
  type: ChannelType,
  settings: Settings,
  abilities: RuntimeAbilities = NODE_ABILITIES,
): ConfiguredChannel {
  const { channel, faults } = configure(type, settings, abilities);
  if (!channel) throw new Error(`faults: ${JSON.stringify(faults)}`);
  return channel;
}

/** What is wrong: the keys that the schema refuses, then `key: what was expected` of the type itself. */
export function channelFaults(
  type: ChannelType,
  settings: Settings,
  abilities: RuntimeAbilities = NODE_ABILITIES,
): string[] {
  return configure(type, settings, abilities).faults;
}

function configure(
  type: ChannelType,
  settings: Settings,
  abilities: RuntimeAbilities,
): { channel: ConfiguredChannel | null; faults: string[] } {
  const parsed = z.strictObject(type.keys).safeParse(settings);
  if (!parsed.success) return { channel: null, faults: parsed.error.issues.map(({ path }) => String(path[0])) };
  const faults: string[] = [];
  const report = (key: string, expected: string): void => void faults.push(`${key}: ${expected}`);
  const channel = type.configure(parsed.data, report, abilities);
  return { channel, faults };
}
