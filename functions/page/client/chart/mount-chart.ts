/**
 * Puts the chart in the place of the server's picture, and keeps it up to date.
 * Called by service.ts. Invariant: where anything fails, the last picture that was right stays.
 */
import { listedKeys } from "../listed-keys.ts";
import { chartData, type SeriesAnswer } from "./chart-data.ts";
import { ChartView } from "./chart-view.ts";
import { valuesAt } from "./labels.ts";

const SHORTEST_REFRESH_MS = 15_000;
const FAR = 10;

export function mountChart(frame: HTMLElement): void {
  const tools = frame.nextElementSibling as HTMLElement; // as views/service-chart.tsx has it
  const { service = "", rangeMs, slowAfter, series = "" } = frame.dataset;
  const first = JSON.parse(series) as SeriesAnswer; // our own page
  frame.classList.add("alive");
  // Whoever brings the page up to date leaves them alone (morph.ts).
  for (const element of [frame, tools]) element.dataset["keep"] = "";
  const values = tools.querySelector("output");
  const view: ChartView = new ChartView(chartData(first, Date.now()), {
    frame,
    slowAfterS: slowAfter ? Number(slowAfter) : null,
    onCursor: (index) => values && (values.textContent = valuesAt(view.data, index)),
  });
  const scale = tools.querySelector("button");
  scale?.addEventListener("click", () => scale.setAttribute("aria-pressed", String(view.toggleScale())));
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Chart: arrow keys move the cursor, with Shift by ten");
  const keys = listedKeys("chart");
  frame.addEventListener("keydown", (event) => {
    if (!press(event, view, keys)) return;
    event.preventDefault();
    event.stopPropagation(); // Esc would lead back (keys.ts)
    // By pointer every move would be said.
    values?.setAttribute("aria-live", "polite");
  });
  const read = (): Promise<SeriesAnswer> => readSeries(service, Number(rangeMs));
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

/** While the chart has the focus only, so that no key is taken from anything else (WCAG 2.1.4). False: it means nothing here. */
function press(event: KeyboardEvent, view: ChartView, keys: ReadonlyMap<string, string>): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.key === "Escape") return view.hideCursor();
  const steps = STEPS[keys.get(event.key) ?? ""];
  if (steps === undefined) return false;
  view.moveCursor(steps * (event.shiftKey ? FAR : 1));
  return true;
}

/** How many columns a key moves the cursor, by what it is in the list of keys. */
const STEPS: Readonly<Record<string, number | undefined>> = { left: -1, right: 1, first: -Infinity, last: Infinity };
