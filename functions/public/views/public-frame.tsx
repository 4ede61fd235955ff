/**
 * What the pages for strangers have around them. Unlike views/frame.tsx of the other pages it names no node, no version and no other view.
 * Invariant: the title begins with what the page has to say.
 */
import type { Child } from "hono/jsx";
import { assetPath } from "../../page/assets.ts";
import { iconOf } from "../../page/icon.ts";
import type { StatusGroup } from "../../page/status-words.ts";

/** Without a script; with one it is as often (client/public.ts). */
const RELOAD_S = 60;

interface PublicFrameProps {
  readonly heading: string;
  readonly group: StatusGroup;
  /** Of the whole page; null where nothing is shown to anybody. */
  readonly site: { readonly title: string; readonly notice: string | null; readonly isIndexed: boolean } | null;
  /** What is loaded again by itself; null: nothing. */
  readonly reloads: string | null;
  readonly children?: Child;
}

export function PublicFrame({ heading, group, site, reloads, children }: PublicFrameProps) {
  const title = site?.title ?? "Status";
  return (
    <html lang="en">
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
        <link id="icon" rel="icon" href={iconOf(group)} />
        <link rel="stylesheet" href={assetPath("page.css")} />
        {site && <link rel="alternate" type="application/atom+xml" title={title} href="/feed.xml" />}
        <script src={assetPath("public.js")} defer></script>
      </head>
      <body class="public">
        <a class="skip" href="#main">
          Skip to what it says
        </a>
        <header>
          <strong>{site ? <a href="/status">{title}</a> : title}</strong>
        </header>
        <main id="main" data-reloads={reloads}>
          {site && site.notice !== null && <p class="notice">{site.notice}</p>}
          {children}
        </main>
        {site && (
          <footer>
            <a href="/feed.xml">Feed (Atom)</a>
            <a href="/status.json">JSON</a>
          </footer>
        )}
      </body>
    </html>
  );
}
