/**
 * `routes`: which services agents may call for what, in which order. Without it that follows from the services (derive-routes.ts).
 * Invariant: no URL holds a secret, as everybody who may read may read it.
 */
import * as z from "zod/mini";
import { parseUrl } from "../../domain/net/target.ts";
import { deriveRoutes, endpointOf, type Routable } from "../../domain/routing/derive-routes.ts";
import { ROUTE_APIS, type RouteEndpoint, type RouteModel, type Routes } from "../../domain/routing/endpoint.ts";
import { listKeys } from "../parse-value.ts";
import { about, faultAt, idSchema, knownName } from "../schemas.ts";
import { defineSection, type SectionContext } from "../section.ts";
import { services } from "./services.ts";

const MOST_CAPABILITIES = 20;
const MOST_ENDPOINTS = 50;
const MOST_MODELS = 100;
const MOST_TIERS = 100;

const modelName = z.string().check(z.minLength(1), z.maxLength(200));

function entrySchema({ file, redact }: SectionContext) {
  const service = about(
    "Key of the service whose checks tell how it is.",
    knownName("service", listKeys(file["services"])),
  );
  const whole = z.strictObject({
    service,
    tier: about(
      "Those of 1 are called first, whatever their scores are. Default: its place in the list.",
      z.optional(z.int().check(z.gte(1), z.lte(MOST_TIERS))),
    ),
    api: about("What is spoken there. Default: what its check type says, else openai.", z.optional(z.enum(ROUTE_APIS))),
    url: about(
      "Where it is called, without /v1. Default: scheme, host and port of the URL of the service.",
      z.optional(
        z.string().check(
          z.refine((url) => redact(url) === url, { error: "a URL without references, as everybody may read it" }),
          z.refine((url) => parseUrl(url) !== null, { error: "an http or https URL without user and password" }),
          z.refine((url) => !url.includes("?"), { error: "a URL without a query, as everybody may read it" }),
        ),
      ),
    ),
    models: about(
      "The models it is called for: their names, or what agents ask for and what this endpoint calls it. Default: those its server lists.",
      z.optional(
        z.union([
          z.array(modelName).check(z.minLength(1), z.maxLength(MOST_MODELS)),
          z.record(z.string(), modelName).check(z.refine((map) => Object.keys(map).length > 0)),
        ]),
      ),
    ),
  });
  return z.union([service, whole]);
}

export const routes = defineSection({
  schema: (context: SectionContext) =>
    z.pipe(
      about(
        "Which services agents may call for what (llm, embeddings, or any other word), the best ones first. Default: as their check types say.",
        z.optional(
          z
            .record(idSchema, z.array(entrySchema(context)).check(z.minLength(1), z.maxLength(MOST_ENDPOINTS)))
            .check(z.meta({ maxProperties: MOST_CAPABILITIES })),
        ),
      ),
      z.transform((written, { issues }): Routes => {
        const known: readonly Routable[] = context.valueOf(services) ?? [];
        if (!written) return deriveRoutes(known, MOST_ENDPOINTS);
        if (Object.keys(written).length > MOST_CAPABILITIES)
          issues.push(faultAt([], `at most ${MOST_CAPABILITIES} capabilities`));
        return Object.fromEntries(
          Object.entries(written).map(([capability, entries]) => [
            capability,
            entries.flatMap((entry, index) => {
              const path = [capability, index];
              const settings: Settings = typeof entry === "string" ? { service: entry } : entry;
              const isAgain = entries.slice(0, index).some((each) => serviceOf(each) === settings.service);
              if (isAgain) issues.push(faultAt(path, "a service that does not stand in this list already"));
              const service = known.find(({ id }) => id === settings.service);
              // A faulty one is told of where it stands.
              if (!service) return [];
              const endpoint = makeEndpoint(service, settings, index + 1);
              if (!endpoint) issues.push(faultAt([...path, "url"], "a URL, as the service has none"));
              return endpoint ?? [];
            }),
          ]),
        );
      }),
    ),
});

interface Settings {
  readonly service: string;
  readonly tier?: number | undefined;
  readonly api?: RouteEndpoint["api"] | undefined;
  readonly url?: string | undefined;
  readonly models?: readonly string[] | Readonly<Record<string, string>> | undefined;
}

function serviceOf(entry: string | { readonly service: string }): string {
  return typeof entry === "string" ? entry : entry.service;
}

/** Null: nobody says where it is to be called. */
function makeEndpoint(service: Routable, { tier, api, url, models }: Settings, place: number): RouteEndpoint | null {
  const derived = endpointOf(service);
  const called = url === undefined ? derived?.url : url.replace(/\/+$/, "").replace(/\/v1$/, "");
  if (called === undefined) return null;
  return {
    id: service.id,
    tier: tier ?? place,
    api: api ?? derived?.api ?? "openai",
    url: called,
    models: models === undefined ? null : listModels(models),
    members: derived?.members ?? null,
  };
}

function listModels(models: readonly string[] | Readonly<Record<string, string>>): RouteModel[] {
  const pairs = Array.isArray(models) ? models.map((name: string) => [name, name] as const) : Object.entries(models);
  return pairs.map(([name, own]) => ({ name, own }));
}
