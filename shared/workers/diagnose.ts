/**
 * Finds out why a `fetch` got no answer, which the platform does not tell: knocks at the port once.
 * Called by the fetch transport after a failure, hence seldom. Sends nothing.
 * Invariant: ends within its time, and its socket with it.
 */
import { connect } from "node:net";
import { connectionFailure, resolutionFailure, type Failure } from "../domain/net/connection-failure.ts";
import type { Clock } from "../ports/clock.ts";

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** Why nothing can be connected to; null when the connection comes about, or nothing can be said in time. */
export function diagnoseLostConnection(
  { protocol, hostname, port }: URL,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Failure | null> {
  const defaultPort = protocol === "https:" ? HTTPS_PORT : HTTP_PORT;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || defaultPort });
    const end = (failure: Failure | null): void => {
      cancel();
      socket.destroy();
      resolve(failure);
    };
    const cancel = clock.after(timeoutMs, () => end(null));
    socket.once("connect", () => end(null));
    socket.on("error", (error) => end(failureOf("code" in error ? String(error.code) : "")));
  });
}

function failureOf(code: string): Failure | null {
  return code === "ENOTFOUND" || code === "EAI_AGAIN" ? resolutionFailure(code) : connectionFailure(code);
}
