/** The log on standard output: what comes from elsewhere holds no secret, our own words stay whatever a secret is. */
import { describe, expect, it } from "vitest";
import { createConsoleLog } from "../../shared/common/console-log.ts";
import { makeRedactor } from "../../shared/domain/text/redact.ts";
import { SafeText, type LogLevel } from "../../shared/ports/log.ts";

const AT = "2026-11-29T21:00:00.000Z";

const LOCAL = new Date(AT).toTimeString().slice(0, 8);
const PLAIN = { columns: () => null, hasColour: false };

function lines(secrets: readonly string[], isTerminal = false) {
  const written: string[] = [];
  const log = createConsoleLog({
    terminal: isTerminal ? PLAIN : null,
    write: (line) => written.push(line),
    nowMs: () => Date.parse(AT),
  });
  log.redactWith(makeRedactor(secrets));
  return {
    write(level: LogLevel, message: string, fields?: Record<string, unknown>): unknown {
      log.write(level, message, fields);
      const line = written.pop() ?? "";
      return isTerminal ? line : JSON.parse(line);
    },
  };
}

describe("a log line", () => {
  it.each(["redis", "warn", "service", "error", "2026", "true", "level"])(
    "keeps its own words when they are a secret: %s",
    (secret) => {
      const fields = { service: "redis", reason: "error", error: new SafeText("expected true or false") };
      expect(lines([secret]).write("warn", "service is error", fields)).toEqual({
        time: AT,
        level: "warn",
        message: "service is error",
        service: "redis",
        reason: "error",
        error: "expected true or false",
      });
    },
  );

  it.each([
    ["plain", "failed at hunter-22#x"],
    ["percent-encoded", "failed at http://a/?t=hunter-22%23x"],
    ["as JSON", '{"token":"hunter\\u002d22#x"}'],
    ["in base64", Buffer.from("hunter-22#x").toString("base64")],
  ])("holds no secret that comes from elsewhere (%s)", (_, error) => {
    const log = lines(["hunter-22#x"]);
    const line = log.write("error", "it failed", { error, stack: [{ at: error }], path: error });
    expect(JSON.stringify(line)).not.toMatch(/hunter|aHVudGVy/);
    expect(JSON.stringify(line)).toContain("<secret>");
  });

  it("keeps numbers that only hold the digits of a short secret", () => {
    const log = lines(["1234"]);
    expect(log.write("info", "sized", { bytes: 2019123493, pin: 1234 })).toMatchObject({
      bytes: 2019123493,
      pin: "<secret>",
    });
  });

  it("is written whatever a field is", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const line = lines(["hunter22"]).write("info", "odd", {
      circle,
      big: 1n,
      run() {},
      nothing: undefined,
      none: null,
    });
    expect(line).toEqual({
      time: AT,
      level: "info",
      message: "odd",
      circle: "unprintable",
      big: "unprintable",
      run: "unprintable",
      none: null,
    });
  });

  it("on a terminal is redacted the same way", () => {
    expect(lines(["refused"], true).write("warn", "refused", { service: "refused", error: "refused by a" })).toBe(
      `${LOCAL}  ▲ warning  refused service=refused error="<secret> by a"\n`,
    );
  });
});
