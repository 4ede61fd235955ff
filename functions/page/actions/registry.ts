/**
 * Every action of the pages, by the last step of its address. Mounted by pages.tsx, done by perform.tsx. Pure.
 * Invariant: only an answer of success leads to the address that says so; what such an address can say is one of these sentences.
 */
import type { Action } from "./action.ts";
import { drill, testChannel } from "./channels.ts";
import { acknowledge, endSilence, silence, silenceUntil } from "./alerts.ts";
import { endMaintenance, maintenance } from "./maintenance.ts";
import { mark } from "./marks.ts";

export const ACTIONS: Readonly<Record<string, Action>> = {
  acknowledge,
  silence,
  "silence-until": silenceUntil,
  "end-silence": endSilence,
  maintenance,
  "end-maintenance": endMaintenance,
  mark,
  "test-channel": testChannel,
  drill,
};

/** What a page says when it is shown after one; null: nothing. */
export function doneSentence(name: string | undefined): string | null {
  return findAction(name)?.done ?? null;
}

/** The same by the query of the page, also of what has only begun. */
export function saidSentence(query: URLSearchParams): string | null {
  return findAction(query.get("begun"))?.begun ?? findAction(query.get("done"))?.done ?? null;
}

function findAction(name: string | null | undefined): Action | undefined {
  return name !== null && name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}
