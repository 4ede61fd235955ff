/**
 * How many connections clients may have open: all together, and each address. Those beyond are closed at once, unread.
 * Called by http-server.ts before the server listens. Not by `maxConnections` of Node, which knows nothing of addresses and counts
 * what has just been refused as well.
 * Invariants: what is counted in is counted out when it closes; the limits in force at the moment of the connection count.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { isWithin, parseAddress } from "../domain/net/address-block.ts";
import type { ConnectionLimits } from "../ports/connection-limits.ts";
import type { Log } from "../ports/log.ts";

/** A client that is refused comes again, often at once. */
const LOG_EVERY_MS = 60_000;

/** Longer than the 60 s of common proxies, so that they close first and never send into a closing connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Where connections are many: those at rest, or with small answers that nobody reads, make room for others. */
const CROWDED_KEEP_ALIVE_TIMEOUT_MS = 5_000;
const CROWDED_SHARE = 1 / 4;

export function limitConnections(server: Server, limits: () => ConnectionLimits, log: Log): void {
  const openByAddress = new Map<string, number>();
  let open = 0;
  let loggedAtMs = -Infinity;
  const count = (address: string, more: 1 | -1): void => {
    open += more;
    const left = (openByAddress.get(address) ?? 0) + more;
    if (left === 0) openByAddress.delete(address);
    else openByAddress.set(address, left);
    keepAlive(server, open > limits().maxConnections * CROWDED_SHARE);
  };
  const refuse = (socket: Socket, limit: keyof ConnectionLimits): void => {
    const { remoteAddress } = socket;
    socket.destroy();
    if (performance.now() < loggedAtMs + LOG_EVERY_MS) return;
    loggedAtMs = performance.now();
    log.write("warn", "connections refused, more are open already than the limit allows", {
      limit: limit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      address: remoteAddress ?? null,
    });
  };
  keepAlive(server, false);
  server.on("connection", (socket: Socket) => {
    const { maxConnections, maxConnectionsPerAddress, trustedProxies } = limits();
    const groups = parseAddress(socket.remoteAddress ?? "");
    if (!groups) return void socket.destroy(); // it has gone already
    const address = groups.join(":");
    const isTrusted = trustedProxies.some((block) => isWithin(groups, block));
    const ofAddress = openByAddress.get(address) ?? 0;
    if (open >= maxConnections) return refuse(socket, "maxConnections");
    if (ofAddress >= maxConnectionsPerAddress && !isTrusted) return refuse(socket, "maxConnectionsPerAddress");
    count(address, 1);
    socket.once("close", () => count(address, -1));
  });
}

function keepAlive(server: Server, isCrowded: boolean): void {
  const timeoutMs = isCrowded ? CROWDED_KEEP_ALIVE_TIMEOUT_MS : KEEP_ALIVE_TIMEOUT_MS;
  if (server.keepAliveTimeout === timeoutMs) return;
  server.keepAliveTimeout = timeoutMs; // of those that come to rest from now on
  if (isCrowded) server.closeIdleConnections();
}
