/**
 * What a page says once after a form was sent, such as "Silenced for an hour." or "That silence had ended already.": kept by the browser until the next page has said it.
 * Written by perform.tsx and check-now.tsx, read by the views. It needs no script, and no address can claim what nobody did.
 * Invariants: loading a page again says nothing again; what can be said is a sentence of ours, by the name of its action.
 */
import { ACTIONS } from "./actions/registry.ts";

const COOKIE = /(?:^|;\s*)said=(done|begun|gone|check)\.([\w-]{1,40})(?:\.([\w-]{1,64}))?(?=\s*(?:;|$))/;

/** Of all pages that forms lead back to. */
const SCOPE = "Path=/dashboard; HttpOnly; SameSite=Strict";

/** Whoever has not been led back by then has gone elsewhere. */
const KEPT_S = 60;
/** No check takes longer. */
const CHECK_KEPT_S = 900;

/** What is younger than that is not checked anew, and counts as checked. */
const YOUNG_MS = 10_000;

export function sayDone(action: string): string {
  return `said=done.${action}; Max-Age=${KEPT_S}; ${SCOPE}`;
}

/** It goes on by itself. */
export function sayBegun(action: string): string {
  return `said=begun.${action}; Max-Age=${KEPT_S}; ${SCOPE}`;
}

/** What it was about was there no more. */
export function sayGone(action: string): string {
  return `said=gone.${action}; Max-Age=${KEPT_S}; ${SCOPE}`;
}

/** Said on the page of the service, once it has been checked since. */
export function sayChecked(serviceId: string, nowMs: number): string {
  return `said=check.${nowMs}.${serviceId}; Max-Age=${CHECK_KEPT_S}; ${SCOPE}`;
}

export interface Said {
  /** Null: nothing. */
  readonly sentence: string | null;
  /** Of the page that says it. */
  readonly headers: Readonly<Record<string, string>>;
}

const NOTHING: Said = { sentence: null, headers: {} };

/** What was done. */
export function readSaid(headers: Headers): Said {
  const [, kind, name = ""] = findCookie(headers);
  if ((kind !== "done" && kind !== "begun" && kind !== "gone") || !Object.hasOwn(ACTIONS, name)) return NOTHING;
  return said(ACTIONS[name]?.[kind] ?? null);
}

interface LastCheck {
  readonly serviceId: string;
  /** Epoch ms; null: there was none. */
  readonly checkedAtMs: number | null;
}

/** The same on the page of a service, which may have been checked because somebody asked for it. */
export function readSaidOf({ serviceId, checkedAtMs }: LastCheck, headers: Headers): Said {
  const [, kind, askedAtMs, asked] = findCookie(headers);
  if (kind !== "check") return readSaid(headers);
  const isChecked = checkedAtMs !== null && checkedAtMs >= Number(askedAtMs) - YOUNG_MS;
  return isChecked && asked === serviceId ? said("Checked just now.") : NOTHING;
}

/** Whether this page may be another one than that of everybody. */
export function hasSaid(headers: Headers): boolean {
  return findCookie(headers).length > 0;
}

function findCookie(headers: Headers): readonly string[] {
  return COOKIE.exec(headers.get("cookie") ?? "") ?? [];
}

function said(sentence: string | null): Said {
  return { sentence, headers: { "set-cookie": `said=; Max-Age=0; ${SCOPE}` } };
}
