/** What an endpoint sends, as its declared response reads it: one value, or the data of each event by its name. */
import { expect } from "vitest";
import type { ENDPOINTS } from "../../functions/endpoints/registry.ts";
import type { RawAnswer } from "../support/raw-http.ts";
import { parseEvents } from "../support/server-sent-events.ts";

type Declared = (typeof ENDPOINTS)[number];

export async function valuesOf(
  { path, answersWith, type }: Declared,
  get: (path: string) => Promise<RawAnswer>,
): Promise<unknown[]> {
  if (type !== "application/json") return [(await get(path)).body];
  if (answersWith !== "stream") return [(await get(path.replace("{service}", "steady"))).json];
  const events = parseEvents((await get(`${path}?timeout=1&last_event_id=0`)).body);
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(["transition", "snapshot"]));
  return events.map(({ event, data }) => ({ [event]: data }));
}
