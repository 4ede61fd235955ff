/**
 * A mail server on loopback that records what it takes, checks every message (mail-format.ts), and can misbehave at any stage.
 * Speaks as much of RFC 5321, STARTTLS and AUTH as a client that hands in one message needs.
 */
import { createServer, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer, TLSSocket } from "node:tls";
import type { Certificate } from "../certificates.ts";
import { listen, type LoopbackServer } from "../loopback-server.ts";
import { faultOfMail, parseMail, type ParsedMail } from "./mail-format.ts";

export const STAGES = ["greeting", "ehlo", "auth", "mail", "rcpt", "data", "message", "quit"] as const;

export type Stage = (typeof STAGES)[number];

/** A reply of its own, no word at all, or the end of the connection. */
export interface Trouble {
  readonly at: Stage;
  readonly response: "silence" | "hang_up" | (string & {});
  /** Only for this recipient; default: for whatever happens at that stage. */
  readonly recipient?: string;
}

export interface SmtpServerOptions {
  /** With it, STARTTLS is offered. */
  readonly certificate?: Certificate;
  /** TLS from the first byte on. */
  readonly isImplicit?: boolean;
  /** Whom it lets in; null asks nobody. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly mechanism?: "PLAIN" | "LOGIN";
}

export interface ReceivedMail extends ParsedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly fault: string | null;
}

export interface SmtpServer extends LoopbackServer {
  readonly mails: readonly ReceivedMail[];
  /** What clients said, without what came after DATA. */
  readonly commands: readonly string[];
  troubles: readonly Trouble[];
}

export async function startSmtpServer(options: SmtpServerOptions): Promise<SmtpServer> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const state: { troubles: readonly Trouble[] } = { troubles: [] };
  const serve = (socket: Socket): void => new Session(socket, options, { mails, commands, state }).start();
  const { certificate, isImplicit = false } = options;
  const server = await listen(isImplicit ? createTlsServer({ ...certificate }, serve) : createServer(serve));
  return Object.defineProperties(
    { ...state, mails, commands } as unknown as SmtpServer, // the rest is defined here
    {
      ...Object.getOwnPropertyDescriptors(server),
      troubles: {
        get: () => state.troubles,
        set(troubles: readonly Trouble[]) {
          state.troubles = troubles;
        },
      },
    },
  );
}

interface Records {
  readonly mails: ReceivedMail[];
  readonly commands: string[];
  readonly state: { readonly troubles: readonly Trouble[] };
}

/** Answers in the order of the protocol; whatever comes out of order is answered with 503. */
class Session {
  #socket: Socket;
  readonly #options: SmtpServerOptions;
  readonly #records: Records;
  #buffer = "";
  #isEncrypted: boolean;
  #isLoggedIn: boolean;
  #from: string | null = null;
  #to: string[] = [];
  /** Takes the next line instead of the commands. */
  #next: ((line: string) => void) | null = null;
  #message: string[] | null = null;

  constructor(socket: Socket, options: SmtpServerOptions, records: Records) {
    this.#socket = socket;
    this.#options = options;
    this.#records = records;
    this.#isLoggedIn = options.login === null;
    this.#isEncrypted = options.isImplicit ?? false;
  }

  start(): void {
    this.#listen();
    this.#reply("greeting", "220 mail.test ESMTP");
  }

