/** Why the monitor itself does not know, and what people can do about it; below the verdict. */
import type { Blindness } from "../blindness.ts";
import { Time } from "./parts.tsx";

interface Props {
  readonly blindness: Blindness | null;
  readonly nowMs: number;
}

export function BlindnessReason({ blindness, nowMs }: Props) {
  if (blindness === null) return null;
  const since = <Time atMs={blindness.sinceMs} nowMs={nowMs} />;
  if (blindness.reason === "isolated")
    return (
      <p>
        The monitor itself has been cut off from the network since {since}: of what it cannot reach nothing is known.
        Look at its cable, its router and its name server.
      </p>
    );
  return (
    <p>
      The monitor itself was paused or did not run: nothing has been checked since {since}. It looks again by itself; if
      this stays so, look at the machine that it runs on.
    </p>
  );
}
