/**
 * What a probe needs from its host, real in every part, for tests on Node.
 */
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import type { ProbeContext } from "../../shared/ports/prober.ts";
import { startDnsStub, type DnsEntry } from "./dns-stub.ts";
import { FIRST_PROBE } from "./first-probe.ts";

export type TestContext = Omit<ProbeContext, "timeoutMs"> & { close(): Promise<void> };

/** The real clock, transport and resolver, with the names of the table and no others. */
export async function makeContext(table: Readonly<Record<string, DnsEntry>> = {}): Promise<TestContext> {
  const dns = await startDnsStub(table);
  const resolveName = createNameResolver({ servers: [dns.server], hostsFile: "/nonexistent" });
  const http = createUndiciTransport({ resolveName });
  return {
    ...FIRST_PROBE,
    clock: systemClock,
    http,
    resolveName,
    async close() {
      await http.close();
      await dns.close();
    },
  };
}
