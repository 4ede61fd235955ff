/**
 * Every check type by the name it has in the configuration. To add one: a file in this folder and a line here.
 * Read by the configuration and by the published JSON Schema. Invariant: the names are part of users' files; never rename.
 */
import type { CheckType } from "./check-type.ts";
import { embeddings } from "./embeddings.ts";
import { haproxy } from "./haproxy.ts";
import { http } from "./http.ts";
import { llamacpp } from "./llamacpp.ts";
import { node } from "./node.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { redis } from "./redis.ts";
import { tcp } from "./tcp.ts";

export const CHECK_TYPES = { embeddings, haproxy, http, llamacpp, node, ollama, openai, redis, tcp } satisfies Record<
  string,
  CheckType
>;

/** The check type of services that do not name one. */
export const DEFAULT_CHECK_TYPE = "http" satisfies keyof typeof CHECK_TYPES;
