/**
 * Run-length lists: `[[first index, value], …]` in place of a value per index.
 * Knows nothing of what the values are. The block encoders use it for everything that rarely changes.
 * Invariant: expandRuns(findRuns(values), values.length) equals values.
 */

/** `isSame` decides whether a value continues the run of the one before. */
export function findRuns<Value>(
  values: readonly Value[],
  isSame: (left: Value, right: Value) => boolean = Object.is,
): [number, Value][] {
  const runs: [number, Value][] = [];
  values.forEach((value, index) => {
    const last = runs.at(-1);
    if (!last || !isSame(last[1], value)) runs.push([index, value]);
  });
  return runs;
}

/** Throws when the runs, as a damaged value may have them, do not describe `length` values. */
export function expandRuns<Value>(runs: readonly (readonly [number, Value])[], length: number): Value[] {
  const values: Value[] = [];
  runs.forEach(([first, value], run) => {
    const end = runs[run + 1]?.[0] ?? length;
    if (first !== values.length || !(end > first && end <= length)) throw new Error("not runs of so many values");
    for (let index = first; index < end; index += 1) values.push(value);
  });
  if (values.length !== length) throw new Error("not runs of so many values");
  return values;
}
