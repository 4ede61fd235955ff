/**
 * Check types outside a configuration file: settings in, a probe or its faults out.
 */
import { z } from "zod/mini";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import type { Probe, ProbeContext } from "../../shared/ports/prober.ts";
import type { CheckType } from "../../shared/probes/check-type.ts";
import { startDnsStub, type DnsEntry } from "./dns-stub.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** The probe of these settings; throws when they have faults. */
export function configureProbe(type: CheckType, settings: Settings): Probe {
  const { probe, faults } = configure(type, settings);
  if (!probe) throw new Error(`faults: ${JSON.stringify(faults)}`);
  return probe;
}

/** The keys that are wrong, those of the schema first. */
export function faultyKeys(type: CheckType, settings: Settings): string[] {
  return configure(type, settings).faults;
}

function configure(type: CheckType, settings: Settings): { probe: Probe | null; faults: string[] } {
  const parsed = z.strictObject(type.keys).safeParse(settings);
  if (!parsed.success) return { probe: null, faults: parsed.error.issues.map(({ path }) => String(path[0])) };
  const faults: string[] = [];
  const probe = type.configure(parsed.data as never, (key) => faults.push(key)); // parsed by its own keys
  return { probe, faults };
}

export type TestContext = Omit<ProbeContext, "timeoutMs"> & { close(): Promise<void> };

/** The real clock, transport and resolver, with the names of the table and no others. */
export async function makeContext(table: Readonly<Record<string, DnsEntry>> = {}): Promise<TestContext> {
  const dns = await startDnsStub(table);
  const resolveName = createNameResolver({ servers: [dns.server], hostsFile: "/nonexistent" });
  const http = createUndiciTransport({ resolveName });
  return {
    clock: systemClock,
    http,
    resolveName,
    async close() {
      await http.close();
      await dns.close();
    },
  };
}
