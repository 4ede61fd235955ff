/** What may be tried on the channels: one of them by a test message, all of them by a drill. Pure. */
import { fieldOf, type Action } from "./action.ts";

export const testChannel: Action = {
  ask: (form) => ({ path: `/channels/${encodeURIComponent(fieldOf(form, "channel"))}/test` }),
  done: "The test has ended: what became of it stands beside the channel.",
  begun: "The test is under way: this page shows what becomes of it, and may be left.",
  gone: "There was nothing to test any more: that channel is not configured now.",
};

export const drill: Action = {
  ask: () => ({ path: "/drill" }),
  done: "The drill has begun: this page shows what becomes of it, and may be left.",
  begun: "The drill begins: this page shows what becomes of it, and may be left.",
};
