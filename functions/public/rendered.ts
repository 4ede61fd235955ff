/**
 * What strangers see as bytes: each form of it is made once, however many ask, and sent again only when it has changed.
 * Used by routes.tsx and badges.ts. Invariant: what is kept hangs on the status that it was made of, and goes with it.
 */
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { toResponse } from "../http/bytes.ts";
import { etagOf, matchesEtag } from "../http/conditional.ts";
import { acceptsGzip, type Compress } from "../http/content-coding.ts";
import type { PublicStatus } from "./status-model.ts";

export interface Rendered {
  readonly body: string;
  readonly etag: string;
}

const kept = new WeakMap<PublicStatus, Map<string, Rendered>>();

/** @param form one of few: it must not grow with what is asked */
export async function renderOnce(
  status: PublicStatus,
  form: string,
  render: () => string | Promise<string>,
): Promise<Rendered> {
  const forms = kept.get(status) ?? new Map<string, Rendered>();
  kept.set(status, forms);
  const known = forms.get(form);
  if (known) return known;
  const body = await render();
  const rendered = { body, etag: etagOf(body) };
  forms.set(form, rendered);
  return rendered;
}

/** Compressed, where it has been asked for so. */
const packed = new WeakMap<Rendered, ReturnType<Compress>>();

function pack(rendered: Rendered, compress: Compress): ReturnType<Compress> {
  const known = packed.get(rendered) ?? compress(rendered.body);
  packed.set(rendered, known);
  return known;
}

interface Sending {
  readonly maxAgeS: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether search engines may list it. */
  readonly isIndexed: boolean;
  /** False for what is short and made for each who asks. Default: it is compressed, once. */
  readonly isWorthPacking?: boolean;
}

/** To who asks by `context`. */
export async function send(
  rendered: Rendered,
  { maxAgeS, headers, isIndexed, isWorthPacking = true }: Sending,
  { req, env }: Context<AppEnv>,
): Promise<Response> {
  const mayPack = isWorthPacking ? env.compress : null;
  const compress = acceptsGzip(req.header("accept-encoding") ?? null) ? mayPack : null;
  // Other bytes, another strong tag (RFC 9110 §8.8.3.3).
  const etag = compress ? rendered.etag.replace(/"$/, '-gzip"') : rendered.etag;
  const all = {
    ...headers,
    "cache-control": `max-age=${maxAgeS}`,
    etag,
    ...(mayPack && { vary: "Accept-Encoding" }),
    ...(!isIndexed && { "x-robots-tag": "noindex" }),
  };
  if (matchesEtag(req.header("if-none-match"), etag)) return toResponse({ status: 304, headers: all, body: null });
  if (!compress) return toResponse({ status: 200, headers: all, body: rendered.body });
  const body = await pack(rendered, compress);
  return toResponse({ status: 200, headers: { ...all, "content-encoding": "gzip" }, body });
}
