/**
 * Every action of the pages, by the last step of its address. Mounted by pages.tsx, done by perform.tsx. Pure.
 * Invariant: what a page can say of what was done is one of their sentences (said-once.ts).
 */
import type { Action } from "./action.ts";
import { drill, testChannel } from "./channels.ts";
import { acknowledge, endSilence, silence, silenceUntil } from "./alerts.ts";
import { endMaintenance, maintenance } from "./maintenance.ts";
import { mark, withdrawMark } from "./marks.ts";

export const ACTIONS: Readonly<Record<string, Action>> = {
  acknowledge,
  silence,
  "silence-until": silenceUntil,
  "end-silence": endSilence,
  maintenance,
  "end-maintenance": endMaintenance,
  mark,
  "withdraw-mark": withdrawMark,
  "test-channel": testChannel,
  drill,
};
