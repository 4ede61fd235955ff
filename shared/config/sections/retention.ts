/** `retention`: how long history is kept. */
import * as z from "zod/mini";
import { DAY_MS, durationSchema } from "../duration.ts";
import { about } from "../schemas.ts";
import { defineSection } from "../section.ts";

const schema = z.strictObject({
  blocks: about(
    "How long the packed hours of history are kept.",
    z.prefault(durationSchema({ minMs: DAY_MS, maxMs: 3_650 * DAY_MS }), "365d"),
  ),
});

export const retention = defineSection({
  schema: () =>
    z.pipe(
      about("How long history is kept.", z.prefault(schema, {})),
      z.transform(({ blocks: blocksMs }) => ({ blocksMs })),
    ),
});
