/**
 * The transport and the probes inside workerd, as a test on Node uses them: every call is one request to exchange-worker.ts.
 */
import { fileURLToPath } from "node:url";
import type { Observation } from "../../../shared/domain/monitoring/check.ts";
import type { HttpResponse, HttpFailure, HttpTransport } from "../../../shared/ports/http-transport.ts";
import type { ProbeOrder } from "./exchange-worker.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

export const startProbeWorker = (): Promise<Workerd> =>
  startWorkerd(fileURLToPath(new URL("exchange-worker.ts", import.meta.url)));

export function remoteTransport({ port }: Workerd): HttpTransport {
  return {
    async exchange(request) {
      const outcome = await send<HttpResponse | HttpFailure>(port, "/exchange", request);
      return outcome.kind === "response" ? { ...outcome, body: Uint8Array.from(outcome.body) } : outcome;
    },
  };
}

export function remoteProbe({ port }: Workerd, order: ProbeOrder): Promise<Observation> {
  return send<Observation>(port, "/probe", order);
}

async function send<Result>(port: number, path: string, order: unknown): Promise<Result> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: JSON.stringify(order) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Result;
}
