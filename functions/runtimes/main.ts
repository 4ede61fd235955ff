/** The program on Node: started by scripts/start.sh as dist/node.mjs. */
import { readEnvironment } from "../../shared/node/environment.ts";
import { runProgram } from "../../shared/node/run-program.ts";
import { readServiceArguments } from "../../shared/node/service-arguments.ts";
import { lookOf } from "../../shared/node/terminal.ts";
import { createConsoleLog, VERSION } from "../bundle.ts";
import { startNode } from "./node.ts";

const { config } = readServiceArguments(VERSION);
const { env: environment, stdout } = process;
const log = createConsoleLog({
  level: environment["LOG_LEVEL"],
  terminal: lookOf(stdout, environment),
  write: (line) => stdout.write(line),
  nowMs: Date.now,
});
const distUrl = new URL(".", import.meta.url);
await runProgram(async () => startNode({ ...readEnvironment(environment, config), environment, distUrl, log }), log);
