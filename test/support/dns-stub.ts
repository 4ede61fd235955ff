/**
 * A name server on loopback that answers from a table, so that no test asks a real one.
 * Speaks just enough DNS over UDP: one question, A and AAAA.
 */
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";

/** Addresses of a name (none: the name exists without any), or how its question is mistreated. */
export type DnsEntry = readonly string[] | "nxdomain" | "servfail" | "silence" | SlowEntry;

interface SlowEntry {
  readonly afterMs: number;
  readonly addresses: readonly string[];
}

export interface DnsStub {
  /** `address:port`, as resolvers want it. */
  readonly server: string;
  /** `A name` or `AAAA name`, in the order of the questions. */
  readonly questions: readonly string[];
  close(): Promise<void>;
}

const TYPE_A = 1;
const CODES = { nxdomain: 3, servfail: 2 } as const;

/** Names that are not in the table do not exist. The table may change while the stub runs. */
export async function startDnsStub(table: { readonly [name: string]: DnsEntry }): Promise<DnsStub> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  const waiting = new Set<NodeJS.Timeout>();
  socket.on("message", (query: Buffer, { address, port }: RemoteInfo) => {
    const { name, type, end } = readQuestion(query);
    questions.push(`${type === TYPE_A ? "A" : "AAAA"} ${name}`);
    const entry = table[name] ?? "nxdomain";
    if (entry === "silence") return;
    const isSlow = typeof entry === "object" && "afterMs" in entry;
    const reply = response(query.subarray(0, end), type, isSlow ? entry.addresses : entry);
    const send = (): void => socket.send(reply, port, address);
    if (isSlow) waiting.add(setTimeout(send, entry.afterMs));
    else send();
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    server: `127.0.0.1:${socket.address().port}`,
    questions,
    close() {
      for (const timer of waiting) clearTimeout(timer);
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The question again, as an answer; each record refers to its name (offset 12). */
function response(question: Buffer, type: number, entry: Exclude<DnsEntry, "silence" | SlowEntry>): Buffer {
  const addresses = typeof entry === "string" ? [] : entry.filter((each) => isIPv4(each) === (type === TYPE_A));
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180 | (typeof entry === "string" ? CODES[entry] : 0), 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt16BE(0, 10);
  return Buffer.concat([header, ...addresses.map((address) => record(type, addressBytes(address)))]);
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** IPv6 only in its full form or as `::1`, which is all that tests need. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  if (address === "::1") return Buffer.from([...Array<number>(15).fill(0), 1]);
  return Buffer.from(
    address.split(":").flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}
