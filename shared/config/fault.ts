/**
 * What is wrong with one place of a configuration file, and how people read it on a terminal or in a log.
 * Invariant: a fault is one line of text, however long or strange the value is.
 */
export type Scalar = null | boolean | number | string;

/** Keys and list positions from the root down. */
export type Path = readonly (string | number)[];

export interface Fault {
  /** `services.redis.timeout`; empty when the whole file is meant. */
  readonly path: string;
  /** 1-based; absent when the fault has no place in the text. */
  readonly line?: number;
  /** Fit for people: `"fast"`, `12`, `a map`, `nothing`, `an unknown key`. */
  readonly found: string;
  /** Completes "expected …". */
  readonly expected: string;
}

const MAX_SHOWN_CHARACTERS = 80;

const PLAIN_KEY = /^[\w-]{1,80}$/;

/**
 * A headline and one line per fault, without a line break at the end.
 *
 *     cluster.yaml is not valid: 2 faults
 *       line  3  node: found 5, expected text
 *       line 12  services.redis.timeout: found "fast", expected a duration such as 30 or "30s"
 */
export function formatFaults(fileName: string, faults: readonly Fault[]): string {
  const width = faults.reduce((widest, { line }) => Math.max(widest, formatLine(line).length), 0);
  const lines = faults.map(({ path, line, found, expected }) => {
    const place = width === 0 ? "" : `${formatLine(line).padEnd(width)}  `;
    const subject = path === "" ? "" : `${path}: `;
    return `  ${place}${subject}found ${found}, expected ${expected}`;
  });
  const headline = `${fileName} is not valid: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`;
  return [headline, ...lines].join("\n");
}

/** Orders faults as they stand in the file; those of one line keep their order. */
export function byLine(left: Fault, right: Fault): number {
  return (left.line ?? 0) - (right.line ?? 0);
}

/** Joins a path: `services.redis.depends_on[0]`, `services["a b"]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

/** A value as people would write it, with quotes around text, cut to what fits into a line. */
export function quote(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const shown = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS - 1)}…` : value;
  return JSON.stringify(shown);
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return PLAIN_KEY.test(step) ? `.${step}` : `[${quote(step)}]`;
}

function formatLine(line: number | undefined): string {
  return line === undefined ? "" : `line ${line}`;
}
