/**
 * What every page has around it: head, navigation, banner, footer.
 * Invariants: no inline script or style and no address of another origin; the title begins with what the page has to say.
 */
import type { Child } from "hono/jsx";
import { VERSION } from "../../version.ts";
import { assetPath } from "../assets.ts";
import type { StatusGroup } from "../status-words.ts";

/** What changes by itself is asked for again after so many seconds. */
const RELOAD_S = 15;

/** Of light surfaces and dark tabs alike. */
const ICON_COLOURS: Readonly<Record<StatusGroup, string>> = {
  healthy: "2c9a55",
  degraded: "b97a00",
  down: "d0352d",
  unknown: "7d8896",
  maintenance: "4a7bea",
};

export interface FrameProps {
  /** Begins the title, as `Degraded`. */
  readonly heading: string;
  readonly group: StatusGroup;
  /** Whose page it is, and a sentence that every reader must see; null: it is not said. */
  readonly cluster: { readonly node: string; readonly notice: string | null } | null;
  /** What is loaded again by itself, without what was said once; null: nothing. */
  readonly reloads: string | null;
  /** The address of the view among `VIEWS`; null: it is none of them. */
  readonly view: string | null;
  readonly isSignedIn: boolean;
  readonly children?: Child;
}

/** What people choose from, by its address. */
const VIEWS = [
  ["/dashboard", "Now"],
  ["/dashboard/alerts", "Alerts"],
  ["/dashboard/history", "History"],
] as const;

export function Frame({ heading, group, cluster, reloads, view, isSignedIn, children }: FrameProps) {
  const notice = cluster?.notice ?? null;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {reloads !== null && (
          <noscript>
            <meta http-equiv="refresh" content={`${RELOAD_S}; url=${reloads}`} />
          </noscript>
        )}
        <title>{`${heading} · ${cluster?.node ?? "Monitoring"}${notice === null ? "" : " · demo"}`}</title>
        <link rel="icon" href={icon(group)} />
        <link rel="stylesheet" href={assetPath("page.css")} />
        <script src={assetPath("page.js")} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to what it says
        </a>
        <header>
          <strong>Monitoring</strong>
          <nav aria-label="Views">
            {VIEWS.map(([path, name]) => (
              <a href={path} aria-current={path === view ? "page" : undefined}>
                {name}
              </a>
            ))}
            <a href="/openapi.json">API</a>
          </nav>
          {isSignedIn && (
            <form method="post" action="/dashboard/logout">
              <button type="submit">Sign out</button>
            </form>
          )}
        </header>
        <main id="main">
          {notice !== null && <p class="notice">{notice}</p>}
          {children}
        </main>
        {cluster && <footer>{`${cluster.node} · v${VERSION}`}</footer>}
      </body>
    </html>
  );
}

/** In the address itself, so that nothing has to be loaded for it. */
export function icon(group: StatusGroup): string {
  const shape = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#${ICON_COLOURS[group]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(shape)}`;
}
