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
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/**
 * The samples of these metrics, in order. Values that are not finite are left out.
 *
 * @example readMetrics('node_load1 0.21\n', new Set(["node_load1"])).get("node_load1"); // [{ labels: {}, value: 0.21 }]
 */
export function readMetrics(text: string, names: ReadonlySet<string>): ReadonlyMap<string, readonly MetricSample[]> {
  const found = new Map<string, MetricSample[]>();
  for (const line of text.split("\n")) {
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
  const labels = [...text.matchAll(LABEL)].map(([, name = "", value = ""]) => [name, unescape(value)] as const);
  return Object.fromEntries(labels);
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, letter: string) => ESCAPES.get(letter) ?? letter);
}
