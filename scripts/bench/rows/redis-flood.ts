/**
 * What Redis servers that answer without end do to the others: the latency reported for their neighbours, and the service's memory.
 * The reported times are read from the history afterwards, as a user would.
 * Invariant: the floods are offered in the benchmark's process as fast as they are read; what is cut off costs nobody anything.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "../child-processes.ts";
import { residentBytes } from "../proc.ts";
import { reportedMs } from "../reported.ts";
import type { MeasureRow } from "../row.ts";
import { startService, watching } from "../service.ts";
import { startTarget } from "../target.ts";

const NEIGHBOURS = 6;
const FLOODS = 4;
const INTERVAL_S = 0.5;
const ROUNDS = 5;
const ROUND_MS = 4_000;
const CHUNK = Buffer.from("+PONG\r\n".repeat(20_000));

export const redisFlood: MeasureRow = async (children) => {
  const quiet = await measure(children, {});
  const host = await startFlood(children);
  const redis = { check_type: "redis", host, interval: INTERVAL_S, timeout: 5 };
  const names = Array.from({ length: FLOODS }, (_, index) => `flood_${index}`);
  const flooded = await measure(children, Object.fromEntries(names.map((name) => [name, redis])));
  const what = "longest latency reported for a 20 ms target";
  const grown = flooded.rssMb - quiet.rssMb;
  return [
    {
      what: `${what}, beside ${FLOODS} floods of replies`,
      unit: "ms",
      bar: { atMost: 70, on: "median" },
      values: flooded.values,
    },
    { what: `${what}, beside none`, unit: "ms", bar: null, values: quiet.values },
    { what: "resident memory that the floods add", unit: "MB", bar: { atMost: 10, on: "max" }, values: [grown] },
  ];
};

async function measure(children: ChildProcesses, more: object) {
  const target = await startTarget(children);
  const { services, ...rest } = watching(target.urls(NEIGHBOURS, "/slow"), INTERVAL_S);
  const service = await startService(children, { ...rest, services: { ...services, ...more } });
  await sleep(ROUND_MS);
  const values: number[] = [];
  while (values.length < ROUNDS) {
    values.push(Math.max(...(await reportedMs(service.port, NEIGHBOURS, () => sleep(ROUND_MS)))));
  }
  return { values, rssMb: residentBytes(service.pid) / 1_000_000 };
}

/** Its address; ends with the row. */
async function startFlood(children: ChildProcesses): Promise<string> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(CHUNK)) continue;
    };
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.on("drain", pump).once("data", pump);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  children.defer(async () => {
    for (const socket of open) socket.destroy();
    await once(server.close(), "close");
  });
  // A listening TCP server has an AddressInfo.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
