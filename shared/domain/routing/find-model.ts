/** What an endpoint calls the model that is asked for, and what is known of it there. Pure. Asked by rank.ts. */
import { isSameModel } from "../monitoring/model-name.ts";
import type { RouteEndpoint } from "./endpoint.ts";
import type { Served } from "./served.ts";

export interface MeantModel {
  /** As this endpoint calls it; null: any, and none is known. */
  readonly own: string | null;
  /** Whether the endpoint has it; null: nobody knows. */
  readonly isListed: boolean | null;
  /** Whether it is in memory; null: nobody knows. */
  readonly isLoaded: boolean | null;
}

/** What an endpoint calls what is asked for; with null, what it should be called with. */
export function findModel(
  asked: string | null,
  { models: configured }: Pick<RouteEndpoint, "models">,
  served: Served,
): MeantModel {
  const own =
    asked === null ? anyModel(configured?.map((each) => each.own) ?? null, served) : ownName(asked, configured);
  if (own === null) return { own: null, isListed: asked === null ? null : false, isLoaded: null };
  const listed = served.models?.find((name) => isSameModel(name, own));
  return {
    own: listed ?? own,
    isListed: listed !== undefined || (served.isComplete ? false : null),
    isLoaded: served.loaded?.some((name) => isSameModel(name, own)) ?? null,
  };
}

/** Of those that are configured, or else of those that it has: one that is loaded already, or the first. */
function anyModel(configured: readonly string[] | null, { models, loaded }: Served): string | null {
  const possible = configured ?? models ?? [];
  return (
    possible.find((name) => loaded?.some((other) => isSameModel(name, other))) ?? possible[0] ?? loaded?.[0] ?? null
  );
}

/** Null: its models are configured, and this is none of them. */
function ownName(asked: string, configured: RouteEndpoint["models"]): string | null {
  if (configured === null) return asked;
  const meant = configured.find(({ name, own }) => isSameModel(name, asked) || isSameModel(own, asked));
  return meant?.own ?? null;
}
