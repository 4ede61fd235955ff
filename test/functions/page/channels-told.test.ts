/** Who knows of an alert, by its messages. */
import { expect, it } from "vitest";
import { channelsTold } from "../../../functions/page/channels-told.ts";
import type { AlertMessage } from "../../../shared/domain/alerting/alert-timeline.ts";
import { remediationChannel } from "../../../shared/domain/alerting/remediation.ts";

const message = (channel: string, more: Partial<AlertMessage> = {}): AlertMessage => ({
  alertIds: ["a"],
  channel,
  type: "alert.firing",
  state: "pending",
  createdAtMs: 1,
  endedAtMs: null,
  failure: null,
  receipt: null,
  ...more,
});
const taken = (channel: string, endedAtMs = 2) => message(channel, { state: "sent", endedAtMs });
const refused = (channel: string) => message(channel, { state: "failed", endedAtMs: 3, failure: "refused" });

const statesOf = (decided: readonly string[], messages: readonly AlertMessage[]) =>
  channelsTold(decided, messages).map(({ channel, state, atMs, failure }) => [channel, state, atMs, failure]);

it("A receiver that took the message is told apart from one that has not yet, fails now, or never will", () => {
  const messages = [
    taken("hook"),
    message("slow"),
    message("fail", { failure: "receiver_failed" }),
    refused("gone"),
    message(remediationChannel("tools")),
  ];
  expect(statesOf(["hook", "slow", "fail", "gone", "old"], messages)).toEqual([
    ["hook", "taken", 2, null],
    ["slow", "waits", 1, null],
    ["fail", "retried", 1, "receiver failed"],
    ["gone", "refused", 3, "refused"],
    ["old", "decided", null, null],
  ]);
});

it.each<[string, readonly AlertMessage[], string]>([
  ["a reminder that waits", [taken("ops"), message("ops")], "taken"],
  ["a reminder that was taken", [refused("ops"), taken("ops")], "taken"],
  ["one of the recipients", [refused("ops/a"), taken("ops/b"), refused("ops/c")], "taken"],
  ["one that may still be told", [message("ops/a"), refused("ops/b")], "waits"],
])("Of several messages to a channel decides who knows most: %s", (_what, messages, state) => {
  expect(statesOf(["ops"], messages).map((each) => each.slice(0, 2))).toEqual([["ops", state]]);
});

it("Of messages that were taken the last one counts", () => {
  expect(statesOf([], [taken("ops", 2), taken("ops", 9)])).toEqual([["ops", "taken", 9, null]]);
});
