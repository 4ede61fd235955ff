/**
 * What every page has around it: head, navigation, banner, footer.
 * Invariants: no inline script or style and no address of another origin; the title begins with what the page has to say.
 */
import type { Child } from "hono/jsx";
import type { Cluster } from "../../../shared/usecases/cluster.ts";
import { VERSION } from "../../version.ts";
import { iconOf } from "../icon.ts";
import { assetPath } from "../assets.ts";
import type { Currency } from "../currency.ts";
import type { StatusGroup } from "../status-words.ts";
import { THEME_PATH } from "../theme.ts";
import { Alarm, CurrencyLine, STALE_HEADING, StaleNote } from "./currency.tsx";
import { Keys } from "./keys.tsx";

/** What changes by itself is asked for again after so many seconds. */
const RELOAD_S = 15;

export interface FrameProps {
  /** Begins the title, as `Degraded`. */
  readonly heading: string;
  readonly group: StatusGroup;
  /** Whose page it is, a sentence that every reader must see, and whether anybody can be called; null: it is not said. */
  readonly cluster: Pick<Cluster, "node" | "notice" | "routes"> | null;
  /** What is loaded again by itself, without what was said once; null: nothing. */
  readonly reloads: string | null;
  /** What a script takes over when it is new, and nothing loads again without one, as somebody may be typing; null: nothing. */
  readonly follows: string | null;
  /** How soon `follows` is loaded again while something is under way, scripts or not; null: nothing is. */
  readonly followsAfterS: number | null;
  /** The address of the view among `VIEWS`; null: it is none of them. */
  readonly view: string | null;
  readonly isSignedIn: boolean;
  /** There is one for everybody, to which it leads. */
  readonly hasPublicPage: boolean;
  /** By the last commit; null: the page is of no moment. When it is stale it says so in place of its heading. */
  readonly currency: Currency | null;
  readonly children?: Child;
}

/** Only where somebody can be called. */
const ROUTES = "/dashboard/routes";

/** What people choose from, by its address. */
const VIEWS = [
  ["/dashboard", "Now"],
  ["/dashboard/alerts", "Alerts"],
  ["/dashboard/history", "History"],
  [ROUTES, "Routes"],
  ["/dashboard/setup", "Setup"],
  ["/docs", "API"],
] as const;

export function Frame(asked: FrameProps) {
  const { cluster, reloads, follows, followsAfterS, currency, children } = asked;
  const props = currency?.isStale ? { ...asked, heading: STALE_HEADING, group: "unknown" as const } : asked;
  const notice = cluster?.notice ?? null;
  return (
    <html lang="en">
      <Head {...props} />
      <body class={currency?.isStale ? "is-stale" : undefined}>
        <a class="skip" href="#main">
          Skip to what it says
        </a>
        <Header {...props} />
        <main id="main" data-reloads={reloads ?? follows} data-after-s={followsAfterS}>
          {currency && <StaleNote currency={currency} />}
          {notice !== null && <p class="notice">{notice}</p>}
          {children}
        </main>
        <Footer {...props} />
        <Keys />
        {currency && <p id="said" class="hidden" aria-live="polite"></p>}
        {currency && <Alarm currency={currency} />}
      </body>
    </html>
  );
}

function Footer({ cluster, hasPublicPage }: FrameProps) {
  return (
    <footer>
      {cluster && `${cluster.node} · v${VERSION}`}
      {hasPublicPage && <a href="/status">Public page</a>}
      <button type="button" id="keys-open" hidden>
        Keys
      </button>
    </footer>
  );
}

function Head(props: FrameProps) {
  const { heading, group, cluster } = props;
  const reload = reloadWithoutScripts(props);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {reload !== null && (
        <noscript>
          <meta http-equiv="refresh" content={reload} />
        </noscript>
      )}
      <title>{`${heading} · ${titleRest(cluster)}`}</title>
      <link id="icon" rel="icon" href={iconOf(group)} data-stale={iconOf("unknown")} />
      <link rel="stylesheet" href={assetPath("page.css")} />
      <script src={assetPath("page.js")} defer></script>
    </head>
  );
}

/** Nothing where somebody may be typing, unless somebody waits for what is under way. */
function reloadWithoutScripts({ reloads, follows, followsAfterS }: FrameProps): string | null {
  if (reloads !== null) return `${RELOAD_S}; url=${reloads}`;
  return follows !== null && followsAfterS !== null ? `${followsAfterS}; url=${follows}` : null;
}

/** What follows what the page has to say. */
function titleRest(cluster: FrameProps["cluster"]): string {
  return `${cluster?.node ?? "Monitoring"}${(cluster?.notice ?? null) === null ? "" : " · demo"}`;
}

function Header({ heading, group, cluster, reloads, view, isSignedIn, currency }: FrameProps) {
  const hasRoutes = Object.keys(cluster?.routes ?? {}).length > 0;
  return (
    <header>
      <strong>Monitoring</strong>
      <nav aria-label="Views">
        {VIEWS.filter(([path]) => path !== ROUTES || hasRoutes).map(([path, name]) => (
          <a href={path} aria-current={path === view ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {currency && <CurrencyLine currency={currency} heading={heading} group={group} titleRest={titleRest(cluster)} />}
      <Theme />
      {cluster && <Session isSignedIn={isSignedIn} next={reloads ?? view ?? "/dashboard"} />}
    </header>
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
