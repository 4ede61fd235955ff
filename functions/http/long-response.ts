/**
 * Answers that take milliseconds to make, in turns with everything else that their thread has to do.
 * Called by the endpoints of the past. Invariant: few are made at once, and who cannot be served soon is told so.
 */
import type { MonitorContext } from "../context.ts";
import { jsonBytes, type Bytes } from "./bytes.ts";
import { AppError } from "./problem.ts";

/** `compose` makes the JSON and pauses between pieces of about a millisecond; the store it asks pauses by itself. */
export async function longResponse(
  { turns }: MonitorContext,
  compose: (pause: () => Promise<void>) => Promise<Bytes["body"]>,
): Promise<Bytes> {
  if (!turns) return jsonBytes(await compose(async () => {}));
  const body = await turns.run(() => compose(() => turns.pause()));
  if (body === null)
    throw new AppError("unavailable", "Too many long answers are being made; ask again in a few seconds.");
  return jsonBytes(body);
}
