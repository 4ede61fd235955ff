import { describe, expect, it } from "vitest";
import {
  formatAlertId,
  DEFAULT_ALERT_RULES,
  chooseSeverity,
  type AlertRules,
  type Severity,
} from "../../../shared/domain/alerting/alert.ts";
import {
  advance,
  AT_REST,
  readEvidence,
  isAtRest,
  type LifeStep,
  type SubjectMemory,
} from "../../../shared/domain/alerting/alert-life.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { check, failing, MINUTE, T0 } from "../../support/checks.ts";

const FINDINGS: Readonly<Record<string, Partial<Check>>> = {
  o: { status: "healthy" },
  m: { status: "maintenance" },
  l: { status: "degraded", reason: "starting", message: "Loading" },
  b: { status: "degraded", reason: "busy", message: "Busy" },
};

/** `f` fails, `s` is slow, `o` is good, `m` is in maintenance, `l` is loading, `b` is busy; half a minute apart. */
function live(findings: string, rules: Partial<AlertRules> = {}, from: SubjectMemory = AT_REST): LifeStep[] {
  const steps: LifeStep[] = [];
  let memory = from;
  for (const [index, each] of [...findings].entries()) {
    const atMs = T0 + index * 30_000;
    const severity: Severity = each === "s" ? "warning" : "critical";
    const other = FINDINGS[each];
    const found = other ? check("a", atMs, other) : failing("a", atMs, { message: `number ${index}` });
    const step = advance(memory, readEvidence(found, severity), {
      key: "a",
      rules: { ...DEFAULT_ALERT_RULES, ...rules },
    });
    memory = step.memory;
    steps.push(step);
  }
  return steps;
}

function eventsOf(findings: string, rules?: Partial<AlertRules>): string {
  return live(findings, rules)
    .map(({ event }) => event ?? "-")
    .join(" ");
}

describe("an alert", () => {
  it("fires at the third failing check in a row and is over at the second good one", () => {
    expect(eventsOf("ofofffofoo")).toBe("- - dropped - - fired - - - resolved");
  });

  it("takes as many checks as its service asks", () => {
    expect(eventsOf("fo", { failures: 1, successes: 1 })).toBe("fired resolved");
    expect(eventsOf("fffffooo", { failures: 5, successes: 3 })).toBe("- - - - fired - - resolved");
  });

  it("fires only after failing as long as `for` asks", () => {
    expect(eventsOf("ffffff", { forMs: 2 * MINUTE })).toBe("- - - - fired -");
  });

  it("keeps its id for its life, and the next one has another", () => {
    const ids = live("fffoofff", { flapping: false }).flatMap(({ memory }) => memory.alert?.id ?? []);
    expect(new Set(ids.slice(0, 4))).toEqual(new Set([formatAlertId("a", T0)]));
    expect(new Set(ids.slice(4))).toEqual(new Set([formatAlertId("a", T0 + 150_000)]));
  });

  it("shows the newest finding", () => {
    expect(live("ffff").at(-1)?.memory.alert).toMatchObject({
      message: "number 3",
      sinceMs: T0,
      firedAtMs: T0 + 60_000,
    });
  });

  it("is not made by who loads or is busy, for whom time is given, nor ended", () => {
    expect(eventsOf("lllllllbbbbbbb")).toBe(Array.from({ length: 14 }, () => "-").join(" "));
    expect(eventsOf("fffllbboo")).toBe("- - fired - - - - - resolved");
    expect(eventsOf("lllfff")).toBe("- - - - - fired");
  });

  it("is forgotten by maintenance while it is only suspected, and kept once it fires", () => {
    expect(eventsOf("ffmffm")).toBe("- - dropped - - dropped");
    expect(live("fffmmm").at(-1)?.memory.alert?.state).toBe("firing");
  });

  it("leaves nothing to remember twenty good checks after its end", () => {
    expect(isAtRest(live(`fffo${"o".repeat(22)}`).at(-1)?.memory ?? AT_REST)).toBe(true);
    expect(isAtRest(live("fffooo").at(-1)?.memory ?? AT_REST)).toBe(false);
  });
});

describe("the severity", () => {
  it("rises when it was worse as often in a row as it takes to fire", () => {
    expect(eventsOf("sssff")).toBe("- - fired - -");
    expect(eventsOf("sssfff")).toBe("- - fired - - raised");
    expect(eventsOf("sssffsfff")).toBe("- - fired - - - - - raised");
    expect(eventsOf("sssffoff", { flapping: false })).toBe("- - fired - - - - -");
  });

  it("never falls while it fires", () => {
    expect(live("fffssssss").at(-1)?.memory.alert?.severity).toBe("critical");
  });

  it("is that of the service, but never critical for slow answers or our own missing evidence", () => {
    expect(chooseSeverity({ critical: true }, "refused")).toBe("critical");
    expect(chooseSeverity({ critical: false }, "refused")).toBe("warning");
    expect(chooseSeverity({ critical: false, severity: "critical" }, "refused")).toBe("critical");
    expect(chooseSeverity({ critical: true }, "slow")).toBe("warning");
    expect(chooseSeverity({ critical: true, severity: "info" }, "slow")).toBe("info");
    expect(chooseSeverity({ critical: true }, "stale")).toBe("warning");
  });
});

describe("coming and going", () => {
  const AT_ONCE = { failures: 1, successes: 1 };

  it("is noticed when it fires for the third time, and then it does not end until it has settled", () => {
    expect(eventsOf("fofofofo", AT_ONCE)).toBe("fired resolved fired resolved flapping - - -");
    expect(eventsOf(`fofof${"o".repeat(21)}`, AT_ONCE)).toMatch(
      /^fired resolved fired resolved flapping (- )+resolved( -)*$/,
    );
  });

  it("is noticed of what never fails often enough to fire", () => {
    expect(eventsOf("fofofo")).toBe("- dropped - dropped - dropped");
    expect(eventsOf("fofofof").split(" ").at(-1)).toBe("flapping");
  });

  it("leaves the steps that were taken as they are", () => {
    const fired = live("f", AT_ONCE).at(-1)?.memory ?? AT_REST;
    const known = { ...fired, alert: fired.alert && { ...fired.alert, level: 2, notifiedChannels: ["slack"] } };
    const last = live("ofofofof", { failures: 1, successes: 2 }, known).at(-1)?.memory.alert;
    expect(last).toMatchObject({ isFlapping: true, level: 2, notifiedChannels: ["slack"], baseMs: T0 });
  });

  it("settles into failing when it fails all the time", () => {
    expect(eventsOf(`fofof${"f".repeat(20)}`, AT_ONCE)).toMatch(/flapping (- )+settled( -)*$/);
  });

  it("is not noticed where that is turned off", () => {
    expect(eventsOf("fofofofo", { ...AT_ONCE, flapping: false })).toBe("fired resolved ".repeat(4).trim());
  });
});
