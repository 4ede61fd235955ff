/** What a tab of the browser shows beside the title: the colour of what the page has to say. Pure. */
import type { StatusGroup } from "./status-words.ts";

/** Of light surfaces and dark tabs alike. */
const COLOURS: Readonly<Record<StatusGroup, string>> = {
  healthy: "2c9a55",
  degraded: "b97a00",
  down: "d0352d",
  unknown: "7d8896",
  maintenance: "4a7bea",
};

/** A picture in itself, which asks nobody for anything. */
export function iconOf(group: StatusGroup): string {
  const shape = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#${COLOURS[group]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(shape)}`;
}
