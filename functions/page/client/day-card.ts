/**
 * A card beside the picture of ninety days: what the day under the pointer was, by pointer or tap. Called by service.ts.
 * Invariants: it says what the table below says, which is the way for who has no pointer; text is text.
 */
import { dayAfter, dayFacts } from "./day-facts.ts";

export function mountDayCard(frame: HTMLElement): void {
  const card = frame.querySelector<HTMLElement>(".day-card");
  const { first, zone = "UTC", watchedFrom = "", watchedUntil = "" } = frame.dataset;
  const days = Number(frame.dataset["days"]);
  if (!card || first === undefined) return;
  // Whoever brings the page up to date leaves it alone (morph.ts).
  card.dataset["keep"] = "";
  const show = ({ clientX }: MouseEvent): void => {
    const { left, width } = frame.getBoundingClientRect();
    const index = Math.min(days - 1, Math.max(0, Math.floor(((clientX - left) / width) * days)));
    const day = dayAfter(first, index);
    const question = { day, watchedFrom, watchedUntil, zone };
    fill(card, [day, ...dayFacts({ ...question, figures: readFigures(day), outages: readOutages() })]);
    card.classList.toggle("right", index > days / 2);
  };
  frame.addEventListener("pointermove", show);
  frame.addEventListener("click", show);
  frame.addEventListener("pointerleave", () => (card.hidden = true));
}

function fill(card: HTMLElement, [title = "", ...facts]: readonly string[]): void {
  const heading = document.createElement("strong");
  heading.textContent = title;
  const lines = facts.map((fact) => {
    const line = document.createElement("p");
    line.textContent = fact;
    return line;
  });
  card.replaceChildren(heading, ...lines);
  card.hidden = false;
}

function readFigures(day: string): string[] | null {
  const row = document.querySelector(`.day-table tr[data-day="${CSS.escape(day)}"]`);
  if (!row) return null;
  const cells = [...row.querySelectorAll<HTMLElement>("td:not(.none)")];
  return cells.map((cell) => `${cell.dataset["group"] ?? ""} ${cell.textContent}`);
}

function readOutages() {
  return [...document.querySelectorAll<HTMLElement>(".outage-item")].map(({ dataset }) => ({
    since: dataset["since"] ?? "",
    until: dataset["until"] === "" ? null : (dataset["until"] ?? null),
    words: dataset["words"] ?? "",
  }));
}
