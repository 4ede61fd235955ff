/**
 * One mail to one server: connect, encrypt, log in, hand it over, say goodbye.
 * Called by `email.ts`. Of nodemailer only the connection is used: the socket, the deadline and the message are ours.
 * Invariants: ends by the deadline and leaves no socket behind; what the server has accepted stays accepted, whatever
 * happens after it. Of an error nothing is looked at but its codes, since nodemailer's texts quote what the server wrote: an
 * outcome consists of fixed sentences and the reply code.
 */
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { connectionFailure, deadlineFailure } from "../domain/net/connection-failure.ts";
import { admitAddress } from "../domain/net/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryContext, DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";
import { explainFailure } from "./delivery-failure.ts";
import { limitStages, type Stage } from "./mail-patience.ts";
import type { MailServer } from "./mail-server.ts";

export interface Mail {
  /** Plain ASCII addresses without names. */
  readonly from: string;
  readonly recipient: string;
  /** Headers and body. */
  readonly message: string;
}

const MAIL_TIMEOUT = explainFailure(deadlineFailure(false));

/** A reply has a few lines. */
const MAX_REPLY_BYTES = 65_536;
/** All replies together; nodemailer would collect empty lines for as long as they come. */
const MAX_SESSION_BYTES = 1_048_576;
const LOOK_EVERY_MS = 50;
/** For what the connection brought before it ended to be read, and to say more than that it ended. */
const LAST_WORDS_MS = 50;
/** For the answer to QUIT, which nobody needs. */
const PARTING_MS = 200;

/** Never rejects. */
export async function sendMail(server: MailServer, mail: Mail, context: DeliveryContext): Promise<DeliveryOutcome> {
  const { clock, timeoutMs, resolveName } = context;
  const { target } = server;
  const startedMs = clock.monotonicMs();
  const leftMs = (): number => Math.max(0, timeoutMs - (clock.monotonicMs() - startedMs));
  const resolution = admitAddress(target, resolveName && (await resolveName(target.host, timeoutMs)));
  if ("failure" in resolution) return explainFailure(resolution.failure);

  const socket = connect({ host: resolution.address, port: target.port });
  const connection = connectOver(socket, server, timeoutMs);
  const stopLooking = limitSession(socket, clock);
  const session = { socket, connection, server, mail };
  const outcome = await converse(session, { ...context, timeoutMs: leftMs() });
  if (outcome.kind === "accepted") await part(connection, { clock, timeoutMs: Math.min(PARTING_MS, leftMs()) });
  stopLooking();
  connection.close();
  socket.destroy();
  return outcome;
}

function connectOver(connection: Socket, { target, encryption }: MailServer, timeoutMs: number): SMTPConnection {
  return new SMTPConnection({
    connection,
    host: target.host,
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

/** Ends with the first that happens: the message is handed over, the connection breaks, the time is up. Never rejects. */
function converse(session: Session, { clock, timeoutMs }: DeliveryContext): Promise<DeliveryOutcome> {
  const { socket, connection } = session;
  return new Promise((resolve) => {
    const end = (outcome: DeliveryOutcome): void => {
      patience.end();
      // Without an answer to its end nobody knows what became of the message.
      const isAnswered = outcome.kind !== "deferred" || outcome.reason === "receiver_failed" || stage !== "message";
      resolve(isAnswered ? outcome : { ...outcome, mayHaveArrived: true });
    };
    const patience = limitStages(clock, timeoutMs, () => end(MAIL_TIMEOUT));
    let stage: Stage = "connection";
    const enter = (next: Stage): void => {
      stage = next;
      patience.enter(next);
    };
    enter("connection");
    const fail = (error: unknown): void => end(explainSmtpError(error));
    // Steps that wait for a reply are not called back when the connection breaks: it says so by this event.
    connection.on("error", fail);
    // nodemailer listens one turn after the connection is there, and misses an end that comes with it.
    socket.once("close", () => clock.after(LAST_WORDS_MS, () => fail(new Error("closed"))));
    // The first one stays, for errors that come when nobody waits for them any more.
    socket.on("error", () => {}).once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail); // from here on nodemailer says more
      enter("greeting");
      void handOver(session, enter).then(end, fail);
    });
  });
}

/** Rejects with an error of nodemailer; may never end once the connection is broken. */
async function handOver(
  { connection, server: { login }, mail }: Session,
  enter: (stage: Stage) => void,
): Promise<DeliveryOutcome> {
  await call((done) => connection.connect(done));
  enter("commands");
  if (login) await call((done) => connection.login({ user: login.user, pass: login.password }, done));
  const envelope = { from: mail.from, to: [mail.recipient] };
  // As a stream, since its end tells that all has been handed over.
  const message = Readable.from(Buffer.from(mail.message)).once("end", () => enter("message"));
  await call((done) => connection.send(envelope, message, done));
  return { kind: "accepted", receipt: null };
}

function call(run: (done: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
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

/** What is looked at of an error of nodemailer or of a socket. */
interface SmtpError {
  readonly name?: string;
  readonly code?: unknown;
  /** What the socket said before nodemailer put its own code there. */
  readonly originalCode?: unknown;
  /** Of the server's reply. */
  readonly responseCode?: unknown;
}

/** Replies to say that we are not who we should be, at whichever command they come (RFC 4954 §6). */
const CREDENTIALS_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** Trying again helps unless the server said 5xx, or there is no way to say who we are. */
function explainSmtpError(error: unknown): DeliveryOutcome {
  const { code, originalCode, responseCode }: SmtpError = error instanceof Error ? error : {};
  if (code === "ETLS")
    return { kind: "refused", reason: "tls", message: "The mail server offers no encrypted connection" };
  if (typeof responseCode === "number") return explainReply(responseCode, code === "EAUTH");
  return OUTCOMES[String(code)] ?? explainSocketError(String(originalCode ?? code));
}

function explainReply(replyCode: number, isLogin: boolean): DeliveryOutcome {
  const message = `The mail server answered ${replyCode}`;
  if (replyCode < 400) return deferred("invalid_response", message);
  if (replyCode < 500) return deferred("receiver_failed", message);
  const reason = isLogin || CREDENTIALS_REPLIES.has(replyCode) ? "credentials" : "refused";
  return { kind: "refused", reason, message };
}

/** Errors without a reply that nodemailer has a code for, and that do not come from the socket. */
const OUTCOMES: { readonly [code: string]: DeliveryOutcome | undefined } = {
  EAUTH: { kind: "refused", reason: "credentials", message: "The mail server offers no login that we know" },
  EMESSAGE: { kind: "refused", reason: "refused", message: "The mail server takes no such message" },
  EENVELOPE: { kind: "refused", reason: "refused", message: "The mail server takes no such message" },
  EPROTOCOL: deferred("invalid_response", "What answered does not speak SMTP"),
  ETIMEDOUT: MAIL_TIMEOUT,
};

function explainSocketError(code: string): DeliveryOutcome {
  const failure = connectionFailure(code);
  return failure ? explainFailure(failure) : deferred("connection", "Connection lost");
}

function deferred(reason: DeliveryFailure, message: string): DeliveryOutcome {
  return { kind: "deferred", reason, message, retryAfterMs: null };
}
