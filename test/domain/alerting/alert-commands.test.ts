import { describe, expect, it } from "vitest";
import { applyCommand, type AlertCommand } from "../../../shared/domain/alerting/alert-commands.ts";
import { NO_ALERTING, type AlertingState } from "../../../shared/domain/alerting/alerting-state.ts";
import { ACKNOWLEDGED_FOR_MS } from "../../../shared/domain/alerting/escalation.ts";
import type { MaintenanceWindow } from "../../../shared/domain/alerting/maintenance-window.ts";
import type { Silence } from "../../../shared/domain/alerting/silence.ts";
import { AlertingBench } from "../../support/alerting-bench.ts";
import { HOUR, MINUTE, T0 } from "../../support/checks.ts";

function silence(id: string, more: Partial<Silence> = {}): Silence {
  const origin = { author: "ada", comment: "new disk", createdAtMs: T0 };
  const span = { startsAtMs: T0, endsAtMs: T0 + HOUR };
  return { id, matcher: { services: ["a*"], severities: ["critical"] }, ...span, ...origin, ...more };
}

function window(id: string, endsAtMs = T0 + HOUR): MaintenanceWindow {
  const schedule = { kind: "once", startsAtMs: T0, endsAtMs } as const;
  return { id, services: ["a"], schedule, author: "ada", comment: "new disk", createdAtMs: T0 };
}

function after(commands: readonly AlertCommand[], nowMs = T0): AlertingState {
  return commands.reduce((state, command) => applyCommand(state, command, nowMs).state, NO_ALERTING);
}

function hundred<Item>(make: (id: string) => Item): Item[] {
  return Array.from({ length: 100 }, (_, index) => make(`n${index}`));
}

/** Globs as many and as long as the API takes them. */
const LARGEST = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(64, "x"));

function firing(): AlertingBench {
  const bench = new AlertingBench({ services: [{ id: "a" }] });
  bench.failFor(3, "a");
  return bench;
}

describe("acknowledging", () => {
  const command = (alertId: string, by = "ada"): AlertCommand => ({
    kind: "acknowledge",
    alertId,
    by,
    comment: "mine",
  });

  it("makes a firing alert somebody's for an hour", () => {
    const bench = firing();
    const { id } = bench.alert("a");
    const { outcome, audit } = bench.run(command(id));
    expect(outcome).toBe("done");
    const entry = { atMs: bench.nowMs, actor: "ada", action: "alert.acknowledged", target: id };
    expect(audit).toEqual({ ...entry, detail: { comment: "mine", until_ms: bench.nowMs + ACKNOWLEDGED_FOR_MS } });
    bench.sweep();
    expect(bench.alert("a")).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: "ada",
      acknowledgedUntilMs: bench.nowMs + ACKNOWLEDGED_FOR_MS,
      decision: "acknowledged",
    });
    expect(bench.records.at(-1)).toMatchObject({ id, state: "acknowledged", acknowledgedBy: "ada" });
  });

  it("holds as long as was asked for", () => {
    const bench = firing();
    bench.run({ ...command(bench.alert("a").id), forMs: 5 * MINUTE } as AlertCommand);
    bench.advance(5 * MINUTE - 1);
    bench.sweep();
    expect(bench.stateOf("a")).toBe("acknowledged");
    bench.advance(1);
    bench.sweep();
    expect(bench.stateOf("a")).toBe("firing");
  });

  it("can be done again, by somebody else, for another hour, and the row says so", () => {
    const bench = firing();
    bench.acknowledge("a");
    bench.advance(30 * MINUTE);
    bench.acknowledge("a", "bob");
    expect(bench.records.at(-1)).toMatchObject({ state: "acknowledged", acknowledgedBy: "bob" });
    bench.advance(59 * MINUTE);
    expect(bench.stateOf("a")).toBe("acknowledged");
    bench.advance(2 * MINUTE);
    expect(bench.stateOf("a")).toBe("firing");
  });

  it("is refused for what nobody knows, and for what is only suspected", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }] });
    bench.fail("a");
    const { state } = bench;
    expect(applyCommand(state, command("b-1"), T0)).toEqual({ state, outcome: "not_found", audit: null });
    const pending = applyCommand(state, command(bench.alert("a").id), T0);
    expect(pending).toEqual({ state, outcome: "not_firing", audit: null });
    expect(pending.state).toBe(state);
  });
});

