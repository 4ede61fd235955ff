/**
 * GET /configuration: which configuration is in force since when, and whether a reload has been refused since.
 * GET /configuration/file: what it says, who may come in by it, and the faults of what was refused; for admins.
 * Invariant: neither a secret nor a token nor its hash is in an answer: references stay as they are written.
 */
import * as z from "zod/mini";
import { SCOPES } from "../../shared/domain/access/access.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { count, named, noted, nullableTimestamp, timestamp } from "../wire/schemas.ts";

const PROVENANCE = {
  source: noted("What it is called: the name of its file.", z.string()),
  loaded_at: noted("When it was loaded; where no process stays alive, by the one that answers.", timestamp),
};

export const configurationEndpoint = defineEndpoint({
  path: "/configuration",
  name: "configuration",
  summary: "Which configuration is in force since when, and whether a reload has been refused since.",
  effect: "read",
  response: z.object({
    ...PROVENANCE,
    refused_at: noted("When a reload was refused last; null: not since then.", nullableTimestamp),
    services: count,
    channels: count,
  }),
  handle(_request, { provenance, cluster }) {
    const { source, loadedAtMs, refused } = provenance();
    const { services, alerting } = cluster();
    return {
      source: nameOf(source),
      loaded_at: formatTimestamp(loadedAtMs),
      refused_at: formatOptional(refused && refused.atMs),
      services: services.length,
      channels: alerting.channels.length,
    };
  },
});

const token = named(
  "Token",
  z.object({
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    expires_at: noted("Null: never.", nullableTimestamp),
  }),
  "Who may come in; never the token itself.",
);

export const configurationFileEndpoint = defineEndpoint({
  path: "/configuration/file",
  name: "configurationFile",
  summary: "What the configuration says, as it is written, without secrets; tokens by name; what a reload has refused.",
  effect: "read",
  scope: "admin",
  response: z.object({
    ...PROVENANCE,
    written: noted(
      "Aliases are followed and maps merged; `${NAME}` stays as it is. Null: it cannot be shown.",
      z.any(),
    ),
    tokens: z.array(token),
    refusal: noted(
      "What the last reload refused; null: nothing since this one was loaded.",
      z.nullable(z.object({ at: timestamp, fault: noted("Every fault with its line.", z.string()) })),
    ),
  }),
  handle(_request, { provenance, config }) {
    const { source, loadedAtMs, refused, written } = provenance();
    return {
      source: nameOf(source),
      loaded_at: formatTimestamp(loadedAtMs),
      written: written(),
      tokens: [...config().auth.tokens].map(([name, { scopes, expiresAtMs }]) => {
        return { name, scopes: [...scopes], expires_at: formatOptional(expiresAtMs) };
      }),
      refusal: refused && { at: formatTimestamp(refused.atMs), fault: refused.fault },
    };
  },
});

/** Where it lies is nobody's business. */
function nameOf(source: string): string {
  return source.split(/[\\/]/).at(-1) ?? source;
}
