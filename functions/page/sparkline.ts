/**
 * The last hour of a service as a line a few pixels high. Pure; drawn by views/sparkline.tsx.
 * Invariants: where nothing answered there is a gap; the scale begins at nought.
 */
import { SLOTS, type LastHour } from "./last-hours.ts";

export const SPARKLINE = { width: 2 * SLOTS, height: 20 } as const;

/** A line of less than half of the height says "steady" of times that differ by a millisecond. */
const HEADROOM = 1.25;

/** A path of SVG; empty where nothing answered. */
export function sparkline(lastHour: LastHour): string {
  const top = HEADROOM * Math.max(...lastHour.map((each) => each ?? 0));
  let [path, isOn] = ["", false];
  for (const [index, value] of lastHour.entries()) {
    if (value !== null) {
      const y = Math.round(SPARKLINE.height * (1 - value / top) * 10) / 10;
      path += isOn ? `L${2 * index} ${y}` : `M${2 * index} ${y}h1`;
    }
    isOn = value !== null;
  }
  return path;
}

/** Between which times it answered, milliseconds; null: it never did. */
export function fastestAndSlowest(lastHour: LastHour): readonly [number, number] | null {
  const answers = lastHour.filter((each) => each !== null);
  return answers.length === 0 ? null : [Math.min(...answers), Math.max(...answers)];
}
