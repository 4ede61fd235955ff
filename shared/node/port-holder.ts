/**
 * Which program of this machine listens on a port, as far as this user may see it. Linux only: elsewhere nobody is found.
 * Used by listening.ts and `npm run reload`. Invariant: never throws; what ends meanwhile is not found.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** Columns of /proc/net/tcp: the local address, the state (0A: listening), the inode of the socket. */
const LISTENING = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ 0A (?:\S+ +){5}(\d+)/gm;

export interface PortHolder {
  readonly pid: number;
  /** Such as `node`. */
  readonly name: string;
  /** With its arguments. */
  readonly command: string;
}

/** Null when it cannot be told. */
export function portHolder(port: number): PortHolder | null {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => orElse(() => readFileSync(path, "utf8"), ""));
  const sockets = tables
    .flatMap((table) => [...table.matchAll(LISTENING)])
    .flatMap(([, hex = "", inode]) => (Number.parseInt(hex, 16) === port ? [`socket:[${inode}]`] : []));
  const pids = orElse(() => readdirSync("/proc"), []).filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => socketsOf(each).some((socket) => sockets.includes(socket)));
  if (pid === undefined) return null;
  const told = (file: string): string => orElse(() => readFileSync(`/proc/${pid}/${file}`, "utf8"), "");
  // Threads may have another name than their program: Node calls its first one MainThread.
  const program = orElse(() => basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ""), "");
  const name = program || told("comm").trim() || "a program";
  return { pid: Number(pid), name, command: told("cmdline").replaceAll("\0", " ") };
}

function socketsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return orElse(() => readdirSync(folder), []).map((name) => orElse(() => readlinkSync(`${folder}/${name}`), ""));
}

function orElse<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
