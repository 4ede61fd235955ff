/** A recipient that is taken out of the configuration and put back, one that is corrected, a channel that is renamed and renamed back: the built service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startSmtpServer, type SmtpServer } from "../support/receivers/smtp-server.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SERVICES = ["tools", "redis"] as const;

let targets: TargetServer[];
let mail: SmtpServer;
let service: ServiceProcess | null = null;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  targets = await Promise.all(SERVICES.map(() => startTarget(sendJson(200, {}))));
  mail = await startSmtpServer({ login: null });
});
afterEach(async () => {
  await service?.stop();
  service = null;
  await Promise.all([mail.close(), ...targets.map((each) => each.close())]);
  rmSync(folder, { recursive: true, force: true });
});

const config = (channel: string, ...people: readonly string[]): string => {
  const to = people.map((who) => `${who}@example.test`);
  const watched = SERVICES.map((name, index) => [
    name,
    { url: targets[index]?.url, critical: true, timeout: 60, interval: 0.8, failures: 1, successes: 1 },
  ]);
  return JSON.stringify({
    services: Object.fromEntries(watched),
    alerting: {
      channels: { [channel]: { type: "email", host: "127.0.0.1", port: mail.port, from: "a@example.test", to } },
      policies: { critical: { steps: [{ after: 0, channels: [channel] }] } },
    },
  });
};
const turn = (index: number, status: number): void => {
  const target = targets[index];
  if (target) target.response = sendJson(status, {});
};
/** How many mails each of them has. */
const heard = (): Record<string, number> => {
  const names = mail.mails.flatMap(({ to }) => to.map((address) => address.split("@")[0] ?? ""));
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, each]) => [name, each.length]));
};

it("nobody hears anything twice, and whoever is new to something hears it once", async () => {
  turn(0, 503);
  const running = await startService({ config: config("mail", "ann", "bob"), folder });
  service = running;
  const reload = (channel: string, ...people: readonly string[]): void => {
    running.writeConfig(config(channel, ...people));
    running.signal("SIGHUP");
  };
  await expect.poll(heard).toEqual({ ann: 1, bob: 1 });
  reload("mail", "bob", "cem");
  await expect.poll(heard).toEqual({ ann: 1, bob: 1, cem: 1 });
  turn(1, 503);
  await expect.poll(heard).toEqual({ ann: 1, bob: 2, cem: 2 });
  reload("post", "bob", "cem", "ann");
  await expect.poll(heard).toEqual({ ann: 2, bob: 2, cem: 2 });
  reload("mail", "ann", "bob", "dan");
  await expect.poll(heard).toEqual({ ann: 2, bob: 2, cem: 2, dan: 1 });
  turn(0, 200);
  await expect.poll(heard).toEqual({ ann: 3, bob: 3, cem: 2, dan: 2 });
  expect(mail.mails.at(-1)?.to).toHaveLength(1);
});
