/**
 * One mail to one server: connect, encrypt, log in, hand it over, say goodbye.
 * Called by `email.ts`. Of nodemailer only the connection is used: the socket, the deadline and the message are ours.
 * Invariants: ends by the deadline and leaves no socket behind; what the server has accepted stays accepted, whatever
 * happens after it; no error object of nodemailer leaves this file and `smtp-failure.ts`.
 */
import { connect, type Socket } from "node:net";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { addressVerdict, namesLoopback } from "../domain/net/address-policy.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryContext, DeliveryOutcome } from "../ports/notifier.ts";
import type { Resolution } from "../ports/resolve-name.ts";
import type { MailServer } from "./mail-server.ts";
import { MAIL_TIMEOUT, outcomeOfSmtpError } from "./smtp-failure.ts";

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body. */
  readonly message: string;
}

/** A reply has a few lines. */
const MAX_REPLY_BYTES = 65_536;
/** All replies together; nodemailer would collect empty lines for as long as they come. */
const MAX_SESSION_BYTES = 1_048_576;
const LOOK_EVERY_MS = 50;
/** For what the connection brought before it ended to be read, and to say more than that it ended. */
const LAST_WORDS_MS = 50;
/** For the answer to QUIT, which nobody needs. */
const PARTING_MS = 200;

/** `accepted` when at least one recipient was; the log tells how many were not. Never rejects. */
export async function sendMail(server: MailServer, mail: Mail, context: DeliveryContext): Promise<DeliveryOutcome> {
  const { clock, timeoutMs } = context;
  const startedMs = clock.monotonicMs();
  const leftMs = (): number => Math.max(0, timeoutMs - (clock.monotonicMs() - startedMs));
  const resolution = await addressOf(server.host, context);
  if ("failure" in resolution) {
    const { reason, message } = resolution.failure;
    const failure = reason.startsWith("deadline_") ? "timeout" : "connection";
    return { kind: "deferred", reason: failure, message, retryAfterMs: null };
  }
  const socket = connect({ host: resolution.address, port: server.port });
  // Also for errors that come when nobody waits for them any more.
  socket.on("error", () => {});
  const connection = connectionOver(socket, server, timeoutMs);
  const stopLooking = limitSession(socket, clock);
  const disarm = { run: (): void => {} };
  const deadline = new Promise<DeliveryOutcome>((resolve) => {
    disarm.run = clock.after(leftMs(), () => resolve(MAIL_TIMEOUT));
  });
  const outcome = await Promise.race([converse({ socket, connection, server, mail }, context), deadline]);
  disarm.run();
  if (outcome.kind === "accepted") await part(connection, { clock, timeoutMs: Math.min(PARTING_MS, leftMs()) });
  stopLooking();
  connection.close();
  socket.destroy();
  return outcome;
}

/** Without a resolver of ours the platform resolves names, and keeps them off private addresses. */
async function addressOf(host: string, { resolveName, timeoutMs }: DeliveryContext): Promise<Resolution> {
  const resolution = resolveName ? await resolveName(host, timeoutMs) : { address: host };
  if ("failure" in resolution) return resolution;
  const verdict = addressVerdict(resolution.address, { allowLoopback: namesLoopback(host) });
  if (verdict === "allowed" || (verdict === "not_an_address" && !resolveName)) return resolution;
  return { failure: { reason: "forbidden_address", message: "The address must not be called" } };
}

function connectionOver(connection: Socket, { host, encryption }: MailServer, timeoutMs: number): SMTPConnection {
  return new SMTPConnection({
    connection,
    host,
    secure: encryption === "implicit",
    requireTLS: encryption === "required",
    ignoreTLS: encryption === "none",
    // Our own deadline comes first; these only end what is left of the session's timers.
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: MAX_REPLY_BYTES,
  });
}

interface Session {
  readonly socket: Socket;
  readonly connection: SMTPConnection;
  readonly server: MailServer;
  readonly mail: Mail;
}

/** Never rejects; may never end, when the connection is closed under it. */
async function converse(session: Session, { log, clock }: DeliveryContext): Promise<DeliveryOutcome> {
  const { socket, connection, server, mail } = session;
  // Steps that wait for a reply are not called back when the connection breaks: it says so by this event.
  const broken = new Promise<never>((_resolve, reject) => {
    connection.on("error", reject);
    // nodemailer listens one turn after the connection is there, and misses an end that comes with it.
    socket.once("close", () => clock.after(LAST_WORDS_MS, () => reject(new Error("closed"))));
  });
  broken.catch(() => {});
  const step = <Result>(run: (done: (error: unknown, result?: Result) => void) => void): Promise<Result | undefined> =>
    Promise.race([
      broken,
      new Promise<Result | undefined>((resolve, reject) => {
        run((error, result) => (error ? reject(error) : resolve(result)));
      }),
    ]);
  try {
    await opened(socket);
    await step((done) => connection.connect(done));
    const { login } = server;
    if (login) await step<boolean>((done) => connection.login({ user: login.user, pass: login.password }, done));
    const envelope = { from: mail.from, to: [...mail.to] };
    const sent = await step<{ rejected: string[] }>((done) => connection.send(envelope, mail.message, done));
    const refusedCount = sent?.rejected.length ?? 0;
    if (refusedCount > 0) log.write("warn", "the mail server refused some recipients", { refusedCount });
    return { kind: "accepted", receipt: null };
  } catch (error) {
    return outcomeOfSmtpError(error);
  }
}

function opened(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
}

/** Polite, but not at any price: what counts has been said. */
function part(connection: SMTPConnection, { clock, timeoutMs }: { clock: Clock; timeoutMs: number }): Promise<void> {
  if (connection.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, resolve);
    connection.once("end", () => {
      cancel();
      resolve();
    });
    connection.quit();
  });
}

/** Returns what ends the looking. */
function limitSession(socket: Socket, clock: Clock): () => void {
  let cancel = (): void => {};
  const look = (): void => {
    if (socket.bytesRead > MAX_SESSION_BYTES) socket.destroy();
    else cancel = clock.after(LOOK_EVERY_MS, look);
  };
  look();
  return () => cancel();
}
