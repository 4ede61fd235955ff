/**
 * What is wrong with one place of a configuration file, and how people read it on a terminal or in a log.
 * The reader notes each place of the file in the log: its line, and how what stands there may be shown; the sections name places
 * by their path alone. Invariants: a fault is one line of text, however long or strange the value is; it shows of a value what the
 * reader has noted, hence no secret, whatever is wrong with the key that holds it.
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
function formatPath(path: Path): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

/** A value as people would write it, with quotes around text, cut to what fits into a line. */
export function quote(value: Scalar): string {
  if (value === null) return "nothing";
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

interface Noted {
  readonly line: number;
  readonly found: string;
}

/** Collects the faults of one configuration file. */
export class FaultLog {
  readonly #places = new Map<string, Noted>();
  readonly #faults = new Map<string, Fault>();
  readonly #settled = new Set<string>();
  readonly #references = new Set<string>();

  /** Remembers where a value stands and how it may be shown. */
  note(path: Path, line: number, found: string): void {
    this.#places.set(formatKey(path), { line, found });
  }

  /** Remembers that a reference stands there and nothing else: what it stands for came as text, whatever is meant. */
  noteReference(path: Path): void {
    this.#references.add(formatKey(path));
  }

  isReference(path: Path): boolean {
    return this.#references.has(formatKey(path));
  }

  /** Adds a fault of the value at `path`, unless that is settled already. Default of `at`: what is noted of the place. */
  add(path: Path, expected: string, at: Partial<Noted> = {}): void {
    if (at.found === undefined && this.#settled.has(formatKey(path))) return;
    const found = at.found ?? this.#places.get(formatKey(path))?.found ?? "nothing";
    const fault = { path: formatPath(path), line: at.line ?? this.#findLine(path), found, expected };
    this.#faults.set(JSON.stringify(fault), fault);
  }

  /**
   * Adds a fault after which nothing else matters about the value: a reference that cannot be resolved is no duration
   * either, but nobody needs to be told.
   */
  settle(path: Path, expected: string): void {
    this.#settled.delete(formatKey(path)); // several faults may settle one value
    this.add(path, expected);
    this.#settled.add(formatKey(path));
  }

  /** In the order in which they were added, equal ones once. */
  faults(): Fault[] {
    return [...this.#faults.values()];
  }

  /** The line of the place, or of the nearest place around it that there is. */
  #findLine(path: Path): number {
    const noted = this.#places.get(formatKey(path));
    if (noted) return noted.line;
    return path.length === 0 ? 1 : this.#findLine(path.slice(0, -1));
  }
}

function formatKey(path: Path): string {
  return JSON.stringify(path);
}

/** One place of the file, and how to say what is wrong there. Sections get theirs and go down from it. */
export class Place {
  readonly #path: Path;
  readonly #log: FaultLog;

  constructor(log: FaultLog, path: Path = []) {
    this.#log = log;
    this.#path = path;
  }

  /** The place below this one: `place.at("channels", name, "steps", 0)`. */
  at(...steps: Path): Place {
    return new Place(this.#log, [...this.#path, ...steps]);
  }

  /** Whether a reference stands here and nothing else. */
  get isReference(): boolean {
    return this.#log.isReference(this.#path);
  }

  /** Completes "expected …" for what stands here, or for what was `found` instead. */
  fault(expected: string, found?: string): void {
    this.#log.add(this.#path, expected, found === undefined ? {} : { found });
  }

  toString(): string {
    return formatPath(this.#path);
  }
}
