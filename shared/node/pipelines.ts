/**
 * One request of a connection at a time: what a client sends ahead (pipelining) waits until the answer before it has been taken.
 * Used by http-server.ts for every request. Node by itself has all of them answered at once, and keeps the answers in memory.
 * Invariants: a connection has one answer at work, and one a turn of the event loop, however much is asked; of all connections few
 * begin in a turn; while requests of one wait, nothing more is read from it.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Of all connections: each takes some 12 kB while it waits, and one read of 64 kB may hold 2,500. */
const MOST_WAITING = 3_000;

/** A turn of the event loop: an answer takes up to 0.3 ms, and whoever has just connected waits for several turns. */
const MOST_A_TURN = 10;

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** To be made before the server listens. */
export function pipelinesOf(server: Server) {
  const newest = new WeakMap<Duplex, ServerResponse>();
  const waiting = new WeakMap<Socket, number>();
  const atTurn = createTurns(MOST_A_TURN);
  let total = 0;
  const isWaitedFor = (socket: Socket): boolean => (waiting.get(socket) ?? 0) > 0;
  const count = (socket: Socket, more: number): void => {
    total += more;
    waiting.set(socket, (waiting.get(socket) ?? 0) + more);
  };
  server.on("connection", (socket: Socket) => {
    // Node resumes a connection whenever a message has been parsed, read or answered.
    socket.on("resume", () => void (isWaitedFor(socket) && socket.pause()));
    socket.once("close", () => count(socket, -(waiting.get(socket) ?? 0)));
  });

  const wait = (request: IncomingMessage, response: ServerResponse, handle: Handle): void => {
    const { socket } = request;
    if (socket.destroyed) return; // a read that went too far is still being parsed
    if (total >= MOST_WAITING) return void socket.destroy();
    count(socket, 1);
    newest.set(socket, response);
    socket.pause();
    const begin = (): void => {
      count(socket, -1);
      if (socket.destroyed) return;
      if (!isWaitedFor(socket)) socket.resume();
      handle(request, response);
    };
    // Short answers would follow each other without a turn of the event loop, and nobody else be heard meanwhile.
    response.once("socket", () => atTurn(begin));
  };
  return {
    /** The newest answer of a connection, where it had to wait; whoever takes longer over one sets it as well. */
    newest,
    /** Makes of a handler one that is called when the answer before has been taken. */
    inTurn:
      (handle: Handle): Handle =>
      (request, response) => {
        // Node gives an answer its socket when the kernel has taken the one before.
        if (response.socket === null) wait(request, response, handle);
        else handle(request, response);
      },
  };
}

/** Runs what it is given in later turns of the event loop, in order, so many in each. */
function createTurns(most: number): (run: () => void) => void {
  let waiting: (() => void)[] = [];
  const turn = (): void => {
    const now = waiting.slice(0, most);
    waiting = waiting.slice(most);
    if (waiting.length > 0) setImmediate(turn);
    for (const run of now) run();
  };
  return (run) => {
    if (waiting.push(run) === 1) setImmediate(turn);
  };
}
