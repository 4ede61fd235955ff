/**
 * What the benchmark reads about the processes it measures, from /proc and from memory.sh.
 */
import { describe, expect, it } from "vitest";
import { countSockets, parseBytesWritten, parseCpuTimeUs } from "../../../scripts/bench/proc.ts";
import { parseMemorySettings } from "../../../scripts/memory.ts";

/** Fields 3 to 15 as in proc(5); utime is 120 ticks, stime 30. */
const FIELDS = "S 1 4242 4242 0 -1 4194560 9000 0 3 0 120 30 7 8 20 0 11 0 5000";

describe("parseCpuTimeUs", () => {
  it("adds user and system time, without that of ended children", () => {
    expect(parseCpuTimeUs(`4242 (node) ${FIELDS}`)).toBe(1_500_000);
  });

  it("is not misled by a process name with spaces and parentheses", () => {
    expect(parseCpuTimeUs(`4242 (my (odd) name 1 2) ${FIELDS}`)).toBe(1_500_000);
  });

  it("refuses a text that is no stat file", () => {
    expect(() => parseCpuTimeUs("")).toThrow("not the stat file");
    expect(() => parseCpuTimeUs("4242 (node) S 1")).toThrow("not the stat file");
  });
});

describe("parseBytesWritten", () => {
  const io = "rchar: 9\nwchar: 5000\nsyscr: 1\nsyscw: 2\nread_bytes: 7\nwrite_bytes: 4096\ncancelled_write_bytes: 11\n";

  it("takes what went to a disk, not what was handed to write nor what was cancelled", () => {
    expect(parseBytesWritten(io)).toBe(4_096);
  });

  it("refuses a text that is no io file", () => {
    expect(() => parseBytesWritten("")).toThrow("not the io file");
    expect(() => parseBytesWritten("cancelled_write_bytes: 11\n")).toThrow("not the io file");
  });
});

describe("countSockets", () => {
  const row = (
    local: string,
    remote: string,
    rest = "01 00000000:00000000 00:00000000 00000000 0 0 2373320 1",
  ): string => `   1: ${local} ${remote} ${rest}`;

  it("takes what the server holds: neither its listener, nor what has closed, nor a client with the port's number", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      row("00000000:AE55", "00000000:0000", "0A 00000000:00000000 00:00000000 00000000 0 0 2157032 1"),
      row("0100007F:AE55", "0200007F:AE55"),
      row("0100007F:AE55", "0200007F:8E9B"),
      row("0100007F:AE55", "0200007F:8E9C", "06 00000000:00000000 03:00001500 00000000 0 0 0 3"),
      row("0200007F:AE55", "0100007F:AE55"),
      row("0100007F:AE56", "0200007F:8E9B"),
      "",
    ];
    expect(countSockets(table.join("\n"), 0xae55)).toBe(2);
  });

  it("takes clients of IPv6, and those of IPv4 at a listener for both", () => {
    const own = ["00000000000000000000000001000000:AE55", "0000000000000000FFFF00000100007F:AE55"];
    expect(countSockets(own.map((local) => row(local, `${local.slice(0, 32)}:8E9B`)).join("\n"), 0xae55)).toBe(2);
  });
});

describe("parseMemorySettings", () => {
  it("finds the flags of Node and the exported variables", () => {
    const script = '# a comment\nexport ARENAS=1\nexport LIMIT_=200\n\nmemory_flags="--one=1 --two"\n';
    expect(parseMemorySettings(script)).toEqual({
      nodeFlags: ["--one=1", "--two"],
      env: { ARENAS: "1", LIMIT_: "200" },
    });
  });

  it("refuses a script that names no flags", () => {
    expect(() => parseMemorySettings("exec node dist/node.mjs")).toThrow("memory_flags");
  });
});
