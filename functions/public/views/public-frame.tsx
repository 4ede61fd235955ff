/**
 * What the pages for strangers have around them. Unlike views/frame.tsx of the other pages it names no node, no version and no other view.
 * Invariant: the title begins with what the page has to say.
 */
import type { Child } from "hono/jsx";
import { assetPath } from "../../page/assets.ts";
import { iconOf } from "../../page/icon.ts";
import type { Currency } from "../../page/currency.ts";
import type { StatusGroup } from "../../page/status-words.ts";
import { Alarm, CurrencyLine, STALE_HEADING, StaleNote } from "../../page/views/currency.tsx";

/** Without a script; with one it is more often (client/follow-page.ts). */
const RELOAD_S = 60;

interface PublicFrameProps {
  readonly heading: string;
  readonly group: StatusGroup;
  /** Of the whole page; null where nothing is shown to anybody. */
  readonly site: { readonly title: string; readonly notice: string | null; readonly isIndexed: boolean } | null;
  /** What is loaded again by itself; null: nothing. */
  readonly reloads: string | null;
  /** By the last check. When it is stale it says so in place of its heading; null: it is of no moment. */
  readonly currency: Currency | null;
  readonly children?: Child;
}

export function PublicFrame(asked: PublicFrameProps) {
  const { site, reloads, currency, children } = asked;
  const isStale = currency?.isStale === true;
  const props = isStale ? { ...asked, heading: STALE_HEADING, group: "unknown" as const } : asked;
  const { heading, group } = props;
  const title = titleOf(site);
  return (
    <html lang="en">
      <Head {...props} />
      <body class={isStale ? "public is-stale" : "public"}>
        <a class="skip" href="#main">
          Skip to what it says
        </a>
        <header>
          <strong>{site ? <a href="/status">{title}</a> : title}</strong>
          {currency && <CurrencyLine currency={currency} heading={heading} group={group} titleRest={title} />}
        </header>
        <main id="main" data-reloads={reloads}>
          {currency && <StaleNote currency={currency} />}
          {site && site.notice !== null && <p class="notice">{site.notice}</p>}
          {children}
        </main>
        {site && (
          <footer>
            <a href="/feed.xml">Feed (Atom)</a>
            <a href="/status.json">JSON</a>
          </footer>
        )}
        {currency && <Alarm currency={currency} />}
      </body>
    </html>
  );
}

function titleOf(site: PublicFrameProps["site"]): string {
  return site?.title ?? "Status";
}

function Head({ heading, group, site, reloads }: PublicFrameProps) {
  const title = titleOf(site);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {!site?.isIndexed && <meta name="robots" content="noindex" />}
      {reloads !== null && (
        <noscript>
          <meta http-equiv="refresh" content={`${RELOAD_S}; url=${reloads}`} />
        </noscript>
      )}
      <title>{heading === title ? title : `${heading} · ${title}`}</title>
      <link id="icon" rel="icon" href={iconOf(group)} data-stale={iconOf("unknown")} />
      <link rel="stylesheet" href={assetPath("page.css")} />
      {site && <link rel="alternate" type="application/atom+xml" title={title} href="/feed.xml" />}
      <script src={assetPath("public.js")} defer></script>
    </head>
  );
}
