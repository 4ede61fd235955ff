/**
 * What single keys do. Made once by page.ts. Invariants: which key it is says the list that people see; never in a field, never beside Ctrl, Alt or Meta; they can be switched off (WCAG 2.2, 2.1.4), and then on again by a button.
 */
import { listedKeys } from "./listed-keys.ts";

const SWITCH = "monitoring-keys";
/** After `g` the next key names a view. */
const GO_MS = 1_500;

const query = <Found extends HTMLElement>(selector: string): Found | null => document.querySelector<Found>(selector);

function press(selector: string): void {
  query(selector)?.click();
}

function move(step: 1 | -1): void {
  const all = document.querySelectorAll<HTMLElement>(".group > summary, .rows th a");
  const links = [...all].filter((link) => link.checkVisibility());
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 && step === -1 ? links.length - 1 : at + step;
  links[next]?.focus();
}

/** Acts on the alert that has the focus only: with none, the first one gets it. */
function act(action: string): void {
  const button = `form[action$="/${action}"] button`;
  const own = document.activeElement?.closest(".card")?.querySelector<HTMLElement>(button);
  if (own) own.click();
  else query(`.card ${button}`)?.focus();
}

function goTo(letter: string): void {
  const links = [...document.querySelectorAll<HTMLElement>("nav a")];
  links.find((link) => link.textContent.toLowerCase().startsWith(letter))?.click();
}

function goBack(): void {
  if (location.pathname !== "/dashboard") press('nav a[href="/dashboard"]');
}

function openHelp(): void {
  query<HTMLDialogElement>("#keys")?.showModal();
}

/** What a listed key can be; `go` waits for another one. */
const ACTIONS: Readonly<Record<string, () => void>> = {
  filter: () => query("#filter")?.focus(),
  next: () => move(1),
  previous: () => move(-1),
  acknowledge: () => act("acknowledge"),
  silence: () => act("silence"),
  scale: () => press(".chart-tools button"),
  theme: () => press("#theme button"),
  help: openHelp,
  back: goBack,
};

export function startKeys(): void {
  const isOn = query<HTMLInputElement>("#keys-on");
  const opener = query("#keys-open");
  if (!isOn || !opener) return;
  opener.hidden = false;
  opener.addEventListener("click", openHelp);
  isOn.checked = localStorage.getItem(SWITCH) !== "off";
  isOn.addEventListener("change", () => localStorage.setItem(SWITCH, isOn.checked ? "on" : "off"));
  const listed = listedKeys("page");
  let goUntilMs = 0;
  document.addEventListener("keydown", (event) => {
    if (isTyped(event)) return leaveField(event);
    if (!isOn.checked || event.ctrlKey || event.altKey || event.metaKey || query("dialog[open]")) return;
    const isAfterG = event.timeStamp < goUntilMs;
    const action = listed.get(event.key) ?? "";
    goUntilMs = action === "go" ? event.timeStamp + GO_MS : 0;
    const does = isAfterG ? () => goTo(event.key) : ACTIONS[action];
    if (!does) return;
    event.preventDefault(); // the browser's own search
    does();
  });
}

function isTyped({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")
  );
}

/** Esc empties the filter and leaves it. */
function leaveField({ key, target }: KeyboardEvent): void {
  if (key !== "Escape" || !(target instanceof HTMLInputElement) || target.id !== "filter") return;
  target.value = "";
  target.dispatchEvent(new Event("input"));
  target.blur();
}
