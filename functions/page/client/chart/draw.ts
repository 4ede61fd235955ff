/**
 * What a chart shows beside its lines, on the canvas of uPlot: outages, maintenance, marks, from when on an answer is slow, what lies
 * above the scale. Called by the hooks of chart-view.ts. Invariant: nothing is drawn outside of the plot.
 */
import type uPlot from "uplot";
import type { ChartData, Span } from "./chart-data.ts";

export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly band: string;
  readonly down: string;
  readonly slow: string;
  /** Of a pixel of the canvas to one of the page. */
  readonly ratio: number;
}

/** Dash and gap, in widths of the line. */
const SLOW_AFTER = [2, 4];
const MARK = [5, 4];
const SPAN_OPACITY = 0.22;
const LABEL_PX = 13;

export interface Drawn {
  readonly data: ChartData;
  readonly colours: Colours;
  /** Seconds; null: none is configured. */
  readonly slowAfterS: number | null;
}

/** Below the lines. */
export function drawBehind(plot: uPlot, { data, colours }: Drawn): void {
  within(plot, (context) => {
    context.globalAlpha = SPAN_OPACITY;
    fillSpans(plot, data.maintenance, colours.band);
    fillSpans(plot, data.outages, colours.down);
  });
}

/** Above the lines. */
export function drawInFront(plot: uPlot, { data, colours, slowAfterS }: Drawn): void {
  within(plot, (context) => {
    const { bbox } = plot;
    context.lineWidth = colours.ratio;
    // uPlot leaves them as its axes had them.
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.font = `${LABEL_PX * colours.ratio}px system-ui, sans-serif`;
    if (slowAfterS !== null && slowAfterS <= data.top) {
      const y = plot.valToPos(slowAfterS, "y", true);
      dashed(context, SLOW_AFTER, {
        colour: colours.slow,
        fromX: bbox.left,
        fromY: y,
        toX: bbox.left + bbox.width,
        toY: y,
      });
    }
    for (const { atS } of data.marks) {
      const x = plot.valToPos(atS, "x", true);
      dashed(context, MARK, { colour: colours.muted, fromX: x, fromY: bbox.top, toX: x, toY: bbox.top + bbox.height });
      context.fillStyle = colours.muted;
      context.fillText("⚑", x + 2 * colours.ratio, bbox.top + bbox.height - 4 * colours.ratio);
    }
    labelOutages(plot, data.outages, colours);
    markClipped(plot, data.clipped, colours);
  });
}

function within(plot: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx: context, bbox } = plot;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  draw(context);
  context.restore();
}

function fillSpans(plot: uPlot, spans: readonly Span[], colour: string): void {
  const { ctx: context, bbox } = plot;
  context.fillStyle = colour;
  for (const { fromS, toS } of spans) {
    const [left, right] = [plot.valToPos(fromS, "x", true), plot.valToPos(toS, "x", true)];
    context.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
}

/** Of neighbours that would hide each other's the first has its reason. */
function labelOutages(plot: uPlot, outages: readonly Span[], { down, ratio }: Colours): void {
  const { ctx: context, bbox } = plot;
  context.fillStyle = down;
  let freeFrom = -Infinity;
  for (const { fromS, toS, text } of outages) {
    if (plot.valToPos(toS, "x", true) < bbox.left) continue;
    const x = Math.max(bbox.left, plot.valToPos(fromS, "x", true)) + 4 * ratio;
    const width = context.measureText(text).width;
    if (x < freeFrom || x > bbox.left + bbox.width) continue;
    context.fillText(text, Math.min(x, bbox.left + bbox.width - width - 4 * ratio), bbox.top + 28 * ratio);
    freeFrom = x + width;
  }
}

function markClipped(plot: uPlot, clipped: readonly number[], { text, ratio }: Colours): void {
  const { ctx: context, bbox } = plot;
  context.fillStyle = text;
  for (const atS of clipped) {
    const x = plot.valToPos(atS, "x", true);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x - 4 * ratio, bbox.top + 8 * ratio);
    context.lineTo(x + 4 * ratio, bbox.top + 8 * ratio);
    context.fill();
  }
}

interface Line {
  readonly colour: string;
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

function dashed(
  context: CanvasRenderingContext2D,
  pattern: readonly number[],
  { colour, fromX, fromY, toX, toY }: Line,
): void {
  context.strokeStyle = colour;
  context.setLineDash(pattern.map((length) => length * context.lineWidth));
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
  context.setLineDash([]);
}
