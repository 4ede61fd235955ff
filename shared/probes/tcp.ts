/**
 * Check type `tcp`: something accepts connections there. For services that speak nothing we know.
 * Listed in `registry.ts`; its probe is asked by `usecases/probing/probe-service.ts`. Sends nothing.
 * Invariant: the socket is closed when the observation is made, whatever it is.
 */
import { connect } from "node:net";
import * as z from "zod/mini";
import { toTenthMs, type Observation } from "../domain/monitoring/check.ts";
import { connectionFailure, deadlineFailure, type Failure } from "../domain/net/connection-failure.ts";
import type { ProbeContext } from "../ports/prober.ts";
import { defineCheckType } from "./check-type.ts";
import { failedObservation } from "./failed-observation.ts";
import { addressOf, configureTarget, type SocketTarget } from "./socket-target.ts";

export const tcp = defineCheckType({
  keys: {
    host: z.string().check(z.describe("Host and port to connect to, such as 192.168.1.81:9000.")),
  },
  secretKeys: [],
  configure({ host }, report, abilities) {
    const target = configureTarget(host, report, abilities);
    return target && ((context) => probeTcp(target, context));
  },
});

async function probeTcp(target: SocketTarget, context: ProbeContext): Promise<Observation> {
  const { clock, timeoutMs } = context;
  const startedMs = clock.monotonicMs();
  const elapsedMs = (): number => toTenthMs(clock.monotonicMs() - startedMs);
  const resolution = await addressOf(target.host, context);
  if ("failure" in resolution) return failedObservation(resolution.failure, elapsedMs());
  const leftMs = timeoutMs - elapsedMs();
  const failure = await connectOnce({ host: resolution.address, port: target.port }, { ...context, timeoutMs: leftMs });
  if (failure) return failedObservation(failure, elapsedMs());
  return {
    status: "healthy",
    reason: null,
    message: null,
    responseTimeMs: elapsedMs(),
    statusCode: null,
    details: {},
  };
}

const UNKNOWN_FAILURE: Failure = { reason: "internal", message: "The connection failed for an unknown reason" };

/** Null when the connection was established. */
function connectOnce({ host, port }: SocketTarget, { clock, timeoutMs }: ProbeContext): Promise<Failure | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (failure: Failure | null): void => {
      cancel();
      socket.destroy();
      resolve(failure);
    };
    const cancel = clock.after(timeoutMs, () => end(deadlineFailure(false)));
    socket.once("connect", () => end(null));
    // Not `once`: an error that comes after the end must find a listener.
    socket.on("error", (error) => end(connectionFailure("code" in error ? String(error.code) : "") ?? UNKNOWN_FAILURE));
  });
}
