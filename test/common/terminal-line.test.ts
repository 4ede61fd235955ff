/** The log as a person reads it on a terminal; and texts that mean to do something to that terminal. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineForTerminal, type Line } from "../../shared/common/terminal-line.ts";

const AT_MS = Date.UTC(2026, 10, 30, 14, 18, 26);
const LOCAL = new Date(AT_MS).toTimeString().slice(0, 8);

function shown(about: Partial<Line>, { width = null as number | null, hasColour = false } = {}): string {
  const line = { atMs: AT_MS, level: "info", message: "", fields: {}, ...about } as const;
  return lineForTerminal(line, { columns: () => width, hasColour });
}

const firing = {
  level: "warn",
  message: "alert is firing",
  fields: { id: "tools-x", name: "Tools Server", severity: "critical", reason: "http_status", error: "HTTP 503" },
} as const;

describe("a line for a terminal", () => {
  it.each<[Partial<Line>, string]>([
    [
      {
        message: "monitoring",
        fields: { url: "http://localhost:8083/dashboard", config: "demo", version: "0.1.0" },
      },
      "● started  http://localhost:8083/dashboard  demo, version 0.1.0",
    ],
    [
      { message: "service is timeout", fields: { service: "tools", from: "healthy", reason: "x", error: "Timed out" } },
      "■ down     tools: timeout, Timed out, was healthy",
    ],
    [
      { message: "service is healthy", fields: { service: "tools", from: "timeout" } },
      "● up       tools: healthy, was timeout",
    ],
    [
      { message: "service is healthy", fields: { service: "tools", from: "timeout", down_ms: 278_400 } },
      "● up       tools: healthy, after 4 min 38 s, was timeout",
    ],
    [{ message: "overall status is degraded", fields: { from: "healthy" } }, "▲ overall  degraded, was healthy"],
    [
      { message: "overall status is degraded", fields: { from: "healthy", not_healthy: 1, deciding: 5 } },
      "▲ overall  degraded: 1 of 5 that decide not healthy, was healthy",
    ],
    [
      { message: "overall status is healthy", fields: { from: "degraded", not_healthy: 0, deciding: 5 } },
      "● overall  healthy, was degraded",
    ],
    [
      { ...firing, fields: { ...firing.fields, decision: "no_channel" } },
      '‼ ALERT    critical · Tools Server · HTTP 503 · nobody is told: no channel is configured (README, "Tell people")',
    ],
    [
      { ...firing, fields: { ...firing.fields, severity: "warning", decision: "waiting" } },
      "▲ alert    warning · Tools Server · HTTP 503 · The next step of its policy is not due yet.",
    ],
    [
      { message: "alert is resolved", fields: { ...firing.fields, reason: "recovered", decision: "notified" } },
      "✓ over     critical · Tools Server · recovered",
    ],
    [
      { level: "warn", message: "notification", fields: { text: "resolved: Tools", id: "m", type: "alert.resolved" } },
      "✓ message  resolved: Tools",
    ],
    [
      { level: "error", message: "job failed", fields: { job: "cleanup", error: 'no "table" here', tries: 2 } },
      '■ error    job failed job=cleanup error="no \\"table\\" here" tries=2',
    ],
  ])("says what happened, in local time: %j", (line, expected) => {
    expect(shown(line)).toBe(`${LOCAL}  ${expected}`);
  });

  it("has a colour beside its sign, where there are colours", () => {
    expect(shown(firing, { hasColour: true })).toContain("\u001b[31m‼ ALERT");
    expect(shown(firing)).not.toContain("\u001b");
  });

  it("is no wider than the terminal, unless it is an error, of which every word counts", () => {
    const fields = { error: "x".repeat(300) };
    const line = shown({ level: "warn", message: "notification", fields: { text: fields.error } }, { width: 80 });
    expect([line.length, line.at(-1)]).toEqual([80, "…"]);
    expect(shown({ level: "error", message: "failed", fields }, { width: 80 })).toContain(fields.error);
  });

  it("breaks our own sentences between words", () => {
    const message = "DEMO: these are simulated services on this machine. Write a cluster.yaml to watch your own.";
    const lines = shown({ level: "warn", message }, { width: 80 }).split("\n");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines.map((line) => line.slice(21)).join(" ")).toBe(message);
  });

  it("keeps the lines of a list of faults apart, below the first", () => {
    const lines = shown({
      level: "error",
      message: "not reloaded",
      fields: { error: "2 faults\n  line 1  a\n  line 2  b" },
    });
    expect(lines.split("\n")).toEqual([
      `${LOCAL}  ■ error    not reloaded error=2 faults`,
      `${" ".repeat(23)}line 1  a`,
      `${" ".repeat(23)}line 2  b`,
    ]);
  });

  it.each([
    ["an escape sequence", "\u001b[2J\u001b[31mred\u009b1m"],
    ["a title of the window", "\u001b]0;owned\u0007"],
    ["carriage returns and backspaces", "x\r\b\bALL WELL"],
    ["a line of its own", `x\n${LOCAL}  ● up       tools: healthy`],
    ["writing turned around", "\u202egnp.exe\u2066"],
  ])("lets no text from elsewhere do %s", (_, hostile) => {
    for (const message of ["service is error", "alert is firing", "notification", "notification sent", "job failed"]) {
      const fields = {
        service: "a",
        from: hostile,
        name: hostile,
        text: hostile,
        channel: hostile,
        error: hostile,
        type: hostile,
      };
      expectInert(shown({ level: "warn", message, fields }));
    }
  });

  it("is inert whatever the text is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.constantFrom("notification", "service is error", "other"),
        (text, message) => {
          expectInert(shown({ message, fields: { text, service: text, error: text, from: text } }));
        },
      ),
    );
  });
});

function expectInert(line: string): void {
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  for (const more of line.split("\n").slice(1)) expect(more).toMatch(/^ {21}/);
}
