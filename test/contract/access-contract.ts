/**
 * What holds where reading needs a token, on every host: who gets in, and what the others learn.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import type { StartHttpHost, HttpHost } from "./http-host.ts";

const { token: GOOD, hash: goodHash } = newToken("agents");
const { token: EXPIRED, hash: expiredHash } = newToken("former");
const { token: FORGED } = newToken("agents");
const { token: STRANGER } = newToken("nobody");

const CONFIGURATION = JSON.stringify({
  services: { a: { url: "http://127.0.0.1:1/", timeout: 1 } },
  auth: {
    reads: "token",
    tokens: {
      agents: { hash: goodHash, scopes: ["read"] },
      former: { hash: expiredHash, expires: "2026-01-01T00:00:00Z" },
    },
  },
});

/** `start` adds nothing to the requests. */
export function accessContract(name: string, start: StartHttpHost): void {
  describe(`access to ${name} when reading needs a token`, () => {
    let host: HttpHost;
    const get = (path: string, headers: Record<string, string> = {}) => request(host.port, path, { headers });

    beforeAll(async () => {
      host = await start(CONFIGURATION);
    });
    afterAll(async () => void (await host.stop()));

    it.each(["/", "/health", "/cluster_health", "/alerts", "/history", "/history/a", "/stats", "/openapi.json"])(
      "answers %s with a valid token and not without",
      async (path) => {
        expect((await get(path)).status).toBe(401);
        expect((await get(path, { authorization: `Bearer ${GOOD}` })).status).not.toBe(401);
      },
    );

    it("asks for a token before it tells which paths and methods there are", async () => {
      const wanted = (await get("/cluster_health")).body;
      expect((await get("/nothing")).body).toBe(wanted);
      expect((await request(host.port, "/cluster_health", { method: "DELETE" })).body).toBe(wanted);
    });

    it("says how to ask, in the words of RFC 6750 and RFC 9457", async () => {
      const { headers, json } = await get("/health");
      expect(headers["www-authenticate"]).toBe('Bearer realm="monitoring"');
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(json).toMatchObject({ type: "urn:problem:unauthorized", status: 401 });
    });

    it("takes the scheme in any case, as HTTP has it", async () => {
      expect((await get("/stats", { authorization: `bEARER ${GOOD}` })).status).toBe(200);
    });

    it.each([
      ["another scheme", `Basic ${GOOD}`],
      ["no token", "Bearer"],
      ["no scheme", GOOD],
      ["the secret of another token", `Bearer ${FORGED}`],
      ["the name of no token", `Bearer ${STRANGER}`],
      ["a token that has expired", `Bearer ${EXPIRED}`],
      ["a token that is cut off", `Bearer ${GOOD.slice(0, -1)}`],
      ["a token in capitals", `Bearer ${GOOD.toUpperCase()}`],
      ["two tokens", `Bearer ${GOOD}, Bearer ${GOOD}`],
      ["ten kilobytes", `Bearer ${"a".repeat(10_000)}`],
      ["names that objects inherit", `Bearer lgm_constructor_${"a".repeat(43)}`],
    ])("refuses %s with one and the same answer", async (_what, authorization) => {
      const { status, body } = await get("/health", { authorization });
      expect([status, body]).toEqual([401, (await get("/health")).body]);
    });
  });
}
