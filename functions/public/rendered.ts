/**
 * What strangers see as bytes: each form of it is made once, however many ask, and sent again only when it has changed.
 * Used by routes.tsx and badges.ts. Invariant: what is kept hangs on the status that it was made of, and goes with it.
 */
import { toResponse } from "../http/bytes.ts";
import { etagOf, matchesEtag } from "../http/conditional.ts";
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

interface Sending {
  readonly maxAgeS: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly ifNoneMatch: string | undefined;
  /** Whether search engines may list it. */
  readonly isIndexed: boolean;
}

export function send({ body, etag }: Rendered, { maxAgeS, headers, ifNoneMatch, isIndexed }: Sending): Response {
  const all = {
    ...headers,
    "cache-control": `max-age=${maxAgeS}`,
    etag,
    ...(!isIndexed && { "x-robots-tag": "noindex" }),
  };
  if (matchesEtag(ifNoneMatch, etag)) return toResponse({ status: 304, headers: all, body: null });
  return toResponse({ status: 200, headers: all, body });
}
