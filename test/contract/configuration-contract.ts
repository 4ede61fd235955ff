/** What is told of the configuration over the API, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configurationEndpoint, configurationFileEndpoint } from "../../functions/endpoints/configuration.ts";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const READER = newToken("reader");
const ADMIN = newToken("admin");

/** `start` adds nothing to the requests. */
export function configurationContract(name: string, start: StartHttpHost): void {
  describe(`the configuration on ${name}`, () => {
    let host: HttpHost;
    const ask = (path: string, { token }: { readonly token: string }) =>
      request(host.port, path, { headers: { authorization: `Bearer ${token}` } });

    beforeAll(async () => {
      const tokens = {
        reader: { hash: READER.hash, scopes: ["read"], expires: "2099-01-01T00:00:00Z" },
        admin: { hash: ADMIN.hash, scopes: ["admin"] },
      };
      const services = { a: { url: "https://127.0.0.1:1/", timeout: 50, interval: 60 } };
      host = await start(
        JSON.stringify({ services, auth: { tokens }, alerting: { channels: { lines: { type: "log" } } } }),
      );
    });
    afterAll(async () => void (await host.stop()));

    it("says since when it is in force to whoever may read", async () => {
      const { status, json } = await ask("/configuration", READER);
      expect(status).toBe(200);
      expect(configurationEndpoint.response.parse(json)).toEqual(json);
      expect(json).toMatchObject({ source: "cluster.yaml", refused_at: null, services: 1, channels: 1 });
    });

    it("shows what it says, and tokens by their names, to admins only", async () => {
      expect((await ask("/configuration/file", READER)).status).toBe(403);
      const { status, json, body } = await ask("/configuration/file", ADMIN);
      expect(status).toBe(200);
      expect(configurationFileEndpoint.response.parse(json)).toEqual(json);
      expect(json.tokens).toEqual([
        { name: "reader", scopes: ["read"], expires_at: "2099-01-01T00:00:00.000Z" },
        { name: "admin", scopes: ["admin"], expires_at: null },
      ]);
      expect(json.written.services).toEqual({ a: { url: "https://127.0.0.1:1/", timeout: 50, interval: 60 } });
      for (const { token, hash } of [READER, ADMIN]) {
        expect(body).not.toContain(token.slice(-20));
        expect(body).not.toContain(hash.slice(-64));
      }
    });
  });
}
