/**
 * What a page says once after a form was sent, such as "Silenced for an hour." or "That silence had ended already.": kept by the browser
 * until the next page has said it. Written by perform.tsx and check-now.tsx, read by the views.
 * Invariants: loading a page again says nothing again; what can be said is a sentence of ours, by the name of its action; it needs no
 * script, and neither an address nor a page on another port can claim what nobody did (own-signature.ts).
 */
import type { MonitorContext } from "../context.ts";
import { ACTIONS } from "./actions/registry.ts";
import { isOwn, signOwn } from "./own-signature.ts";

const COOKIE = /(?:^|;\s*)said=(done|begun|gone|check)\.([\w-]{1,64})\.(\d{1,16})\.([0-9a-f]{64})(?=\s*(?:;|$))/;

/** Of all pages that forms lead back to. */
const SCOPE = "Path=/dashboard; HttpOnly; SameSite=Strict";

/** Whoever has not been led back by then has gone elsewhere; no check takes longer than the last one. */
const KEPT_S = { done: 60, begun: 60, gone: 60, check: 900 } as const;

type Kind = keyof typeof KEPT_S;

/** What is younger than that is not checked anew, and counts as checked. */
const YOUNG_MS = 10_000;

type Uses = Pick<MonitorContext, "config" | "clock">;

/** That the action was done; that it has begun and goes on by itself; that what it was about was there no more. */
export function sayOf(kind: Exclude<Kind, "check">, action: string, uses: Uses): Promise<string> {
  return keep(kind, action, uses);
}

/** Said on the page of the service, once it has been checked since. */
export function sayChecked(serviceId: string, uses: Uses): Promise<string> {
  return keep("check", serviceId, uses);
}

async function keep(kind: Kind, name: string, { config, clock }: Uses): Promise<string> {
  const text = `${kind}.${name}.${clock.nowMs()}`;
  return `said=${text}.${await signOwn(text, config().auth)}; Max-Age=${KEPT_S[kind]}; ${SCOPE}`;
}

export interface Said {
  /** Null: nothing. */
  readonly sentence: string | null;
  /** Of the page that says it. */
  readonly headers: Readonly<Record<string, string>>;
}

const NOTHING: Said = { sentence: null, headers: {} };

/** What was done. */
export async function readSaid(headers: Headers, uses: Uses): Promise<Said> {
  const kept = await findKept(headers, uses);
  if (kept === null || kept.kind === "check" || !Object.hasOwn(ACTIONS, kept.name)) return NOTHING;
  return said(ACTIONS[kept.name]?.[kept.kind] ?? null);
}

interface LastCheck {
  readonly serviceId: string;
  /** Epoch ms; null: there was none. */
  readonly checkedAtMs: number | null;
}

/** The same on the page of a service, which may have been checked because somebody asked for it. */
export async function readSaidOf({ serviceId, checkedAtMs }: LastCheck, headers: Headers, uses: Uses): Promise<Said> {
  const kept = await findKept(headers, uses);
  if (kept?.kind !== "check") return readSaid(headers, uses);
  const isChecked = checkedAtMs !== null && checkedAtMs >= kept.atMs - YOUNG_MS;
  return isChecked && kept.name === serviceId ? said("Checked just now.") : NOTHING;
}

/** Whether this page may be another one than that of everybody. */
export function hasSaid(headers: Headers): boolean {
  return COOKIE.test(headers.get("cookie") ?? "");
}

interface Kept {
  readonly kind: Kind;
  readonly name: string;
  readonly atMs: number;
}

/** Null: nothing that is ours and not too old; browsers that keep it for longer are not the only ones who can bring it. */
async function findKept(headers: Headers, { config, clock }: Uses): Promise<Kept | null> {
  const [, found, name = "", at = "", signature = ""] = COOKIE.exec(headers.get("cookie") ?? "") ?? [];
  if (found === undefined) return null;
  const [kind, atMs] = [found as Kind, Number(at)]; // by the pattern
  if (Math.abs(clock.nowMs() - atMs) > KEPT_S[kind] * 1_000) return null;
  return (await isOwn(`${kind}.${name}.${at}`, signature, config().auth)) ? { kind, name, atMs } : null;
}

function said(sentence: string | null): Said {
  return { sentence, headers: { "set-cookie": `said=; Max-Age=0; ${SCOPE}` } };
}
