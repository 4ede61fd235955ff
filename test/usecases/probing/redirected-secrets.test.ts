/**
 * A target that sends us on to a URL with our secret in it: nothing of the secret is shown, though a URL is parsed, cut and normalised.
 * A real server redirects as the table says; the check is made, and shown, as configured.
 */
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodeInUrl } from "../../../shared/config/encode-in-url.ts";
import { makeRedactor } from "../../../shared/domain/text/redact.ts";
import type { HttpExchangeRequest, HttpResponse } from "../../../shared/ports/http-transport.ts";
import { CHECK_TYPES } from "../../../shared/probes/registry.ts";
import { showFinding } from "../../../shared/usecases/probing/show-finding.ts";
import { configureRawProbe } from "../../support/configured-probe.ts";
import { listen, type LoopbackServer } from "../../support/loopback-server.ts";
import { makeContext, type TestContext } from "../../support/probe-context.ts";
import { WAIT_LIMIT_MS } from "../../support/time-limits.ts";

let context: TestContext;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  const here = ["127.0.0.1"];
  context = await makeContext({ "elsewhere.localhost": here, "nas1.localhost": here });
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Sends the first request on to the first Location and so on; `${ORIGIN}` and `${PORT}` are its own. */
async function serve(locations: readonly string[]): Promise<LoopbackServer> {
  let asked = 0;
  const server = await listen(
    createServer((_request, response) => {
      const location = locations[asked];
      asked += 1;
      if (location === undefined) response.end("arrived");
      else response.writeHead(302, { location: location.replace("${PORT}", String(server.port)) }).end();
    }),
  );
  servers.push(server);
  return server;
}

/** What is shown as the final URL, without the port, after a check of `url` in which `${T}` stands for the secret. */
async function finalUrl(secret: string, locations: readonly string[], url = "http://127.0.0.1:${PORT}/start") {
  const { port } = await serve(locations);
  const [before = "", after] = url.replace("${PORT}", String(port)).split("${T}");
  const written = after === undefined ? before : before + encodeInUrl(secret, before) + after;
  const probe = configureRawProbe(CHECK_TYPES.http, { url: written, follow_redirects: true });
  const finding = await probe({ ...context, timeoutMs: WAIT_LIMIT_MS });
  const { details, status } = showFinding(finding, makeRedactor([secret]));
  expect(status).toBe("healthy");
  return details.finalUrl?.replace(`:${port}`, "");
}

const HERE = "http://127.0.0.1";

describe("a redirect to a URL with a secret", () => {
  it.each([
    ["a fragment", "s3cr3tHALF#otherHALF", "/app/t/s3cr3tHALF#otherHALF/"],
    ["a query", "s3cr3tHALF?otherHALF", "/app/t/s3cr3tHALF?otherHALF/"],
    ["a step", "s3cr3tHALF/../otherHALF", "/t/s3cr3tHALF/../otherHALF"],
    ["an encoded step", "s3cr3tHALF/../otherHALF", "/t/s3cr3tHALF/%2e%2E/otherHALF"],
    ["a backslash", String.raw`s3cr3tHALF\otherHALF`, String.raw`/t/s3cr3tHALF\otherHALF`],
    ["a backslash and a fragment", String.raw`s3cr3t\HALF#other`, String.raw`/t/s3cr3t\HALF#other`],
    ["a slash that became a backslash, and a fragment", "s3cr3t/HALF#other", String.raw`/t/s3cr3t\HALF#other`],
    ["a tab, which URLs lose, and a fragment", "s3cr3tHALF#otherHALF", "/t/s3cr3\ttHALF#otherHALF"],
    ["a query that holds all of it", "s3cr3tHALF#otherHALF", "/login?next=/t/s3cr3tHALF%23otherHALF"],
    ["a path of base64", "s3cr3tHALF#otherHALF", `/t/${btoa("s3cr3tHALF#otherHALF")}`],
    ["other letters than ASCII", "pässwörd#half", Buffer.from("/t/pässwörd#half").toString("latin1")],
  ])("shows the origin only: %s", async (_, secret, location) => {
    expect(await finalUrl(secret, [location])).toBe(HERE);
  });

  it.each(["s3cr3tHALF#otherHALF", "S3cr3tHALF/other", "S3cr3tHALF.localhost:80/other", "s3cr3tHALF?other"])(
    "shows nothing of a host that is a secret: %s",
    async (secret) => {
      const exchange = async ({ target }: HttpExchangeRequest): Promise<HttpResponse> => ({
        kind: "response",
        statusCode: target.host === "127.0.0.1" ? 302 : 200,
        headers: { location: `http://${secret}` },
        body: new Uint8Array(),
        truncated: false,
        durationMs: 1,
        timings: {},
      });
      const probe = configureRawProbe(CHECK_TYPES.http, { url: HERE, follow_redirects: true });
      const finding = await probe({ ...context, http: { exchange }, timeoutMs: WAIT_LIMIT_MS });
      expect(finding.details.trail).toHaveLength(2);
      expect(showFinding(finding, makeRedactor([secret])).details).not.toHaveProperty("finalUrl");
    },
  );

  it("shows the origin of another host when that is clean", async () => {
    const location = "http://elsewhere.localhost:${PORT}/t/s3cr3tHALF#other";
    expect(await finalUrl("s3cr3tHALF#other", [location])).toBe("http://elsewhere.localhost");
  });

  it("remembers what a relative Location has kept of it", async () => {
    const secret = "s3cr3tHALF#other";
    expect(await finalUrl(secret, ["/t/s3cr3tHALF#other", "s3cr3tHALF"])).toBe(HERE);
    expect(await finalUrl(secret, ["/t/s3cr3tHALF#other", "?again"])).toBe(HERE);
    expect(await finalUrl("s3cr3t/HALF", ["next"], "http://127.0.0.1:${PORT}/${T}")).toBe(HERE);
    expect(await finalUrl("s3cr3t/HALF", ["/home"], "http://127.0.0.1:${PORT}/${T}")).toBe(`${HERE}/home`);
    expect(await finalUrl(secret, ["/t/s3cr3tHALF#other", "/home?x#y"])).toBe(`${HERE}/home`);
  });

  it("does not show a host of the configuration that is a secret, short ones in lower case neither", async () => {
    expect(await finalUrl("NAS1.localhost", ["/x"], "http://${T}:${PORT}/")).toBeUndefined();
    expect(await finalUrl("NAS1", ["/x"], "http://${T}.localhost:${PORT}/")).toBeUndefined();
    expect(await finalUrl("NAS1", ["//nas1.localhost:${PORT}/x"], "http://${T}.localhost:${PORT}/")).toBeUndefined();
  });

  it("shows all of what holds none", async () => {
    expect(await finalUrl("s3cr3tHALF#other", ["/a/b?c#d"])).toBe(`${HERE}/a/b`);
    expect(await finalUrl("s3cr3tHALF#other", ["/t/s3cr3t"])).toBe(`${HERE}/t/s3cr3t`);
  });
});
