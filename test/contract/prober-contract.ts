/**
 * What the probe of every check type must do, whatever it speaks: end in time, never reject, leak nothing, close everything.
 * Runs over real sockets against servers on loopback and names of a DNS stub.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Observation } from "../../shared/domain/monitoring/check.ts";
import type { ShownProbe } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { startBlackhole } from "../support/blackhole.ts";
import { MISCHIEFS, startHostile, type MischiefName } from "../support/hostile-server.ts";
import { closedPort, type LoopbackServer } from "../support/loopback-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

export interface ProberUnderTest {
  /** The probe of a service at `host:port`, with the secret in every place where the check type takes one. */
  configure(hostAndPort: string, secret: string): ShownProbe;
  /** False for a check type that is content with an open connection. */
  readonly awaitsAnswer: boolean;
}

/** What a host may leave to its platform; whoever does says so by name. */
export interface ProbingAbilities {
  /** Resolves names itself, so that a test can say where they lead. */
  readonly resolvesNames: boolean;
  /** Tells a connection that does not come about from an answer that does not come. */
  readonly tellsConnectDeadline: boolean;
  /** Ends an exchange that sends informational answers without end; a platform may be busy with them beyond any deadline. */
  readonly endsHints: boolean;
}

const ALL_ABILITIES: ProbingAbilities = { resolvesNames: true, tellsConnectDeadline: true, endsHints: true };

const SECRET = "canary-s3cret";

const NAMES = {
  "dead.test": "silence",
  "metadata.test": ["169.254.169.254"],
  "inside.test": ["127.0.0.1"],
} as const;

export function proberContract(
  name: string,
  { configure, awaitsAnswer }: ProberUnderTest,
  { resolvesNames, tellsConnectDeadline, endsHints } = ALL_ABILITIES,
): void {
  describe(`prober: ${name}`, () => {
    let context: TestContext;
    const servers: LoopbackServer[] = [];

    beforeEach(async () => {
      context = await makeContext(NAMES);
    });
    afterEach(async () => {
      await context.close();
      await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    const hostile = async (mischief: MischiefName): Promise<LoopbackServer> => {
      const server = await startHostile(mischief);
      servers.push(server);
      return server;
    };
    const probe = (hostAndPort: string, timeoutMs = WAIT_LIMIT_MS): Promise<Observation> =>
      configure(hostAndPort, SECRET)({ ...context, timeoutMs });

    it("finds nothing where nothing listens", async () => {
      const observation = await probe(`127.0.0.1:${await closedPort()}`);
      expect(observation).toMatchObject({
        status: "error",
        reason: "refused",
        message: "Connection refused",
        statusCode: null,
      });
    });

    it("ends at its deadline while no connection comes about", async () => {
      const blackhole = await startBlackhole();
      const observation = await probe(`127.0.0.1:${blackhole.port}`, 200);
      await blackhole.close();
      expect(observation).toMatchObject({
        status: "timeout",
        reason: tellsConnectDeadline ? "deadline_connect" : "deadline_response",
        message: "Request timed out",
      });
    });

    it(`${awaitsAnswer ? "ends at its deadline" : "is content"} while the peer is silent, and hangs up`, async () => {
      const server = await hostile("silent");
      const startedMs = performance.now();
      const observation = await probe(`127.0.0.1:${server.port}`, awaitsAnswer ? 600 : WAIT_LIMIT_MS);
      const expected = awaitsAnswer
        ? { status: "timeout", reason: "deadline_response", message: "Request timed out" }
        : { status: "healthy", reason: null, message: null };
      expect(observation).toMatchObject(expected);
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(awaitsAnswer ? 595 : 0);
      await server.untilIdle();
    });

    const mischiefs = (Object.keys(MISCHIEFS) as MischiefName[]).filter(
      (each) => endsHints || each !== "endless_hints",
    );
    it.each(mischiefs)("survives %s: it ends, in order, without a secret", async (mischief) => {
      const server = await hostile(mischief);
      const observation = await probe(`127.0.0.1:${server.port}`, 300);
      expect(observation.responseTimeMs).toBeGreaterThanOrEqual(0);
      expect(observation.reason === null).toBe(observation.status === "healthy");
      expect(observation.message === null).toBe(observation.status === "healthy");
      expect(JSON.stringify(observation)).not.toContain(SECRET);
      await server.untilIdle();
    });

    it("can run many times at once", async () => {
      const host = `127.0.0.1:${await closedPort()}`;
      const observations = await Promise.all(Array.from({ length: 30 }, () => probe(host)));
      expect(new Set(observations.map(({ reason }) => reason))).toEqual(new Set(["refused"]));
    });

    if (!resolvesNames) return;

    it("finds no name that does not exist", async () => {
      expect(await probe("nope.invalid:80")).toMatchObject({ status: "error", reason: "dns" });
    });

    it.each(["metadata.test", "inside.test"])(
      "does not follow the name %s to an address that is never probed",
      async (host) => {
        expect(await probe(`${host}:80`)).toMatchObject({ status: "error", reason: "forbidden_address" });
      },
    );

    it("ends at its deadline while nobody resolves the name", async () => {
      const observation = await probe("dead.test:80", 200);
      expect(observation).toMatchObject({
        status: "timeout",
        reason: "deadline_connect",
        message: "Request timed out",
      });
    });

    it.each(["nope.invalid:80", "dead.test:80", "metadata.test:80"])(
      "says nothing secret about %s",
      async (hostAndPort) => {
        expect(JSON.stringify(await probe(hostAndPort, 100))).not.toContain(SECRET);
      },
    );
  });
}
