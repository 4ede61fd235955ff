/**
 * The Node transport with names that a test makes up, and whatever else the test opens: all of it closed after the test.
 */
import { afterEach } from "vitest";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { createUndiciTransport, type UndiciTransport } from "../../shared/node/undici-transport.ts";
import { startDnsStub, type DnsEntry } from "./dns-stub.ts";

interface Closable {
  close(): Promise<void>;
}

export interface UndiciBench {
  /** Remembers what is to be closed after the test. */
  track<T extends Closable>(each: T): T;
  /** Names of the table lead where it says; no others exist. `ca` is trusted beside the usual authorities. */
  transportWith(table?: Readonly<Record<string, DnsEntry>>, ca?: readonly string[]): Promise<UndiciTransport>;
}

/** To be called once per file. */
export function useUndici(): UndiciBench {
  const open: Closable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  const track = <T extends Closable>(each: T): T => {
    open.push(each);
    return each;
  };
  return {
    track,
    async transportWith(table = {}, ca = []) {
      const { server } = track(await startDnsStub(table));
      const resolveName = createNameResolver({ servers: [server], hostsFile: "/nonexistent" });
      return track(createUndiciTransport({ resolveName, ca }));
    },
  };
}
