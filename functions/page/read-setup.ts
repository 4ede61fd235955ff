/**
 * Reads what the view Setup shows, all of it from the API: for everybody whether people can be told, for admins what is configured.
 * Invariant: a part that cannot be told now is null and keeps the others from nothing.
 */
import type { channelsEndpoint } from "../endpoints/channels.ts";
import type { configurationEndpoint, configurationFileEndpoint } from "../endpoints/configuration.ts";
import type { drillEndpoint } from "../endpoints/drill.ts";
import { readPart, type AnswerOf, type OwnApi } from "./own-api.ts";

export type Channels = AnswerOf<typeof channelsEndpoint>;
export type Drills = AnswerOf<typeof drillEndpoint>;
type Configuration = AnswerOf<typeof configurationEndpoint>;
export type ConfigurationFile = AnswerOf<typeof configurationFileEndpoint>;

export interface SetupAnswers {
  readonly channels: Channels | null;
  readonly drill: Drills | null;
  readonly configuration: Configuration | null;
  /** Null also for who may not see it. */
  readonly file: ConfigurationFile | null;
}

/** What the API refuses of it is returned as it is. */
export async function readSetup(ask: OwnApi, mayAdminister: boolean): Promise<SetupAnswers | Response> {
  const [channels, drill, configuration, file] = await Promise.all([
    readPart<Channels>(ask("/channels")),
    readPart<Drills>(ask("/drill")),
    readPart<Configuration>(ask("/configuration")),
    mayAdminister ? readPart<ConfigurationFile>(ask("/configuration/file")) : null,
  ]);
  if (channels instanceof Response) return channels;
  if (drill instanceof Response) return drill;
  if (configuration instanceof Response) return configuration;
  if (file instanceof Response) return file;
  return { channels, drill, configuration, file };
}
