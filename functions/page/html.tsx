/**
 * A page on its way out: framed, as HTML, with the headers of every page.
 * Used by pages.tsx and session.tsx. Invariant: a page runs our scripts only, loads nothing of another origin and is framed by nobody.
 */
import type { Child } from "hono/jsx";
import { SECURITY_HEADERS, toResponse, type Bytes } from "../http/bytes.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { StatusGroup } from "./status-words.ts";
import type { Currency } from "./currency.ts";
import { Frame, type FrameProps } from "./views/frame.tsx";

export const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types monitoring",
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // With none at all a browser does not say whose page a form was on.
  "referrer-policy": "same-origin",
};

/** What JSX makes; a promise where a part of it is one. */
export interface Markup {
  toString(): string | Promise<string>;
}

export interface Framing {
  readonly heading: string;
  readonly group: StatusGroup;
  /** Whose page it is. Default: it is not said, as to who has not been let in. */
  readonly cluster?: Pick<Cluster, "node" | "notice" | "routes"> | null;
  /** What is loaded again by itself. Default: nothing. */
  readonly reloads?: string | null;
  /** What a script takes over when it is new, where somebody may be typing. Default: nothing. */
  readonly follows?: string | null;
  /** How soon that is loaded again while something is under way, scripts or not. Default: nothing is. */
  readonly followsAfterS?: FrameProps["followsAfterS"];
  /** The address of the view among those of the navigation. Default: it is none of them. */
  readonly view?: string | null;
  /** Default: no. */
  readonly isSignedIn?: boolean;
  /** Whether it leads to what everybody may see. Default: no. */
  readonly hasPublicPage?: boolean;
  /** How current it is. Default: it is of no moment. */
  readonly currency?: Currency | null;
}

export function framed(page: Child, framing: Framing): Markup {
  const defaults = {
    cluster: null,
    reloads: null,
    follows: null,
    followsAfterS: null,
    view: null,
    isSignedIn: false,
    hasPublicPage: false,
    currency: null,
  };
  const whole = { ...defaults, ...framing };
  return <Frame {...whole}>{page}</Frame>;
}

type Sending = Partial<Pick<Bytes, "status" | "headers">>;

export async function html(page: Markup, { status = 200, headers = {} }: Sending = {}): Promise<Response> {
  return toResponse({ status, headers: { ...PAGE_HEADERS, ...headers }, body: await documentOf(page) });
}

/** The end of what a page is about; nothing of it is text of others, which is escaped. */
const END = "</main>";

/** The page at once, and what it waits for as the last of its contents when that is there. `whole` is of documentOf, `rest` never rejects. */
export async function htmlInTwo(
  whole: string,
  rest: Promise<Markup>,
  headers: Bytes["headers"] = {},
): Promise<Response> {
  const end = whole.lastIndexOf(END);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(encoder.encode(whole.slice(0, end)));
      controller.enqueue(encoder.encode((await (await rest).toString()) + whole.slice(end)));
      controller.close();
    },
  });
  return new Response(body, { status: 200, headers: { ...PAGE_HEADERS, ...headers } });
}

export async function documentOf(page: Markup): Promise<string> {
  return `<!doctype html>${await markupOf(page)}`;
}

export async function markupOf(part: Markup): Promise<string> {
  return part.toString();
}
