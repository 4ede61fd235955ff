/**
 * Collects the faults of one configuration file. The reader notes each place of the file in it: its line, and how what
 * stands there may be shown; the sections name places by their path alone.
 * Invariant: it shows of a value what the reader has noted, hence no secret, whatever is wrong with the key that holds it.
 */
import { formatPath, type Fault, type Path } from "./fault.ts";

interface Noted {
  readonly line: number;
  readonly found: string;
}

export class FaultLog {
  readonly #places = new Map<string, Noted>();
  readonly #faults = new Map<string, Fault>();
  readonly #settled = new Set<string>();

  /** Remembers where a value stands and how it may be shown. */
  note(path: Path, line: number, found: string): void {
    this.#places.set(formatKey(path), { line, found });
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

  /** Completes "expected …" for what stands here, or for what was `found` instead. */
  fault(expected: string, found?: string): void {
    this.#log.add(this.#path, expected, found === undefined ? {} : { found });
  }

  toString(): string {
    return formatPath(this.#path);
  }
}
