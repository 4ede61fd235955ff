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
  take(value: unknown, name = ""): void {
    const waiting: [string, unknown][] = [[name, value]];
    for (let visited = 0; visited < MOST_VISITED && waiting.length > 0; visited += 1) {
      const [key, item] = waiting.pop() ?? ["", null];
      if (typeof item === "string") this.#remember(key, item);
      if (typeof item !== "object" || item === null) continue;
      for (const [child, below] of Object.entries(item)) {
        if (!Array.isArray(item)) this.#remember(key, child);
        waiting.push([Array.isArray(item) ? key : child, below]);
      }
    }
  }

  /** The nth value, counted round, of this name, its plural, or a name that the description mentions; null when there is none. */
  about({ name, description }: { name: string; description: string }, nth: number): string | null {
    const mentioned = description.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [];
    const values = [name, `${name}s`, ...mentioned].flatMap((known) => this.#values.get(known) ?? []);
    return values[nth % values.length] ?? null;
  }

  named(name: string, nth: number): string | null {
    return this.about({ name, description: "" }, nth);
  }

  #remember(name: string, value: string): void {
    if (value.length === 0 || value.length > LONGEST_VALUE) return;
    const values = this.#values.get(name) ?? [];
    if (values.includes(value) || (values.length === 0 && this.#values.size >= MOST_NAMES)) return;
    values.push(value);
    if (values.length > MOST_VALUES) values.shift();
    this.#values.set(name, values);
  }
}
