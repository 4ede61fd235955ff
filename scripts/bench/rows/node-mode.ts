/**
 * What `MODE=node` takes of the memory of a machine that is only to tell how it is, beyond a bare server of Node with the same settings.
 * Invariant: both have answered as much, and have sampled or slept as long, before either is looked at.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import { residentBytes } from "../proc.ts";
import type { MeasureRow } from "../row.ts";
import { startService } from "../service.ts";

const ROUNDS = 3;
const REQUESTS = 500;
/** It samples every ten seconds. */
const SAMPLED_MS = 12_000;

const BARE = `
  const server = require("node:http").createServer((request, response) => response.end("{}"));
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

interface Measured {
  readonly pid: number;
  readonly port: number;
}

export const nodeMode: MeasureRow = async (children) => {
  const values: number[] = [];
  while (values.length < ROUNDS) {
    const ours = await startService(children, {}, { env: { MODE: "node" } });
    const bare = await startBare(children);
    for (const { port } of [ours, bare]) await askOften(port);
    await sleep(SAMPLED_MS);
    values.push((residentBytes(ours.pid) - residentBytes(bare.pid)) / 1_000_000);
    for (const { pid } of [ours, bare]) process.kill(pid, "SIGTERM");
  }
  return [{ what: "memory of MODE=node beyond a bare node:http", unit: "MB", bar: { atMost: 15, on: "max" }, values }];
};

async function startBare(children: ChildProcesses): Promise<Measured> {
  const { nodeFlags, env } = memorySettings();
  const { PATH } = process.env;
  const { pid, stdout } = children.spawn(process.execPath, [...nodeFlags, "-e", BARE], { PATH, ...env });
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) return { pid, port: Number(chunk) };
  throw new Error("the bare server ended");
}

async function askOften(port: number): Promise<void> {
  for (let count = 0; count < REQUESTS; count += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/stats`);
    await response.arrayBuffer();
  }
}
