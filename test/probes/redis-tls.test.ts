/**
 * The redis check type over TLS: what it tells of the certificate of a server that is well.
 */
import { createServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { makeAuthority } from "../support/certificates.ts";
import { configureProbe } from "../support/configured-probe.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

const DAY_MS = 86_400_000;
const TRUSTED_BEFORE = getCACertificates();
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const VALIDITY = { validFromMs: TODAY_MS - DAY_MS, validToMs: TODAY_MS + 5 * DAY_MS };

let context: TestContext;
let server: LoopbackServer;

beforeAll(async () => {
  context = await makeContext();
});
afterAll(async () => {
  setDefaultCACertificates(TRUSTED_BEFORE);
  await context.close();
});
afterEach(() => server.close());

it.each([
  ["that is well", "$20\r\nconnected_clients:17\r\n"],
  ["that keeps INFO to itself", "-NOPERM\r\n"],
])("A probe of a server %s tells when its certificate ends", async (_what, info) => {
  const authority = makeAuthority("Test Authority", VALIDITY);
  setDefaultCACertificates([...TRUSTED_BEFORE, authority.ca]);
  const secure = createServer(authority.issue({ ...VALIDITY, hosts: ["127.0.0.1"] }), (socket) =>
    socket.on("data", (chunk) => socket.write(/ping/i.test(String(chunk)) ? "+PONG\r\n" : info)),
  );
  server = await listen(secure);
  const probe = configureProbe(CHECK_TYPES.redis, { host: `127.0.0.1:${server.port}`, tls: true });
  expect(await probe({ ...context, timeoutMs: WAIT_LIMIT_MS })).toMatchObject({
    status: "healthy",
    details: { certificateExpiresAtMs: VALIDITY.validToMs },
  });
});
