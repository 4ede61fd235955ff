/** Who has heard of an alert: by the messages about it, whatever names and settings there were. */
import { describe, expect, it } from "vitest";
import { hasHeard, type Receiver } from "../../../shared/domain/alerting/heard.ts";
import type { RelatedMessage } from "../../../shared/domain/alerting/same-message.ts";
import { T0 } from "../../support/checks.ts";

const MESSAGE: RelatedMessage = {
  id: "1",
  channel: "slack",
  type: "alert.firing",
  state: "sent",
  alertIds: ["a"],
  atMs: T0,
  elsewhereAtMs: null,
  fingerprint: "f",
  failure: null,
  catchesUpOn: null,
};
const SLACK: Receiver = { name: "slack", fingerprint: "f" };
const ANN: Receiver = { name: "mail/ann", fingerprint: "f" };
const TO_ANN = { channel: "mail/ann" };
const PENDING = { state: "pending", fingerprint: null } as const;
const REFUSED = { state: "failed", failure: "refused" } as const;

interface Case {
  readonly who: string;
  readonly receiver?: Receiver;
  readonly message: Partial<RelatedMessage>;
  readonly settings?: Readonly<Record<string, string>>;
}

const heard = ({ receiver = SLACK, message, settings = {} }: Case): boolean => {
  const messages = [{ ...MESSAGE, ...message }];
  const configured = new Set(["slack", "team", "mail", "mail/ann"]);
  return hasHeard(receiver, { id: "a" }, { messages, settings: new Map(Object.entries(settings)), configured });
};

describe("an alert has been heard of", () => {
  it.each<Case>([
    { who: "a channel that was told", message: {} },
    { who: "a channel by another name", message: { channel: "chat" } },
    { who: "a channel for which it waits", message: PENDING },
    {
      who: "a channel that has another name by now, for which it waits",
      message: { ...PENDING, channel: "old" },
      settings: { old: "f" },
    },
    { who: "a channel of which the settings are not known", message: { fingerprint: null } },
    {
      who: "a channel that was told before settings were kept",
      message: { fingerprint: null },
      settings: { slack: "f" },
    },
    { who: "a channel that refused it, so that others were told", message: REFUSED },
    { who: "a recipient", receiver: ANN, message: TO_ANN },
    { who: "a recipient, with other settings", receiver: ANN, message: { ...TO_ANN, fingerprint: "g" } },
    { who: "a recipient of another channel", receiver: ANN, message: { channel: "post/ann", ...PENDING } },
    {
      who: "a recipient whose channel is to tell all of them",
      receiver: ANN,
      message: { channel: "mail", ...PENDING },
    },
    {
      who: "a recipient who stood alone for the channel once",
      receiver: ANN,
      message: { channel: "mail", fingerprint: null },
    },
    { who: "a recipient who refused it", receiver: ANN, message: { ...TO_ANN, ...REFUSED } },
    {
      who: "a recipient whom the primary told",
      receiver: ANN,
      message: { ...TO_ANN, ...REFUSED, failure: "left_to_primary", fingerprint: null },
    },
  ])("by $who", (each) => expect(heard(each)).toBe(true));

  it.each<Case>([
    {
      who: "a recipient of another channel, when others stood for that one alone",
      receiver: ANN,
      message: { channel: "post", fingerprint: null },
      settings: { post: "g" },
    },
    { who: "nobody, when it is another one", message: { alertIds: ["b"] } },
    { who: "whoever was told of its end only", message: { type: "alert.resolved" } },
    { who: "another URL", message: { fingerprint: "g" } },
    { who: "another URL, by what the channel used last", message: { fingerprint: null }, settings: { slack: "g" } },
    {
      who: "a channel whose old one has another URL, for which it waits",
      message: { ...PENDING, channel: "team" },
      settings: { team: "f" },
    },
    { who: "another channel", message: { channel: "chat", fingerprint: null } },
    {
      who: "a channel that has its name from a recipient's",
      receiver: ANN,
      message: { fingerprint: "g", channel: "mail" },
    },
    { who: "another recipient", receiver: ANN, message: { channel: "mail/bob" } },
    { who: "a channel, when one recipient was told", message: TO_ANN },
    {
      who: "who was not configured at the time",
      receiver: ANN,
      message: { ...TO_ANN, ...REFUSED, failure: "not_configured", fingerprint: null },
    },
    {
      who: "a recipient whose channel has been repaired",
      receiver: ANN,
      message: { ...TO_ANN, ...REFUSED, fingerprint: "g" },
    },
  ])("not by $who", (each) => expect(heard(each)).toBe(false));
});
