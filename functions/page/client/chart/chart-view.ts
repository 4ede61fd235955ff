/**
 * The chart of a service, alive: zoom by dragging, back by a double click, values at the cursor, by pointer and by keys, a scale that
 * can be logarithmic. Made by mount-chart.ts. Invariants: it takes the place of the server's picture and no more; a gap stays a gap.
 */
import uPlot from "uplot";
import type { ChartData } from "./chart-data.ts";
import { drawBehind, drawInFront, type Colours, type Drawn } from "./draw.ts";
import { formatSeconds, timeLabels } from "./labels.ts";

const HEIGHT = 220;
const AXIS_FONT = "13px system-ui, sans-serif";
const TIME_AXIS_HEIGHT = 24;
const VALUE_AXIS_WIDTH = 60;
/** Of a label of time and some air. */
const TIME_LABEL_WIDTH = 80;

export interface ViewOptions {
  readonly frame: HTMLElement;
  readonly slowAfterS: number | null;
  /** Of the column at the cursor; null: it is elsewhere. */
  onCursor(index: number | null): void;
}

export class ChartView {
  readonly #options: ViewOptions;
  #data: ChartData;
  #isLogarithmic = false;
  #plot: uPlot;

  constructor(data: ChartData, options: ViewOptions) {
    this.#options = options;
    this.#data = data;
    this.#plot = this.#make();
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(options.frame);
    // The theme is the system's, or what the reader has chosen (theme.ts).
    const remake = (): void => this.#remake();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", remake);
    new MutationObserver(remake).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  get data(): ChartData {
    return this.#data;
  }

  get isZoomed(): boolean {
    const [xs] = this.#data.columns;
    const { min, max } = this.#plot.scales["x"] ?? {};
    return min !== xs[0] || max !== xs.at(-1);
  }

  /** Not while somebody looks into it: then it stays as it is. */
  show(data: ChartData): void {
    if (this.isZoomed) return;
    this.#data = data;
    this.#plot.setData(data.columns);
  }

  /** True: it is logarithmic now. */
  toggleScale(): boolean {
    this.#isLogarithmic = !this.#isLogarithmic;
    this.#remake();
    return this.#isLogarithmic;
  }

  /** To the column so many further on, within what is shown; from the last one where the cursor is nowhere. */
  moveCursor(columns: number): void {
    const [first, last] = this.#plot.series[0]?.idxs ?? [0, 0];
    const from = this.#plot.cursor.idx ?? (columns < 0 ? last + 1 : first - 1);
    this.#putCursor(Math.min(last, Math.max(first, from + columns)));
  }

  /** False: there was none. */
  hideCursor(): boolean {
    const wasThere = this.#plot.cursor.idx != null;
    this.#plot.setCursor({ left: -10, top: -10 });
    return wasThere;
  }

  #putCursor(index: number): void {
    const atS = this.#data.columns[0][index];
    if (atS === undefined) return;
    this.#plot.setCursor({ left: this.#plot.valToPos(atS, "x"), top: this.#plot.over.clientHeight / 2 });
  }

  #remake(): void {
    this.#plot.destroy();
    this.#plot = this.#make();
  }

  #make(): uPlot {
    const colours = readColours();
    const { slowAfterS, onCursor, frame } = this.#options;
    const drawn = (): Drawn => ({ data: this.#data, colours, slowAfterS });
    return new uPlot(
      {
        ...this.#size(),
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false }, points: { size: 7 } },
        scales: {
          x: { time: true },
          y: {
            // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot only declares its enum: there are no values to be named
            distr: this.#isLogarithmic ? 3 : 1,
            range: () => [this.#isLogarithmic ? this.#data.least : 0, this.#data.top],
          },
        },
        series: listSeries(colours),
        bands: [{ series: [2, 1], fill: colours.band + BAND_ALPHA }],
        axes: listAxes(colours),
        hooks: {
          drawClear: [(plot) => drawBehind(plot, drawn())],
          draw: [(plot) => drawInFront(plot, drawn())],
          setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
        },
      },
      this.#data.columns,
      frame,
    );
  }

  #size(): { readonly width: number; readonly height: number } {
    return { width: this.#options.frame.clientWidth, height: HEIGHT };
  }
}

/** 19 %. */
const BAND_ALPHA = "30";

function listSeries({ text, band, ratio }: Colours): uPlot.Series[] {
  return [
    {},
    { stroke: text, width: 2, points: { show: true, size: 3, fill: text, filter: findLone } },
    { stroke: `${band}00`, width: 1, points: { show: false } },
    { stroke: text, width: 0, paths: () => null, points: { show: true, size: 5 / Math.max(1, ratio / 2), fill: text } },
  ];
}

/** Of a line those that stand alone, of which nothing would be seen. */
function findLone(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const isThere = (index: number): boolean => (values[index] ?? null) !== null;
  return Array.from(values.keys()).filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
}

function listAxes({ muted, grid }: Colours): uPlot.Axis[] {
  const common = { stroke: muted, font: AXIS_FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return [
    {
      ...common,
      size: TIME_AXIS_HEIGHT,
      space: TIME_LABEL_WIDTH,
      gap: 4,
      values: (...[, splits, , , stepS]) => timeLabels(splits, stepS),
    },
    {
      ...common,
      size: VALUE_AXIS_WIDTH,
      values: (_plot, splits) => splits.map((seconds) => (seconds === null ? "" : formatSeconds(seconds))),
    },
  ];
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (role: string): string => style.getPropertyValue(`--${role}`).trim();
  return {
    text: read("text"),
    muted: read("muted"),
    grid: read("sunken"),
    band: read("maintenance"),
    down: read("down"),
    slow: read("degraded"),
    ratio: devicePixelRatio,
  };
}
