/** A channel that comes while something is wrong, or gets another URL: at a reload and at a restart of the built service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { slackFormat } from "../support/receivers/slack-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const NAMES = ["old", "new", "third"] as const;
const pathOf = (name: string): string => `/services/T000/B000/${name}`;

let target: TargetServer;
let receivers: HttpReceiver[];
let service: ServiceProcess | null = null;
let folder: string;
let isWell: boolean;

beforeEach(async () => {
  isWell = false;
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  target = await startTarget((...exchange) => sendJson(isWell ? 200 : 503, {})(...exchange));
  receivers = await Promise.all(NAMES.map((name) => startHttpReceiver(slackFormat(pathOf(name)))));
});
afterEach(async () => {
  await service?.stop();
  service = null;
  await Promise.all([target.close(), ...receivers.map((each) => each.close())]);
  rmSync(folder, { recursive: true, force: true });
});

const config = (channels: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    services: { tools: { url: target.url, critical: true, timeout: 60, interval: 30 } },
    alerting: {
      channels: Object.fromEntries(
        Object.entries(channels).map(([name, reference]) => [name, { type: "slack", webhook_url: `\${${reference}}` }]),
      ),
    },
  });
const start = async (channels: Readonly<Record<string, string>>): Promise<ServiceProcess> => {
  const env = Object.fromEntries(
    NAMES.map((name, index) => [name.toUpperCase(), `http://127.0.0.1:${receivers[index]?.port}${pathOf(name)}`]),
  );
  return (service = await startService({ config: config(channels), env, folder }));
};
const heard = (): number[] => receivers.map(({ messages }) => messages.length);

it("hears of it at once, nobody hears it twice, and all hear the end", async () => {
  const first = await start({ slack: "OLD" });
  await expect.poll(heard).toEqual([1, 0, 0]);
  first.writeConfig(config({ slack: "NEW" }));
  first.signal("SIGHUP");
  await expect.poll(heard).toEqual([1, 1, 0]);
  await first.stop();
  const second = await start({ slack: "NEW", chat: "THIRD" });
  await expect.poll(heard).toEqual([1, 1, 1]);
  await second.stop();
  const last = await start({ room: "NEW", chat: "THIRD" });
  isWell = true;
  await expect.poll(heard).toEqual([1, 2, 2]);
  expect(await last.stop()).toBe(0);
  expect(heard()).toEqual([1, 2, 2]);
});
