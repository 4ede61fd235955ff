/**
 * Check type `tcp`: something accepts connections there. For services that speak nothing we know.
 * Invariant: sends nothing, and a connection that comes about ends at once.
 */
import { connect } from "node:net";
import * as z from "zod/mini";
import { connectionFailure, errorCode, UNKNOWN_FAILURE } from "../domain/net/connection-failure.ts";
import { admitTarget, parseHostAndPort, PROBED_SOCKET } from "../domain/net/target.ts";
import { defineCheckType } from "./check-type.ts";
import { socketProbe, type Conversation, type Place } from "./socket-probe.ts";

export const tcp = defineCheckType({
  keys: { host: z.string().check(z.describe("Host and port to connect to, such as 192.168.1.81:9000.")) },
  secretKeys: [],
  configure({ host }, report, abilities) {
    const target = admitTarget(parseHostAndPort(host), PROBED_SOCKET, { key: "host", report, abilities });
    return target && socketProbe(target, knock);
  },
});

function knock({ host, port, elapsedMs }: Place): Conversation {
  const socket = connect({ host, port });
  return {
    outcome: new Promise((resolve) => {
      socket.once("connect", () => resolve({ responseTimeMs: elapsedMs(), details: {} }));
      // Not `once`: an error that comes after the end must find a listener.
      socket.on("error", (error) => resolve(connectionFailure(errorCode(error)) ?? UNKNOWN_FAILURE));
    }),
    isConnected: () => false,
    close: () => socket.destroy(),
  };
}
