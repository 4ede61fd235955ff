/**
 * Puts the chart in the place of the server's picture, and keeps it up to date.
 * Called by service.ts. Invariant: where anything fails, the last picture that was right stays.
 */
import { chartData, type SeriesAnswer } from "./chart-data.ts";
import { ChartView } from "./chart-view.ts";
import { valuesAt } from "./labels.ts";

const SHORTEST_REFRESH_MS = 15_000;
const FAR = 10;

export async function mountChart(frame: HTMLElement): Promise<void> {
  const tools = frame.parentElement?.querySelector<HTMLElement>(".chart-tools");
  const { service, rangeMs, slowAfter } = frame.dataset;
  if (!tools || service === undefined || rangeMs === undefined) return;
  const read = (): Promise<SeriesAnswer> => readSeries(service, Number(rangeMs));
  const first = await read();
  const values = document.createElement("output");
  const slowAfterS = slowAfter === undefined || slowAfter === "" ? null : Number(slowAfter);
  frame.classList.add("alive");
  // Whoever brings the page up to date leaves them alone (morph.ts).
  for (const element of [frame, tools]) element.dataset["keep"] = "";
  const view: ChartView = new ChartView(chartData(first, Date.now()), {
    frame,
    slowAfterS,
    onCursor: (index) => (values.textContent = valuesAt(view.data, index)),
  });
  const scale = scaleButton(view);
  tools.append(values, scale);
  listenToKeys(frame, { view, scale, values });
  refreshAgain(view, { read, everyMs: Math.max(SHORTEST_REFRESH_MS, first.step_s * 1_000) });
}

async function readSeries(service: string, rangeMs: number): Promise<SeriesAnswer> {
  const since = new Date(Math.max(0, Date.now() - rangeMs)).toISOString();
  const answer = await fetch(`/series/${encodeURIComponent(service)}?since=${since}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()) as SeriesAnswer; // our own API
}

interface Refreshing {
  read(): Promise<SeriesAnswer>;
  readonly everyMs: number;
}

/** What nobody looks at is not asked for. */
function refreshAgain(view: ChartView, { read, everyMs }: Refreshing): void {
  setInterval(() => {
    if (document.hidden || view.isZoomed) return;
    read().then(
      (series) => view.show(chartData(series, Date.now())),
      () => {}, // the next one may come
    );
  }, everyMs);
}

function scaleButton(view: ChartView): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Log scale";
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    view.toggleScale();
    button.setAttribute("aria-pressed", String(view.isLogarithmic));
  });
  return button;
}

interface Parts {
  readonly view: ChartView;
  readonly scale: HTMLButtonElement;
  readonly values: HTMLElement;
}

/** While the chart has the focus only, so that no key is taken from anything else (WCAG 2.1.4). */
function listenToKeys(frame: HTMLElement, { view, scale, values }: Parts): void {
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Chart: arrow keys move the cursor, with Shift by ten, l switches the scale");
  // By pointer every move would be said.
  values.setAttribute("aria-live", "off");
  frame.addEventListener("pointermove", () => values.setAttribute("aria-live", "off"));
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    values.setAttribute("aria-live", "polite");
    act({ view, scale, step: event.shiftKey ? FAR : 1 });
  });
}

interface KeyPress extends Pick<Parts, "view" | "scale"> {
  readonly step: number;
}

const KEYS: Readonly<Record<string, ((press: KeyPress) => void) | undefined>> = {
  ArrowLeft: ({ view, step }) => view.moveCursor(-step),
  ArrowRight: ({ view, step }) => view.moveCursor(step),
  Home: ({ view }) => view.moveCursor(-Infinity),
  End: ({ view }) => view.moveCursor(Infinity),
  Escape: ({ view }) => view.hideCursor(),
  l: ({ scale }) => scale.click(),
  L: ({ scale }) => scale.click(),
};
