/**
 * What every page has around it: head, navigation, banner, footer.
 * Invariants: no inline script or style and no address of another origin; the title begins with what the page has to say.
 */
import type { Child } from "hono/jsx";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { VERSION } from "../../version.ts";
import { iconOf } from "../icon.ts";
import { assetPath } from "../assets.ts";
import { GLYPHS, type StatusGroup } from "../status-words.ts";
import { THEME_PATH } from "../theme.ts";
import { Keys } from "./keys.tsx";
import { Ago, Lasting } from "./parts.tsx";

/** What changes by itself is asked for again after so many seconds. */
const RELOAD_S = 15;

export interface FrameProps {
  /** Begins the title, as `Degraded`. */
  readonly heading: string;
  readonly group: StatusGroup;
  /** Whose page it is, and a sentence that every reader must see; null: it is not said. */
  readonly cluster: { readonly node: string; readonly notice: string | null } | null;
  /** What is loaded again by itself, without what was said once; null: nothing. */
  readonly reloads: string | null;
  /** What a script takes over when it is new, and nothing loads again without one, as somebody may be typing; null: nothing. */
  readonly follows: string | null;
  /** The same while something is under way, scripts or not; null: nothing is. */
  readonly refresh: { readonly path: string; readonly afterS: number } | null;
  /** The address of the view among `VIEWS`; null: it is none of them. */
  readonly view: string | null;
  readonly isSignedIn: boolean;
  /** There is one for everybody, to which it leads. */
  readonly hasPublicPage: boolean;
  /** Of the last commit; null: the page does not say how current it is. */
  readonly updated: Updated | null;
  readonly children?: Child;
}

/** What people choose from, by its address. */
const VIEWS = [
  ["/dashboard", "Now"],
  ["/dashboard/alerts", "Alerts"],
  ["/dashboard/history", "History"],
  ["/dashboard/setup", "Setup"],
  ["/docs", "API"],
] as const;

export interface Updated {
  /** Null: nothing has been committed yet. */
  readonly atMs: number | null;
  /** Without news for so long the page is not of now. */
  readonly staleAfterMs: number;
  readonly isStale: boolean;
  readonly nowMs: number;
}

export function Frame(props: FrameProps) {
  const { cluster, hasPublicPage, reloads, follows, updated, children } = props;
  const notice = cluster?.notice ?? null;
  return (
    <html lang="en">
      <Head {...props} />
      <body class={updated?.isStale ? "is-stale" : undefined}>
        <a class="skip" href="#main">
          Skip to what it says
        </a>
        <Header {...props} />
        <main id="main" data-reloads={reloads ?? follows}>
          {notice !== null && <p class="notice">{notice}</p>}
          {children}
        </main>
        <footer>
          {cluster && `${cluster.node} · v${VERSION}`}
          {hasPublicPage && <a href="/status">Public page</a>}
          <button type="button" id="keys-open" hidden>
            Keys
          </button>
        </footer>
        <Keys />
        {updated && <p id="said" class="hidden" aria-live="polite"></p>}
        {updated && <p id="alarm" class="hidden" role="alert"></p>}
      </body>
    </html>
  );
}

function Head({ heading, group, cluster, reloads, refresh }: FrameProps) {
  const isDemo = (cluster?.notice ?? null) !== null;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {reloads !== null && (
        <noscript>
          <meta http-equiv="refresh" content={`${RELOAD_S}; url=${reloads}`} />
        </noscript>
      )}
      {refresh !== null && <meta http-equiv="refresh" content={`${refresh.afterS}; url=${refresh.path}`} />}
      <title>{`${heading} · ${cluster?.node ?? "Monitoring"}${isDemo ? " · demo" : ""}`}</title>
      <link id="icon" rel="icon" href={iconOf(group)} data-stale={iconOf("unknown")} />
      <link rel="stylesheet" href={assetPath("page.css")} />
      <script src={assetPath("page.js")} defer></script>
    </head>
  );
}

function Header({ cluster, reloads, view, isSignedIn, updated }: FrameProps) {
  return (
    <header>
      <strong>Monitoring</strong>
      <nav aria-label="Views">
        {VIEWS.map(([path, name]) => (
          <a href={path} aria-current={path === view ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {updated && <Currency {...updated} />}
      <Theme />
      {cluster && <Session isSignedIn={isSignedIn} next={reloads ?? view ?? "/dashboard"} />}
    </header>
  );
}

/** Counts on in the browser, and is no live region, as it changes every second. Before the first commit it waits for that, unseen. */
function Currency({ atMs, staleAfterMs, nowMs }: Omit<Updated, "isStale">) {
  const sinceMs = atMs ?? nowMs;
  const facts = { "data-stale-after": staleAfterMs, "data-made-at": formatTimestamp(nowMs) };
  return (
    <p id="currency" class="currency" hidden={atMs === null} {...facts}>
      <span class="when-fresh">
        <span aria-hidden="true">{GLYPHS.healthy}</span> updated <Ago atMs={sinceMs} nowMs={nowMs} />
      </span>
      <span class="when-stale">
        <span aria-hidden="true">{GLYPHS.down}</span> no update <Lasting sinceMs={sinceMs} nowMs={nowMs} />
        <span class="when-cut-off">, trying again</span>
      </span>
    </p>
  );
}

/** The style shows which one it is. */
function Theme() {
  return (
    <form id="theme" method="post" action={THEME_PATH}>
      <button type="submit">
        Theme: <span class="theme-system">system</span>
        <span class="theme-light">light</span>
        <span class="theme-dark">dark</span>
      </button>
    </form>
  );
}

function Session({ isSignedIn, next }: { readonly isSignedIn: boolean; readonly next: string }) {
  if (!isSignedIn) return <a href={`/dashboard/login?next=${encodeURIComponent(next)}`}>Sign in</a>;
  return (
    <form method="post" action="/dashboard/logout">
      <button type="submit">Sign out</button>
    </form>
  );
}
