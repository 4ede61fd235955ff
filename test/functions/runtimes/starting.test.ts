/** With what the service starts, and what it refuses to start with rather than to run something that nobody meant. */
import Database from "better-sqlite3";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VERSION } from "../../../functions/version.ts";
import { writeHistory } from "../../support/database-states.ts";
import { request } from "../../support/raw-http.ts";
import { runService, startService, type ServiceOptions, type ServiceProcess } from "../../support/service-process.ts";

const CONFIG = JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } });

let folder: string;
let service: ServiceProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
});

afterEach(async () => {
  await service?.stop();
  service = null;
  rmSync(folder, { recursive: true, force: true });
});

async function started(options: Omit<ServiceOptions, "folder">): Promise<ServiceProcess> {
  service = await startService({ ...options, folder });
  return service;
}

const inFolder = (name: string): string => join(folder, name);

describe("a configuration that somebody meant", () => {
  const meant: Record<string, [prepare: () => void, said: string]> = {
    "a link to nowhere": [
      () => symlinkSync("gone.yaml", inFolder("cluster.yaml")),
      "cluster.yaml: this is a link to gone.yaml, which does not exist",
    ],
    "a folder, as a container makes one of a file to mount that does not exist": [
      () => mkdirSync(inFolder("cluster.yaml")),
      "cluster.yaml: this is a folder, and the configuration is a file",
    ],
    "a link to itself": [
      () => symlinkSync("cluster.yaml", inFolder("cluster.yaml")),
      "cluster.yaml: the file cannot be read (ELOOP)",
    ],
    "a device without an end": [
      () => symlinkSync("/dev/zero", inFolder("cluster.yaml")),
      "cluster.yaml: this is a device, and the configuration is a file",
    ],
    "a pipe that nobody writes to": [
      () => execFileSync("mkfifo", [inFolder("cluster.yaml")]),
      "cluster.yaml: this is a pipe, and the configuration is a file",
    ],
    "a file of five gigabytes": [
      () => {
        writeFileSync(inFolder("cluster.yaml"), CONFIG);
        truncateSync(inFolder("cluster.yaml"), 5 * 2 ** 30);
      },
      "cluster.yaml: the file is too large: the configuration has at most 4000000 bytes",
    ],
    "another ending": [
      () => writeFileSync(inFolder("cluster.yml"), CONFIG),
      "cluster.yml: the configuration is called cluster.yaml; rename it, or name it by --config",
    ],
    "an ending that an editor has added": [
      () => writeFileSync(inFolder("cluster.yaml.txt"), CONFIG),
      "cluster.yaml.txt: the configuration is called cluster.yaml; rename it, or name it by --config",
    ],
    "other letters": [
      () => writeFileSync(inFolder("Cluster.yaml"), CONFIG),
      "Cluster.yaml: the configuration is called cluster.yaml; rename it, or name it by --config",
    ],
  };
  for (const [name, [prepare, said]] of Object.entries(meant)) {
    it(`and that cannot be used ends the start with 78, and never starts the demo: ${name}`, async () => {
      prepare();
      const { code, output } = await runService({ config: null, folder });
      expect([code, output]).toEqual([78, `${said}\n`]);
      expect(existsSync(inFolder("test.db"))).toBe(false);
    });
  }

  it("is read where an argument names it, whatever it is called", async () => {
    writeFileSync(inFolder("my.yml"), CONFIG);
    const { port } = await started({ config: null, args: ["--config", "my.yml"] });
    expect((await request(port, "/stats")).json.services_monitored).toEqual(["a"]);
  });
});

describe("an argument", () => {
  for (const [name, ...args] of [
    ["config", "--config", "a.yaml", "--config", "b.yaml"],
    ["config", "--config=a.yaml", "--config=a.yaml"],
    ["version", "--version", "--version"],
  ]) {
    it(`that is given twice ends the start with 64: ${args.join(" ")}`, async () => {
      const { code, output } = await runService({ config: CONFIG, folder, args });
      expect([code, output.split("\n")[0]]).toEqual([64, `--${name} is given twice`]);
    });
  }

  it("that asks for two things at once ends the start with 64", async () => {
    const { code, output } = await runService({ config: CONFIG, folder, args: ["--version", "--help"] });
    expect([code, output.split("\n")[0]]).toEqual([64, "--help and --version ask for two things"]);
  });

  for (const args of [["my.yaml"], ["--confg", "my.yaml"], ["--config"], ["--config="], ["--port=1"]]) {
    it(`that is not known ends the start with 64 and the usage: ${args.join(" ")}`, async () => {
      const { code, output } = await runService({ config: CONFIG, folder, args });
      expect([code, output.trim().split("\n")[1]]).toEqual([
        64,
        "usage: npm start -- [--config FILE] [--version] [--help]",
      ]);
      expect(existsSync(inFolder("test.db"))).toBe(false);
    });
  }

  it("asks for the usage, or the version, and for nothing else", async () => {
    const help = await runService({ config: null, folder, args: ["--help"] });
    expect([help.code, help.output.startsWith("usage: npm start")]).toEqual([0, true]);
    expect(await runService({ config: null, folder, args: ["--version"] })).toEqual({
      code: 0,
      output: `${VERSION}\n`,
    });
  });
});

describe("the database", () => {
  it("is the file that an empty variable does not name", async () => {
    const env = { MONITORING_DB: "", MONITORING_CONFIG: " ", LOG_LEVEL: "" };
    await started({ config: CONFIG, env });
    expect(existsSync(inFolder("data/monitoring.db"))).toBe(true);
  });

  for (const name of [":memory:", " :MEMORY:", "file:test.db?mode=memory"]) {
    it(`is a file that outlives the process: ${name} is refused with 78`, async () => {
      const { code, output } = await runService({ config: CONFIG, folder, env: { MONITORING_DB: name } });
      expect([code, output]).toEqual([78, `MONITORING_DB: found "${name}", expected the path of a file\n`]);
    });
  }

  for (const id of ["a", "jetson_ollama"]) {
    it(`of another cluster is refused by the demo, and stays as it is, also with services like its own: ${id}`, async () => {
      const config = JSON.stringify({ services: { [id]: { url: "http://127.0.0.1:1/" } } });
      await (await started({ config })).stop();
      rmSync(inFolder("cluster.yaml"));
      const before = readFileSync(inFolder("test.db"));
      const { code, output } = await runService({ config: null, folder });
      expect(code).toBe(78);
      expect(output).toContain(`${inFolder("test.db")}: this is the history of a real cluster`);
      for (const word of ["cluster.yaml", "--config", "MONITORING_DB"]) expect(output).toContain(word);
      expect(readFileSync(inFolder("test.db"))).toEqual(before);
    });
  }

  it("that has lost its snapshot is refused by the demo as well", async () => {
    await writeHistory(inFolder("test.db"), 3, Date.now());
    new Database(inFolder("test.db")).exec("delete from snapshot").close();
    const { code, output } = await runService({ config: null, folder });
    expect([code, output]).toEqual([78, expect.stringContaining("this is the history of a real cluster")]);
  });

  it("of a demo is gone on with by the next one", async () => {
    await (await started({ config: null })).stop();
    const { port } = await started({ config: null });
    expect((await request(port, "/health")).status).toBe(200);
  });
});
