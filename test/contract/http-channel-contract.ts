/**
 * What every channel that speaks HTTP must do beside the common contract: the retry table over status codes, both forms of
 * Retry-After, no redirect, no secret that an answer throws back.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { Delivered, RunDelivery } from "../support/delivery-order.ts";
import { startHostile } from "../support/hostile-server.ts";
import { makeNotification } from "../support/notifications.ts";
import { startHttpReceiver, type Answer, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { channelContract, expectSound, type DeliveringAbilities, type ReceiverUnderTest } from "./channel-contract.ts";
import { HTTP_CHANNELS, type HttpChannelName } from "./channels-under-test.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const TABLE: readonly (readonly [statusCode: number, kind: string, reason: string])[] = [
  [301, "refused", "refused"],
  [302, "refused", "refused"],
  [304, "refused", "refused"],
  [307, "refused", "refused"],
  [308, "refused", "refused"],
  [400, "refused", "refused"],
  [401, "refused", "credentials"],
  [403, "refused", "credentials"],
  [404, "refused", "refused"],
  [405, "refused", "refused"],
  [408, "deferred", "timeout"],
  [409, "refused", "refused"],
  [410, "refused", "refused"],
  [413, "refused", "refused"],
  [422, "refused", "refused"],
  [425, "deferred", "receiver_failed"],
  [429, "deferred", "rate_limited"],
  [451, "refused", "refused"],
  [500, "deferred", "receiver_failed"],
  [501, "deferred", "receiver_failed"],
  [502, "deferred", "receiver_failed"],
  [503, "deferred", "receiver_failed"],
  [504, "deferred", "receiver_failed"],
  [599, "deferred", "receiver_failed"],
];

const HOUR_S = 3_600;

export function httpChannelContract(
  type: HttpChannelName,
  run: RunDelivery,
  { label, abilities }: { label: string; abilities?: DeliveringAbilities },
): void {
  const { format, settings, secrets, idOf } = HTTP_CHANNELS[type];
  const deliver = (port: number, notification = makeNotification(), timeoutMs = WAIT_LIMIT_MS): Promise<Delivered> =>
    run({ type, settings: settings(port), notification, timeoutMs });

  channelContract(
    label,
    {
      deliver,
      secrets,
      carriesId: idOf !== null,
      awaitsGreeting: false,
      start: async () => underTest(await startHttpReceiver(format), idOf),
    },
    abilities,
  );

  describe(`channel over HTTP: ${label}`, () => {
    const open: HttpReceiver[] = [];
    afterEach(async () => {
      for (const each of open.splice(0)) await each.close();
    });
    /** Delivers once to a receiver that answers like this. */
    const answered = async (response: Answer) => {
      const receiver = await startHttpReceiver(format);
      open.push(receiver);
      receiver.response = () => response;
      const delivered = await deliver(receiver.port);
      expectSound(delivered, secrets);
      expect(receiver.messages).toHaveLength(1);
      return delivered.outcome;
    };

    it.each(TABLE)("takes the answer %i as %s: %s", async (status, kind, reason) => {
      const outcome = await answered({ status });
      expect(outcome).toMatchObject({ kind, reason, message: expect.stringContaining(String(status)) });
      expect(kind === "refused" || (outcome.kind === "deferred" && outcome.retryAfterMs === null)).toBe(true);
    });

    it.each([
      ["0", 0],
      ["7", 7_000],
      ["2.5", 2_500],
      ["999999999", HOUR_S * 1_000],
      ["-5", null],
      ["soon", null],
      ["Mon, 01 Jan 1990 00:00:00 GMT", 0],
      ["Fri, 31 Dec 9999 23:59:59 GMT", HOUR_S * 1_000],
      ["Xxx, 99 Xxx 9999 99:99:99 GMT", null],
    ])("reads Retry-After: %s", async (header, retryAfterMs) => {
      const headers = { "retry-after": header };
      expect(await answered({ status: 429, headers })).toMatchObject({ reason: "rate_limited", retryAfterMs });
      expect(await answered({ status: 503, headers })).toMatchObject({ reason: "receiver_failed", retryAfterMs });
    });

    it("reads a Retry-After that is a date to come", async () => {
      const headers = { "retry-after": new Date(Date.now() + 3_000_000).toUTCString() };
      const outcome = await answered({ status: 429, headers });
      const retryAfterMs = outcome.kind === "deferred" ? outcome.retryAfterMs : null;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(3_000_000);
    });

    it.each([301, 302, 303, 307, 308])("does not follow a redirect with %i", async (status) => {
      const elsewhere = await startHttpReceiver(format);
      open.push(elsewhere);
      const headers = { location: `http://127.0.0.1:${elsewhere.port}/` };
      expect(await answered({ status, headers })).toMatchObject({ kind: "refused", reason: "refused" });
      expect(elsewhere.accepted).toBe(0);
    });

    it.each([200, 400, 403, 429, 500])("repeats nothing of an answer %i that holds our secrets", async (status) => {
      const headers = { "x-echo": secrets.join(" "), "retry-after": secrets.join(" ") };
      const body = JSON.stringify({ id: secrets, sid: secrets, message: secrets.join() });
      expect(JSON.stringify(await answered({ status, headers, body }))).not.toContain(secrets[0]);
    });

    it("does not wait for the end of an answer that has none", async () => {
      const server = await startHostile("endless_body");
      const { outcome } = await deliver(server.port);
      expect(outcome.kind === "deferred" && outcome.reason).not.toBe("timeout");
      await server.close();
    });

    it.each([400, 500])("is done with an answer %i of 10 MB at once", async (status) => {
      expect(await answered({ status, body: "x".repeat(10_000_000) })).toMatchObject({
        message: expect.stringContaining(String(status)),
      });
    });
  });
}

function underTest(receiver: HttpReceiver, idOf: (typeof HTTP_CHANNELS)[HttpChannelName]["idOf"]): ReceiverUnderTest {
  return {
    port: receiver.port,
    faults: () => receiver.messages.map(({ fault }) => fault),
    ids: () => receiver.messages.map((message) => idOf?.(message)),
    breakDown: (isBroken) => void (receiver.response = isBroken ? () => ({ status: 503 }) : null),
    untilIdle: () => receiver.untilIdle(),
    close: () => receiver.close(),
  };
}
