/**
 * Reads the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4), as far as probes need it.
 * Pure. Used by the check types that read metrics. Invariant: total: a line that is none is skipped.
 */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Names may hold colons. */
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
/** Where the last one ended, so that no text is looked through twice. */
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"[ \t]*,?/y;

/** Labels are names of devices, paths and models. What is longer was written to keep its reader busy. */
const LONGEST_LINE = 4_096;

/**
 * The samples of these metrics, in order. Values that are not finite are left out.
 *
 * @example readMetrics('node_load1 0.21\n', new Set(["node_load1"])).get("node_load1"); // [{ labels: {}, value: 0.21 }]
 */
export function readMetrics(text: string, names: ReadonlySet<string>): ReadonlyMap<string, readonly MetricSample[]> {
  const found = new Map<string, MetricSample[]>();
  for (const line of text.split("\n")) {
    if (line.length > LONGEST_LINE) continue;
    const [, name = "", labels = "", digits = ""] = LINE.exec(line) ?? [];
    const value = Number(digits);
    if (!names.has(name) || digits === "" || !Number.isFinite(value)) continue;
    const samples = found.get(name) ?? [];
    samples.push({ labels: readLabels(labels), value });
    found.set(name, samples);
  }
  return found;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([["n", "\n"]]);

function readLabels(text: string): Record<string, string> {
  const labels: [string, string][] = [];
  LABEL.lastIndex = 0;
  for (let found = LABEL.exec(text); found; found = LABEL.exec(text)) {
    const [, name = "", value = ""] = found;
    labels.push([name, unescape(value)]);
  }
  return Object.fromEntries(labels);
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, letter: string) => ESCAPES.get(letter) ?? letter);
}
