/**
 * What the service has told so far, to be asked again: ids, cursors, entity tags, instants.
 * Filled from answers, read by the generators: only who asks with real values gets behind validation.
 * Invariant: bounded, whatever a service sends.
 */
const MOST_NAMES = 500;
const MOST_VALUES = 64;
const LONGEST_VALUE = 300;
const MOST_VISITED = 100;

export class Harvest {
  readonly #values = new Map<string, string[]>();

  /** Remembers the texts of a JSON value under their keys, and the keys of an object under its own key. */
  take(value: unknown): void {
    const found: [name: string, value: unknown][] = [["", value]];
    for (const [name, item] of found) {
      if (typeof item === "string") this.#remember(name, item);
      if (typeof item !== "object" || item === null) continue;
      for (const [key, below] of Object.entries(item)) {
        if (found.length >= MOST_VISITED) break;
        if (!Array.isArray(item)) this.#remember(name, key);
        found.push([Array.isArray(item) ? name : key, below]);
      }
    }
  }

  /** The nth value, counted round, of this name, its plural, or a name that the description mentions; null when there is none. */
  about({ name, description = "" }: { name: string; description?: string }, nth: number): string | null {
    const mentioned = description.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [];
    const values = [name, `${name}s`, ...mentioned].flatMap((known) => this.#values.get(known) ?? []);
    return values[nth % values.length] ?? null;
  }

  #remember(name: string, value: string): void {
    const values = this.#values.get(name) ?? [];
    const isNewName = values.length === 0;
    if (value.length > LONGEST_VALUE || values.includes(value) || (isNewName && this.#values.size >= MOST_NAMES))
      return;
    this.#values.set(name, [...values, value].slice(-MOST_VALUES));
  }
}
