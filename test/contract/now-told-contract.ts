/** Who knows of what is wrong, as the page of the present moment says it, by what receivers did; the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { closedPort } from "../support/loopback-server.ts";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const ANNA = newToken("anna");

/** `start` adds nothing to the requests. */
export function nowToldContract(name: string, start: StartHttpHost): void {
  describe(`a card of Now on ${name}`, () => {
    let targets: TargetServer[];
    let host: HttpHost;
    const headers = { authorization: `Bearer ${ANNA.token}` };
    const ask = (path: string) => request(host.port, path, { headers });
    const card = async (): Promise<string> => {
      const { body } = await ask("/dashboard");
      return (/<li class="card[^]*?<\/li>/.exec(body)?.[0] ?? "").replaceAll(/<[^>]+>/g, "");
    };

    beforeAll(async () => {
      targets = [await startTarget(sendJson(500, {})), await startTarget(() => {})];
      const [broken, mute] = targets;
      const services = {
        tools: { url: broken?.url, critical: true, timeout: 50, interval: 3_600, failures: 1, successes: 1 },
      };
      const mail = { type: "email", host: "127.0.0.1", from: "a@example.org", to: ["b@example.org"] };
      const channels = {
        lines: { type: "log" },
        slow: { ...mail, port: Number(new URL(mute?.url ?? "").port) },
        fail: { ...mail, port: await closedPort() },
      };
      const policies = { critical: { steps: [{ after: 0, channels: Object.keys(channels) }] } };
      const auth = { tokens: { anna: { hash: ANNA.hash, scopes: ["admin"] } } };
      host = await start(JSON.stringify({ services, alerting: { channels, policies }, auth }));
      await ask("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all(targets.map((target) => target.close()));
    });

    it("says which channel has taken it, and that another one fails or has not answered", async () => {
      await expect
        .poll(card, { timeout: WAIT_LIMIT_MS, interval: 500 })
        .toMatch(
          /Told: lines ✓ taken \d\d:\d\d:\d\d UTC · slow (…|✗) .* · fail ✗ not taken, is tried again \(connection\)/,
        );
    });

    it("says who looks after it, and until when", async () => {
      const { details } = (await ask("/alerts")).json;
      const body = JSON.stringify({ duration: 7_200 });
      const sending = { ...headers, "content-type": "application/json", "content-length": String(body.length) };
      const path = `/alerts/${details[0].id}/acknowledge`;
      expect((await request(host.port, path, { method: "POST", headers: sending, body })).status).toBe(200);
      await expect
        .poll(card, { timeout: WAIT_LIMIT_MS, interval: 500 })
        .toMatch(/Acknowledged by anna until .*\d\d:\d\d:\d\d UTC\./);
    });
  });
}
