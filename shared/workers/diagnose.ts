/**
 * Finds out why a `fetch` got no answer, which the platform does not tell: knocks at the port once.
 * Called by the fetch transport after a failure, hence seldom. Sends nothing.
 * Invariant: ends within its time, and its socket with it.
 */
import { connect } from "node:net";
import { connectionFailure, errorCode, resolutionFailure, type Failure } from "../domain/net/connection-failure.ts";
import type { Target } from "../domain/net/target.ts";
import type { Clock } from "../ports/clock.ts";

/** Why nothing can be connected to; null when the connection comes about, or nothing can be said in time. */
export function diagnoseLostConnection(
  { host, port }: Target,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Failure | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (failure: Failure | null): void => {
      cancel();
      socket.destroy();
      resolve(failure);
    };
    const cancel = clock.after(timeoutMs, () => end(null));
    socket.once("connect", () => end(null));
    socket.on("error", (error) => end(explain(errorCode(error))));
  });
}

function explain(code: string | undefined): Failure | null {
  return code === "ENOTFOUND" || code === "EAI_AGAIN" ? resolutionFailure(code) : connectionFailure(code);
}