  #listen(): void {
    this.#socket.on("error", () => {});
    this.#socket.on("data", (chunk: Buffer) => {
      this.#buffer += chunk.toString("latin1");
      const lines = this.#buffer.split("\r\n");
      this.#buffer = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
      // A message that is under way can be cut off in the middle.
      if (this.#message) this.#trouble("message", "hang_up");
    });
  }

  #encrypt(): void {
    const { certificate } = this.#options;
    if (!certificate) throw new Error("this server has no certificate");
    const plain = this.#socket;
    plain.removeAllListeners("data");
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(certificate) });
    // A handshake that fails leaves the plain socket as it is.
    this.#socket.once("close", () => plain.destroy());
    this.#isEncrypted = true;
    this.#buffer = "";
  }

  #take(line: string): void {
    if (this.#message) {
      this.#takeMessageLine(line);
      return;
    }
    const next = this.#next;
    this.#next = null;
    if (next) {
      next(line);
      return;
    }
    this.#records.commands.push(line);
    this.#obey(line);
  }

  #obey(line: string): void {
    const command = line.slice(0, 4).toUpperCase();
    if (command === "EHLO" || command === "HELO") this.#reply("ehlo", this.#extensions());
    else if (command === "STAR") this.#startTls();
    else if (command === "AUTH") this.#logIn(line);
    else if (command === "QUIT") this.#reply("quit", "221 bye", () => this.#socket.end());
    else if (!this.#isLoggedIn) this.#socket.write("530 5.7.0 Authentication required\r\n");
    else if (command === "MAIL") this.#reply("mail", "250 ok", () => (this.#from = addressIn(line)));
    else if (command === "RCPT") this.#takeRecipient(addressIn(line));
    else if (command === "DATA") this.#startMessage();
    else this.#socket.write("500 5.5.1 what?\r\n");
  }

  #extensions(): string {
    const { certificate, login, mechanism = "PLAIN" } = this.#options;
    const offers = ["mail.test", "8BITMIME", "SIZE 100000000"];
    if (certificate && !this.#isEncrypted) offers.push("STARTTLS");
    if (login) offers.push(`AUTH ${mechanism}`);
    return offers.map((offer, index) => `250${index === offers.length - 1 ? " " : "-"}${offer}`).join("\r\n");
  }

  #startTls(): void {
    if (!this.#options.certificate || this.#isEncrypted) {
      this.#socket.write("502 5.5.1 not offered\r\n");
      return;
    }
    this.#socket.write("220 go ahead\r\n");
    this.#encrypt();
    this.#listen();
  }

  #logIn(line: string): void {
    const [, mechanism, initial = ""] = line.split(" ");
    if (mechanism === "PLAIN") {
      const [, user, password] = fromBase64(initial).split("\0");
      this.#decide(user, password);
      return;
    }
    this.#socket.write(`334 ${toBase64("Username:")}\r\n`);
    this.#next = (user) => {
      this.#socket.write(`334 ${toBase64("Password:")}\r\n`);
      this.#next = (password) => this.#decide(fromBase64(user), fromBase64(password));
    };
  }

  #decide(user: string | undefined, password: string | undefined): void {
    const { login } = this.#options;
    const isRight = login !== null && user === login.user && password === login.password;
    // Some servers repeat what they were given; nothing of it may be told to anybody.
    const refusal = `535 5.7.8 ${user} ${password} ${toBase64(`\0${user}\0${password}`)} are wrong`;
    this.#reply("auth", isRight ? "235 welcome" : refusal, () => (this.#isLoggedIn = isRight));
  }

  #takeRecipient(address: string): void {
    this.#reply("rcpt", "250 ok", () => this.#to.push(address));
  }

  #startMessage(): void {
    const isInOrder = this.#from !== null && this.#to.length > 0;
    this.#reply("data", isInOrder ? "354 go on" : "503 5.5.1 whom to?", () => (this.#message = isInOrder ? [] : null));
  }

  #takeMessageLine(line: string): void {
    if (line !== ".") {
      this.#message?.push(line.startsWith(".") ? line.slice(1) : line);
      return;
    }
    const raw = (this.#message ?? []).join("\r\n");
    const mail = { ...parseMail(raw), from: this.#from ?? "", to: [...this.#to], isEncrypted: this.#isEncrypted };
    const fault = faultOfMail(raw, mail);
    this.#message = null;
    this.#reply("message", fault === null ? "250 queued" : `554 5.6.0 ${fault}`);
    this.#records.mails.push({ ...mail, fault });
  }

  /** Says this, unless there is trouble at this stage; `then` is what happens when there is none. */
  #reply(stage: Stage, usual: string, then: () => void = () => {}): void {
    const address = stage === "rcpt" ? addressIn(this.#records.commands.at(-1) ?? "") : undefined;
    if (this.#trouble(stage, "silence", address) || this.#trouble(stage, "hang_up", address)) return;
    const trouble = this.#troubleAt(stage, address);
    this.#socket.write(`${trouble?.response ?? usual}\r\n`);
    if (!trouble) then();
  }

  #trouble(stage: Stage, response: "silence" | "hang_up", address?: string): boolean {
    if (this.#troubleAt(stage, address)?.response !== response) return false;
    if (response === "hang_up") this.#socket.destroy();
    return true;
  }

  #troubleAt(stage: Stage, address: string | undefined): Trouble | undefined {
    const { troubles } = this.#records.state;
    return troubles.find(({ at, recipient }) => at === stage && (recipient === undefined || recipient === address));
  }
}

function addressIn(line: string): string {
  return /<(.*?)>/.exec(line)?.[1] ?? "";
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
