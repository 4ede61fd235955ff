/**
 * What every channel must do, whatever it speaks: deliver what its receiver understands, end in time, never reject, leak
 * nothing, close everything. Runs over real sockets against receivers on loopback that check their documented format.
 */
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  NOTIFICATION_TYPES,
  type Notification,
  type NotificationType,
} from "../../shared/domain/alerting/notification.ts";
import { DELIVERY_FAILURES } from "../../shared/ports/notifier.ts";
import { startBlackhole } from "../support/blackhole.ts";
import type { Delivered } from "../support/delivery-order.ts";
import { MISCHIEFS, startHostile, type MischiefName } from "../support/hostile-server.ts";
import { closedPort } from "../support/loopback-server.ts";
import { HOSTILE_TEXTS, hostileNotification, makeNotification, makeReport, NOON_MS } from "../support/notifications.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

export interface ChannelUnderTest {
  /** Starts a receiver that takes what fits its documented format and refuses everything else. */
  start(): Promise<ReceiverUnderTest>;
  /** Delivers once to that port of loopback. */
  deliver(port: number, notification: Notification, timeoutMs: number): Promise<Delivered>;
  /** What must never be seen in an outcome or a log. */
  readonly secrets: readonly string[];
  /** False when the receiver has no place for the notification's id. */
  readonly carriesId: boolean;
  /** True when the receiver has the first word: then mischief that waits for a request never begins. */
  readonly awaitsGreeting: boolean;
}

export interface ReceiverUnderTest {
  readonly port: number;
  /** What was wrong with each message that came; null for one that was fine. */
  faults(): readonly (string | null)[];
  /** The notification's id in each message. */
  ids(): readonly unknown[];
  /** While it is broken, it answers every message that it cannot take it now. */
  breakDown(isBroken: boolean): void;
  untilIdle(): Promise<void>;
  close(): Promise<void>;
}

/** What a host may leave to its platform; whoever does says so by name. */
export interface DeliveringAbilities {
  /** Ends an exchange that sends informational answers without end; a platform may be busy with them beyond any deadline. */
  readonly endsHints: boolean;
  /** Closes connections itself; a platform may keep them for the next request. */
  readonly ownsConnections: boolean;
}

const ALL_ABILITIES: DeliveringAbilities = { endsHints: true, ownsConnections: true };

/** Mischief that does not wait for a request. */
const UNASKED: ReadonlySet<MischiefName> = new Set(["silent", "reset_at_once", "ssh_banner"]);

