/**
 * The faults of a configuration file as a person reads them on a terminal or in a log.
 * Hosts print it when a file is refused. Pure; whatever must not be shown is already gone from the faults.
 */
import type { Fault } from "./fault.ts";

/**
 * A headline and one line per fault, without a line break at the end.
 *
 *     cluster.yaml is not valid: 2 faults
 *       line  3  node: found 5, expected text
 *       line 12  services.redis.timeout: found "fast", expected a duration such as 30 or "30s"
 */
export function formatFaults(fileName: string, faults: readonly Fault[]): string {
  const width = faults.reduce((widest, { line }) => Math.max(widest, placeOf(line).length), 0);
  const lines = faults.map(({ path, line, found, expected }) => {
    const place = width === 0 ? "" : `${placeOf(line).padEnd(width)}  `;
    const subject = path === "" ? "" : `${path}: `;
    return `  ${place}${subject}found ${found}, expected ${expected}`;
  });
  return [`${fileName} is not valid: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`, ...lines].join(
    "\n",
  );
}

function placeOf(line: number | undefined): string {
  return line === undefined ? "" : `line ${line}`;
}