describe("a silence", () => {
  it("until all is well ends with the last thing that it covers, and not before", () => {
    const bench = new AlertingBench({ services: [{ id: "a" }, { id: "b" }, { id: "c" }] });
    bench.failFor(3, "a", "b", "c");
    const range = { startsAtMs: bench.nowMs, endsAtMs: bench.nowMs + 1_000 * MINUTE };
    const matcher = { services: ["a", "b"], severities: [] };
    bench.run({ kind: "silence", silence: silence("s", { ...range, matcher, untilHealthy: true }) });
    const holds = (): boolean => (bench.state.silences[0]?.endsAtMs ?? 0) > bench.nowMs;
    bench.okFor(3, "a");
    expect([bench.stateOf("a"), bench.stateOf("b"), holds()]).toEqual([null, "firing", true]);
    bench.okFor(3, "b");
    expect([bench.stateOf("b"), bench.stateOf("c"), holds()]).toEqual([null, "firing", false]);
  });

  it("is added once", () => {
    const added = applyCommand(NO_ALERTING, { kind: "silence", silence: silence("s") }, T0);
    expect(added).toMatchObject({ outcome: "done", state: { silences: [silence("s")] } });
    expect(added.audit).toMatchObject({
      actor: "ada",
      action: "silence.created",
      target: "s",
      detail: { services: ["a*"], severities: ["critical"], ends_at_ms: T0 + HOUR, comment: "new disk" },
    });
    const again = applyCommand(added.state, { kind: "silence", silence: silence("s") }, T0);
    expect(again).toEqual({ state: added.state, outcome: "done", audit: null });
  });

  it("is one of as many as can be stored with every sweep, ended ones apart", () => {
    const large = (id: string) => silence(id, { matcher: { services: LARGEST, severities: [] } });
    const full = after(hundred((id) => ({ kind: "silence", silence: large(id) })));
    expect(full.silences.length).toBeGreaterThan(39);
    expect(full.silences.length).toBeLessThan(100);
    const one = { kind: "silence", silence: large("more") } as const;
    expect(applyCommand(full, one, T0).outcome).toBe("too_many");
    expect(applyCommand(full, one, T0 + HOUR).outcome).toBe("done");
  });

  it("is one of a hundred at most that have not ended", () => {
    const full = after(hundred((id) => ({ kind: "silence", silence: silence(id) })));
    const one = { kind: "silence", silence: silence("more") } as const;
    expect(applyCommand(full, one, T0).outcome).toBe("too_many");
    expect(applyCommand(full, one, T0 + HOUR).outcome).toBe("done");
  });

  it("ends now, also before it has begun, and only once", () => {
    const planned = after([{ kind: "silence", silence: silence("s", { startsAtMs: T0 + MINUTE }) }]);
    const ended = applyCommand(planned, { kind: "endSilence", id: "s", by: "bob" }, T0 + 5);
    expect(ended).toMatchObject({ outcome: "done", audit: { actor: "bob", action: "silence.ended", target: "s" } });
    expect(ended.state.silences).toEqual([silence("s", { startsAtMs: T0 + MINUTE, endsAtMs: T0 + 5 })]);
    const again = applyCommand(ended.state, { kind: "endSilence", id: "s", by: "bob" }, T0 + 9);
    expect(again).toEqual({ state: ended.state, outcome: "not_found", audit: null });
    expect(applyCommand(planned, { kind: "endSilence", id: "x", by: "bob" }, T0).outcome).toBe("not_found");
  });
});

describe("a maintenance window", () => {
  it("is added once and taken away once", () => {
    const added = applyCommand(NO_ALERTING, { kind: "addWindow", window: window("w") }, T0);
    expect(added).toMatchObject({ outcome: "done", audit: { action: "maintenance.created", target: "w" } });
    expect(applyCommand(added.state, { kind: "addWindow", window: window("w") }, T0).audit).toBeNull();
    const removed = applyCommand(added.state, { kind: "removeWindow", id: "w", by: "bob" }, T0);
    expect(removed).toMatchObject({ outcome: "done", state: { windows: [] }, audit: { actor: "bob", target: "w" } });
    expect(applyCommand(removed.state, { kind: "removeWindow", id: "w", by: "bob" }, T0).outcome).toBe("not_found");
  });

  it("is one of as many as can be stored with every sweep, where those that are over for good make room", () => {
    const large = (id: string, endsAtMs?: number) => ({ ...window(id, endsAtMs), services: LARGEST });
    const full = after(hundred((id) => ({ kind: "addWindow", window: large(id) })));
    expect(full.windows.length).toBeLessThan(100);
    const one = { kind: "addWindow", window: large("more", T0 + 2 * HOUR) } as const;
    expect(applyCommand(full, one, T0).outcome).toBe("too_many");
    expect(applyCommand(full, one, T0 + HOUR)).toMatchObject({ outcome: "done", state: { windows: [{ id: "more" }] } });
  });

  it("is one of a hundred at most, where those that are over for good make room", () => {
    const full = after(hundred((id) => ({ kind: "addWindow", window: window(id) })));
    const one = { kind: "addWindow", window: window("more", T0 + 2 * HOUR) } as const;
    expect(applyCommand(full, one, T0).outcome).toBe("too_many");
    expect(applyCommand(full, one, T0 + HOUR).state.windows.map(({ id }) => id)).toEqual(["more"]);
  });
});
