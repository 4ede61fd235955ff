/**
 * Collects the faults of one configuration file and knows how its values may be shown.
 * Every step of `parse-config` adds to one log. It sees values as they are written, hence `${NAME}`, never what it stands for.
 * Invariant: no fault shows a literal secret, whatever else is wrong with the key that holds it.
 */
import { formatPath, quote, type Fault } from "./fault.ts";
import { isList, isMap, lineAt, valueAt, type Located, type Path } from "./located.ts";
import { isLiteral, isWebhook, maskUserinfo, type IsSecretPlace } from "./secret-literals.ts";

export class FaultLog {
  readonly #written: Located;
  readonly #isSecretPlace: IsSecretPlace;
  readonly #faults = new Map<string, Fault>();
  readonly #settled = new Set<string>();

  constructor(written: Located, isSecretPlace: IsSecretPlace) {
    this.#written = written;
    this.#isSecretPlace = isSecretPlace;
  }

  /** Adds a fault of the value at `path`, unless that is settled already. `found` defaults to the value as written. */
  add(path: Path, expected: string, found?: string): void {
    if (found === undefined && this.#settled.has(formatPath(path))) return;
    this.#record(path, expected, found ?? this.#describe(path));
  }

  /**
   * Adds a fault after which nothing else matters about the value: a reference that cannot be resolved is no duration
   * either, but nobody needs to be told.
   */
  settle(path: Path, expected: string): void {
    this.#settled.add(formatPath(path));
    this.#record(path, expected, this.#describe(path));
  }

  /** In the order in which they were added, equal ones once. */
  faults(): Fault[] {
    return [...this.#faults.values()];
  }

  #record(path: Path, expected: string, found: string): void {
    const fault = { path: formatPath(path), line: lineAt(this.#written, path), found, expected };
    this.#faults.set(JSON.stringify(fault), fault);
  }

  #describe(path: Path): string {
    const value = valueAt(this.#written, path)?.value;
    if (value === undefined) return "nothing";
    if (isMap(value)) return "a map";
    if (isList(value)) return "a list";
    if (this.#isSecretPlace(path) && isLiteral(value)) return "a literal value";
    if (typeof value !== "string") return quote(value);
    return isWebhook(value) ? "a literal webhook URL" : quote(maskUserinfo(value));
  }
}
