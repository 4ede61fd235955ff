/**
 * The test of a channel goes the way of every message: where a message must not be sent, no test is sent either.
 * And what was sent is told as sent, whether or not it can be written down. The monitor is whole; the mail server is real, and a
 * name leads to this machine that may not.
 */
import { hostname } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { compose } from "../../../functions/monitor/compose.ts";
import { startSmtpServer } from "../../support/receivers/smtp-server.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

const ADMIN = newToken("admin");

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const RUNTIMES = [
  ["where the process stays alive", testProcess().process],
  ["where the platform wakes us", null],
] as const;

describe("POST /channels/{name}/test", () => {
  it.each(RUNTIMES)("tells that a message was sent while nothing can be stored, %s", async (_where, process) => {
    const database = sqliteTestDatabase();
    open.push(database);
    const config = {
      services: { a: { url: "https://example.org/" } },
      auth: { tokens: { admin: { hash: ADMIN.hash, scopes: ["admin"] } } },
      alerting: { channels: { own: { type: "log" } } },
    };
    const runtime = testRuntime({ database, config, process });
    const { monitor } = await compose(runtime);
    await monitor.start();
    database.sqlite.pragma("query_only = true");
    const headers = { host: "localhost", authorization: `Bearer ${ADMIN.token}` };
    const asked = monitor.fetch(new Request("http://localhost/channels/own/test", { method: "POST", headers }));
    const answer = await passUntil(runtime.clock, asked);
    expect([answer.status, await answer.json()]).toMatchObject([200, { channel: "own", outcome: "accepted" }]);
    database.sqlite.pragma("query_only = false");
    await passUntil(runtime.clock, monitor.stop());
  });

  it.each(RUNTIMES)("sends nothing to an address that must not be called, %s", async (_where, process) => {
    const server = await startSmtpServer({ login: null });
    const database = sqliteTestDatabase();
    open.push(server, database);
    const mail = { type: "email", host: hostname(), port: server.port, from: "a@example.test", to: ["b@example.test"] };
    const config = {
      services: { a: { url: "https://example.org/" } },
      auth: { tokens: { admin: { hash: ADMIN.hash, scopes: ["admin"] } } },
      alerting: { channels: { mail } },
    };
    const runtime = testRuntime({ database, config, process });
    const { monitor } = await compose({ ...runtime, resolveName: async () => ({ address: "127.0.0.1" }) });
    const headers = { host: "localhost", authorization: `Bearer ${ADMIN.token}` };
    const url = "http://localhost/channels/mail/test";
    await monitor.start();
    const asked = monitor.fetch(new Request(url, { method: "POST", headers }));
    const answer = await passUntil(runtime.clock, asked);
    expect(await answer.json()).toMatchObject({ outcome: "deferred", message: "The address must not be called" });
    expect(server.commands).toEqual([]);
    await passUntil(runtime.clock, monitor.stop());
  });
});
