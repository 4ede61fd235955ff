/** What the Worker on this machine gets, says and leaves, with the real wrangler and workerd. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { childMarks } from "../../../scripts/take-along.ts";
import { writeDevVariable } from "../../../scripts/worker/dev-variables.ts";
import { notable, readyAt, stage, startWrangler, stop } from "../../../scripts/worker/wrangler.ts";
import { copyMigratedD1 } from "../../support/migrated-d1.ts";
import { TEST_AUTH } from "../../support/worker-process.ts";

const VALUES: Readonly<Record<string, string>> = {
  DOUBLE: 'a"b',
  SINGLE: "a'b",
  BACKTICK: "a`b",
  TWO_KINDS: `'a"`,
  ALL_KINDS: "a'b\"c`d",
  ALL_KINDS_AND_DOLLAR: "$a'b\"c`${HOME}",
  BACKSLASHES: "\\n\\r\\t\\\\ C:\\new\\root",
  BACKSLASH_AT_END: "a\\",
  HASH: "a#b # c",
  HASH_AND_QUOTE: "'#\"",
  DOLLAR: "$HOME ${HOME} $$ $(id)",
  LINES: "-----BEGIN KEY-----\nabc=\n'x'\n\nDOUBLE=1\n-----END KEY-----\n",
  CARRIAGE: "a\r\nb\rc",
  BLANKS: "  a\t ",
  EMPTY: "",
  EQUALS: "=a=b",
  UNICODE: "ключ 🔑 é ​ﬁ",
};

const MODULE = `export default { fetch(request, env) {
  if (request.url.endsWith("/fails")) throw new Error("planted fault");
  return Response.json(env);
} }`;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "monitoring-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("hands every value to the Worker as it is, and shows the Worker's faults, coloured or not", async () => {
  await stage({ folder, configuration: "", variables: VALUES });
  writeFileSync(join(folder, "dist/worker.mjs"), MODULE);
  process.env["FORCE_COLOR"] = "1";
  const child = startWrangler(folder, ["dev", "--local", "--ip", "127.0.0.1", "--port", "0"]);
  delete process.env["FORCE_COLOR"];
  const shown: string[] = [];
  try {
    const origin = await readyAt(
      child,
      notable((line) => shown.push(line)),
    );
    expect(await (await fetch(origin)).json()).toMatchObject(VALUES);
    await fetch(`${origin}/fails`);
    await expect.poll(() => shown.join("\n")).toMatch(/ERROR.*planted fault[^]*\n\s+at /);
  } finally {
    await stop(child);
  }
});

it.each(["'\"`#", "'\"`\n", "a\r\\n", "#\\", "\n\\"])("refuses %j by its name, without its value", (value) => {
  expect(() => writeDevVariable("TOKEN", `secret${value}`)).toThrow(/^TOKEN: (?!.*secret)/);
});

const programOf = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/worker/${name}.ts`, import.meta.url));

function run(name: string, env: Readonly<Record<string, string>> = {}) {
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const configuration = { services: { a: { url: "http://127.0.0.1:1/", via: "LAN" } }, auth: TEST_AUTH };
  writeFileSync(join(folder, "cluster.yaml"), JSON.stringify(configuration));
  const child = spawn(process.execPath, [programOf(name)], {
    env: {
      ...childMarks(),
      PATH: process.env["PATH"],
      HOME: folder,
      TMPDIR: temporary,
      PORT: "0",
      WORKER_STATE: join(folder, "state"),
      MONITORING_CONFIG: join(folder, "cluster.yaml"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const left = () => readdirSync(temporary).filter((each) => each.startsWith("worker-"));
  return { child, ended: once(child, "exit"), output: () => output, left };
}

it.each<[when: string, signals: readonly NodeJS.Signals[], isThere: (output: string) => boolean]>([
  ["Ctrl-C twice while it starts", ["SIGINT", "SIGINT"], () => true],
  ["SIGTERM and Ctrl-C while it runs", ["SIGTERM", "SIGINT"], (output) => output.includes("Worker on")],
  ["a closed terminal", ["SIGHUP"], () => true],
])("dev:worker leaves nothing after %s", async (_when, signals, isThere) => {
  await copyMigratedD1(join(folder, "state"));
  const { child, ended, left, output } = run("dev");
  await expect.poll(() => left().length > 0 && isThere(output())).toBe(true);
  for (const signal of signals) child.kill(signal);
  expect(await ended).toEqual([0, null]);
  expect(left()).toEqual([]);
});

it("deploy:worker stops what it uploads on Ctrl-C", async () => {
  const api = createServer();
  const asked = once(api, "connection");
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  const { port } = api.address() as AddressInfo; // of a server that listens on TCP
  const account = { CLOUDFLARE_API_TOKEN: "t".repeat(40), CLOUDFLARE_ACCOUNT_ID: "a".repeat(32) };
  const { child, ended, left } = run("deploy", {
    ...account,
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
  });
  const [socket] = await asked;
  const closed = once(
    socket.resume().on("error", () => {}),
    "close",
  );
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  await closed;
  expect(left()).toEqual([]);
  api.close();
});
