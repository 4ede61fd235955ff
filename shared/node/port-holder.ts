/**
 * Which program of this machine listens on a port, as far as this user may see it. Linux only: elsewhere nobody is found.
 * Used by listening.ts. Invariant: never throws; what ends meanwhile is not found.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Columns of /proc/net/tcp: the local address, the state (0A: listening), the inode of the socket. */
const LISTENING = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ 0A (?:\S+ +){5}(\d+)/gm;

/** Such as `node (pid 4711)`; null when it cannot be told. */
export function portHolder(port: number): string | null {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => orElse(() => readFileSync(path, "utf8"), ""));
  const sockets = tables
    .flatMap((table) => [...table.matchAll(LISTENING)])
    .flatMap(([, hex = "", inode]) => (Number.parseInt(hex, 16) === port ? [`socket:[${inode}]`] : []));
  const pids = orElse(() => readdirSync("/proc"), []).filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => socketsOf(each).some((socket) => sockets.includes(socket)));
  if (pid === undefined) return null;
  return `${orElse(() => readFileSync(`/proc/${pid}/comm`, "utf8"), "a program").trim()} (pid ${pid})`;
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
