/**
 * Keeps the page of the present moment up to date while it is open. Called by page.ts.
 * Invariants: while nobody looks at the page what comes is kept and joined, and shown when somebody does; nothing that came is lost.
 */
import { Announcer } from "./announcer.ts";
import { Freshness } from "./freshness.ts";
import { applyUpdate, applyVerdict } from "./now-page.ts";
import { findNews, findReader, refresh } from "./refresh.ts";
import { Stream } from "./stream.ts";
import { countOn } from "./times.ts";
import { join, type Update } from "./update.ts";

export function followNow(now: HTMLElement, currency: HTMLElement): void {
  const freshness = new Freshness(currency);
  const said = document.getElementById("said");
  const announcer = new Announcer({
    say: (text) => said && (said.textContent = text),
    nowMs: () => performance.now(),
    after: (ms, then) => setTimeout(then, ms),
  });
  let waiting: Update | null = null;
  const showWaiting = (): void => {
    if (document.hidden || !waiting) return;
    announcer.tell(applyUpdate(waiting));
    waiting = null;
    freshness.show();
  };
  const stream = new Stream(now.dataset["place"] ?? "", {
    heard(update) {
      // Title and icon tell of it in the background as well.
      applyVerdict(update);
      waiting = join(waiting, update);
      freshness.heard();
      showWaiting();
    },
    async ask() {
      if (document.hidden || (await findNews()) === null) return;
      await refresh("/dashboard");
      freshness.heard();
    },
  });
  document.addEventListener("visibilitychange", () => {
    showWaiting();
    if (document.hidden) return;
    countOn(document);
    // The stream has been let in, and is not told of that.
    void findReader();
  });
  // Another window may be beside this one, and neither is hidden.
  setInterval(() => document.hidden || void findReader(), 30_000);
  setInterval(() => freshness.isOverdue() && stream.open(), 1_000);
  stream.open();
}
