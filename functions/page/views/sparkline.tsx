/** The last hour of a service as a line, and in words between which times it answered. */
import type { LastHour } from "../last-hours.ts";
import { fastestAndSlowest, SPARKLINE, sparkline } from "../sparkline.ts";
import { formatMs } from "../response-text.ts";
import { Response } from "./parts.tsx";

export function Sparkline({ lastHour }: { readonly lastHour: LastHour }) {
  const times = fastestAndSlowest(lastHour);
  if (!times) return <Response response={null} />;
  const [fastestMs, slowestMs] = times;
  const label = `${formatMs(fastestMs)} to ${formatMs(slowestMs)}`;
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${SPARKLINE.width} ${SPARKLINE.height}`}
      preserveAspectRatio="none"
    >
      <path d={sparkline(lastHour)} />
    </svg>
  );
}
