/**
 * Mail servers that take their time, as long as RFC 5321 lets them at each stage; and those that never answer. Real sockets, and a
 * fake clock for the waiting.
 */
import type { Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { parseHost } from "../../shared/domain/net/target.ts";
import { emailMessage } from "../../shared/notify/email-message.ts";
import { LONGEST_SESSION_MS } from "../../shared/notify/mail-patience.ts";
import { sendMail } from "../../shared/notify/smtp-session.ts";
import type { DeliveryOutcome } from "../../shared/ports/notifier.ts";
import { T0 } from "../support/checks.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { startRaw } from "../support/hostile-server.ts";
import { makeNotification } from "../support/notifications.ts";
import { NO_HTTP } from "../support/probe-loop-bench.ts";

const MIN = 60_000;
const [from, recipient] = ["monitoring@example.test", "one@example.test"];
const MAIL = { from, recipient, message: emailMessage(makeNotification(), { from, to: [recipient] }) };
const ANSWERS: Readonly<Record<string, string>> = {
  greeting: "220 mail.test",
  EHLO: "250 mail.test",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  ".": "250 queued",
  QUIT: "221 bye",
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A server that waits before it answers this command; `then` says what it does then. */
async function serverThatWaitsAt(command: string) {
  let reached = (_socket: Socket): void => {};
  const isThere = new Promise<Socket>((resolve) => (reached = resolve));
  const server = await startRaw((socket) => {
    let isMessage = false;
    const answer = (asked: string): void => {
      if (asked === command) reached(socket);
      else socket.write(`${ANSWERS[asked] ?? "500 what?"}\r\n`);
    };
    socket
      .on("error", () => {})
      .on("data", (chunk: Buffer) => {
        for (const line of chunk.toString("latin1").split("\r\n").filter(Boolean)) {
          if (isMessage && line !== ".") continue;
          isMessage = line === "DATA";
          answer(line.split(" ")[0] ?? "");
        }
      });
    answer("greeting");
  });
  open.push(server);
  return { server, isThere };
}

async function sendTo(command: string, waitMs: number, then: (socket: Socket) => void): Promise<DeliveryOutcome> {
  const clock = new FakeClock(T0);
  const { server, isThere } = await serverThatWaitsAt(command);
  const target = parseHost("127.0.0.1", server.port);
  if (!target) throw new Error("no target");
  const context = { timeoutMs: LONGEST_SESSION_MS, clock, log: { write() {} }, http: NO_HTTP, resolveName: null };
  const sent = sendMail({ target, encryption: "none", login: null }, MAIL, context);
  const socket = await isThere;
  await clock.advance(waitMs);
  then(socket);
  let isOver = false;
  const over = sent.finally(() => (isOver = true));
  // What comes over the socket takes turns of the event loop, what is waited for then takes the clock's time.
  while (!isOver) {
    await new Promise(setImmediate);
    await clock.advance(50);
  }
  await server.untilIdle();
  return over;
}

it.each([
  [".", 12_000],
  [".", 9 * MIN],
  ["greeting", 4 * MIN],
  ["RCPT", 4 * MIN],
  ["DATA", 110_000],
])("A server that answers %s after %i ms has taken it", async (command, waitMs) => {
  const outcome = await sendTo(command, waitMs, (socket) => socket.write(`${ANSWERS[command]}\r\n`));
  expect(outcome).toMatchObject({ kind: "accepted" });
});

it.each([
  [".", 11 * MIN, true],
  ["DATA", 6 * MIN, false],
  ["greeting", 6 * MIN, false],
])("A server that says nothing to %s for %i ms may have it: %s", async (command, waitMs, mayHaveArrived) => {
  const outcome = await sendTo(command, waitMs, () => {});
  expect(outcome).toMatchObject({ kind: "deferred", reason: "timeout" });
  expect("mayHaveArrived" in outcome && outcome.mayHaveArrived).toBe(mayHaveArrived);
});

it.each([
  [".", true],
  ["RCPT", false],
])("A server that hangs up at %s may have it: %s", async (command, mayHaveArrived) => {
  const outcome = await sendTo(command, 1_000, (socket) => socket.destroy());
  expect(outcome).toMatchObject({ kind: "deferred", reason: "connection" });
  expect("mayHaveArrived" in outcome && outcome.mayHaveArrived).toBe(mayHaveArrived);
});

it("A server that refuses the message for now does not have it", async () => {
  const outcome = await sendTo(".", 1_000, (socket) => socket.write("451 later\r\n"));
  expect(outcome).toEqual({
    kind: "deferred",
    reason: "receiver_failed",
    message: "The mail server answered 451",
    retryAfterMs: null,
  });
});