export function channelContract(
  name: string,
  { start, deliver, secrets, carriesId, awaitsGreeting }: ChannelUnderTest,
  { endsHints, ownsConnections } = ALL_ABILITIES,
): void {
  describe(`channel: ${name}`, () => {
    const open: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const each of open.splice(0)) await each.close();
    });
    const track = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
      const server = await starting;
      open.push(server);
      return server;
    };
    /** The outcome of one delivery; whatever it is, it must be sound. */
    const send = async (port: number, notification = makeNotification(), timeoutMs = WAIT_LIMIT_MS) => {
      const delivered = await deliver(port, notification, timeoutMs);
      expectSound(delivered, secrets);
      return delivered.outcome;
    };

    const types = Object.keys(NOTIFICATION_TYPES) as NotificationType[];
    it.each(types)("delivers %s", async (type) => {
      const receiver = await track(start());
      expect(await send(receiver.port, buildNotification(type))).toMatchObject({ kind: "accepted" });
      expect(receiver.faults()).toEqual([null]);
      if (ownsConnections) await receiver.untilIdle();
    });

    it.each([2, 25, 1_000])("delivers %i alerts as one message", async (count) => {
      const alerts = Array.from({ length: count }, (_, index) =>
        makeReport({
          id: `a-${index}`,
          name: `Service number ${index}`,
          affected: ["A", "B"],
          actionTaken: "restarted",
        }),
      );
      const receiver = await track(start());
      expect(await send(receiver.port, makeNotification({ alerts }))).toMatchObject({ kind: "accepted" });
      expect(receiver.faults()).toEqual([null]);
    });

    it.each(Object.keys(HOSTILE_TEXTS))("delivers %s as harmless text", async (kind) => {
      const receiver = await track(start());
      const notification = hostileNotification(HOSTILE_TEXTS[kind] ?? "");
      expect(await send(receiver.port, notification)).toMatchObject({ kind: "accepted" });
      expect(receiver.faults()).toEqual([null]);
    });

    it("delivers a message whose texts are empty", async () => {
      const receiver = await track(start());
      expect(await send(receiver.port, hostileNotification(""))).toMatchObject({ kind: "accepted" });
      expect(receiver.faults()).toEqual([null]);
    });

    it("defers what the receiver cannot take now, and says the same at the next attempt", async () => {
      const receiver = await track(start());
      receiver.breakDown(true);
      expect(await send(receiver.port)).toMatchObject({ kind: "deferred", reason: "receiver_failed" });
      receiver.breakDown(false);
      expect(await send(receiver.port)).toMatchObject({ kind: "accepted" });
      const [first, second] = receiver.ids();
      expect(second).toEqual(first);
      expect(second === undefined).toBe(!carriesId);
    });

    it("defers while nothing listens", async () => {
      expect(await send(await closedPort())).toMatchObject({ kind: "deferred", reason: "connection" });
    });

    it("ends at its deadline while no connection comes about", async () => {
      const blackhole = await track(startBlackhole());
      const outcome = await send(blackhole.port, makeNotification(), 200);
      expect(outcome).toMatchObject({ kind: "deferred", reason: "timeout" });
    });

    it("ends at its deadline while the receiver is silent, and hangs up", async () => {
      const server = await track(startHostile("silent"));
      const ended: string[] = [];
      const earlier = setTimeout(100).then(() => ended.push("earlier"));
      expect(await send(server.port, makeNotification(), 200)).toMatchObject({ kind: "deferred", reason: "timeout" });
      ended.push("deadline");
      await earlier;
      expect(ended).toEqual(["earlier", "deadline"]);
      await server.untilIdle();
    });

    const mischiefs = (Object.keys(MISCHIEFS) as MischiefName[]).filter(
      (each) => (endsHints || each !== "endless_hints") && (!awaitsGreeting || UNASKED.has(each)),
    );
    it.each(mischiefs)("survives %s: it ends, in order, without a secret", async (mischief) => {
      const server = await track(startHostile(mischief));
      const { kind } = await send(server.port, makeNotification(), 300);
      expect(kind).toMatch(/^(accepted|deferred|refused)$/);
      await server.untilIdle();
    });

    it("can run many times at once", async () => {
      const receiver = await track(start());
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(receiver.port)));
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
      expect(receiver.faults()).toHaveLength(20);
      if (ownsConnections) await receiver.untilIdle();
    });
  });
}

function buildNotification(type: NotificationType): Notification {
  if (type === "channel.test" || type === "drill") return makeNotification({ type, alerts: [], severity: "info" });
  if (type !== "alert.resolved") return makeNotification({ type, isLate: true });
  const ended = { state: "resolved", endedAtMs: NOON_MS, endReason: "recovered", status: "healthy" } as const;
  return makeNotification({ type, alerts: [makeReport({ ...ended, reason: null, message: null })] });
}

/** Whatever came of it, it is an outcome of the port and holds no secret; nor does the log. */
export function expectSound({ outcome, logged }: Delivered, secrets: readonly string[]): void {
  const said = `${JSON.stringify(outcome)}\n${logged.join("\n")}`;
  for (const secret of secrets) expect(said).not.toContain(secret);
  if (outcome.kind === "accepted") return;
  expect(Object.keys(DELIVERY_FAILURES)).toContain(outcome.reason);
  expect(outcome.message).toMatch(/^[A-Z][ -~]{3,120}$/);
  if (outcome.kind === "refused" || outcome.retryAfterMs === null) return;
  expect(outcome.retryAfterMs).toBeGreaterThanOrEqual(0);
  expect(outcome.retryAfterMs).toBeLessThanOrEqual(3_600_000);
}
