/**
 * The wire format of the imitated Redis.
 */
import { describe, expect, it } from "vitest";
import { bulk, takeCommand } from "../../../../functions/cli/demo/imitated-redis.ts";

describe("commands on the wire", () => {
  it("are taken one by one from an array of bulk strings", () => {
    const input = "*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n*1\r\n$4\r\nINFO\r\n";
    const first = takeCommand(input);
    expect(first?.words).toEqual(["PING", "hello"]);
    expect(takeCommand(first?.rest ?? "")).toEqual({ words: ["INFO"], rest: "" });
  });

  it("are left alone until they have arrived whole", () => {
    const input = "*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n";
    const prefixes = Array.from(input, (_, length) => input.slice(0, length));
    expect(prefixes.map(takeCommand)).toEqual(prefixes.map(() => null));
  });

  it("may contain line ends, as their length is given", () => {
    expect(takeCommand("*1\r\n$4\r\na\r\nb\r\n")).toEqual({ words: ["a\r\nb"], rest: "" });
  });

  it("are also taken from a line of words, as people type them", () => {
    expect(takeCommand("ping  x\r\nrest")).toEqual({ words: ["ping", "x"], rest: "rest" });
  });

  it("are answered with the length of the text", () => {
    expect(bulk("PONG")).toBe("$4\r\nPONG\r\n");
  });
});
