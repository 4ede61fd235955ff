/**
 * What brings a service into the states of page-states.ts: real parts that fail, are slow or are used. Each returns what ends it, where
 * that is needed before the service is stopped. Invariant: when one resolves, the service knows of it.
 */
import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import type { Page } from "playwright-core";
import { vi } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { request } from "../../support/raw-http.ts";
import type { ServiceProcess } from "../../support/service-process.ts";
import type { TargetServer } from "../../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";

/** Of who has all scopes where `TOKEN_HASH` is configured so. */
export const { token: TOKEN, hash: TOKEN_HASH } = newToken("anna");

/** What is watched: one that is well, one that is broken, one that never answers, and one that is well until a state begins. */
export type Targets = Readonly<Record<"well" | "broken" | "mute" | "fickle", TargetServer>>;

/** Another program has the database for itself. */
export async function lockStorage({ folder, saw }: ServiceProcess): Promise<() => void> {
  const locker = new Database(join(folder, "test.db"));
  locker.exec("begin exclusive");
  await saw("checks are held");
  return () => locker.close();
}

/** Everything that leaves something to be seen. */
export async function doAll({ port }: ServiceProcess): Promise<undefined> {
  const authorization = `Bearer ${TOKEN}`;
  const post = async (path: string, value: object = {}): Promise<void> => {
    const body = JSON.stringify(value);
    const headers = { authorization, "content-type": "application/json", "content-length": String(body.length) };
    const { status, body: answer } = await request(port, path, { method: "POST", headers, body });
    if (status >= 300) throw new Error(`${path}: ${answer}`);
  };
  const { details } = (await request(port, "/alerts")).json;
  const [comment, services] = ["a new disk", ["ollama"]];
  const [starts_at, ends_at] = [60_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  await post(`/alerts/${details[0].id}/acknowledge`, { comment });
  await post("/silences", { services, ends_at, comment });
  await post("/maintenance", { services, schedule: { kind: "once", starts_at, ends_at }, comment });
  await post("/marks", { text: "deployed", service: "tools" });
  await post("/channels/lines/test");
  await post("/drill");
}

/** As when its machine sleeps, for longer than any page waits. */
export async function freeze(service: ServiceProcess, page: Page): Promise<() => void> {
  service.signal("SIGSTOP");
  await page.clock.fastForward("02:00");
  await page.locator("body.is-cut-off").waitFor();
  return () => service.signal("SIGCONT");
}

const SHIFTED_CLOCK = fileURLToPath(new URL("../../support/processes/shifted-clock.mjs", import.meta.url));
/** In the folder of the service, where a process begins. */
const CLOCK_OFFSET_FILE = "clock-offset";

/** For a service whose machine sleeps later. */
export const SLEEPY = { CLOCK_OFFSET_FILE, NODE_OPTIONS: `--import=${SHIFTED_CLOCK}` };

export const setClock = (folder: string, offsetMs: number): void =>
  writeFileSync(join(folder, CLOCK_OFFSET_FILE), String(offsetMs));

/**
 * Its machine has been asleep for an hour: the wall clock has gone on, the monotonic one has not. `target`, the only one that is
 * watched, as `tools`, leaves the check in progress without an answer. All before it have been committed: a commit after the sleep
 * would be news, of which pages are made.
 */
export async function fallAsleep({ folder, port, saw }: ServiceProcess, target: TargetServer): Promise<ServerResponse> {
  const unanswered = await new Promise<ServerResponse>((resolve) => {
    target.response = (_asked, reply) => resolve(reply);
  });
  const finished = target.seen - 1;
  const expectCommitted = async () => {
    const { count } = (await request(port, "/history/tools")).json;
    if (count !== finished) throw new Error(`${count} of ${finished} checks are committed`);
  };
  await vi.waitFor(expectCommitted, { timeout: WAIT_LIMIT_MS });
  setClock(folder, 3_600_000);
  await saw("monitor was paused");
  return unanswered;
}

export async function sleep(service: ServiceProcess, { fickle }: Targets): Promise<undefined> {
  await fallAsleep(service, fickle);
}
