import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notificationLines, notificationTitle } from "../../../shared/domain/alerting/notification-text.ts";
import { NOTIFICATION_TYPES, type NotificationType } from "../../../shared/domain/alerting/notification.ts";
import { notification, report } from "../../support/alerts.ts";
import { MINUTE, T0 } from "../../support/checks.ts";

const over = report({ state: "resolved", endedAtMs: T0 + 5 * MINUTE, endReason: "recovered" });
const several = ["a", "b", "c", "d", "e", "f"].map((id) => report({ id, name: id.toUpperCase() }));

describe("the title", () => {
  it("says how bad it is, what, and why", () => {
    expect(notificationTitle(notification())).toBe("CRITICAL: Tools Server is timeout - Request timed out");
    const bare = notification({ alerts: [report({ severity: "warning", message: null })] });
    expect(notificationTitle(bare)).toBe("WARNING: Tools Server is timeout");
  });

  it("says what people lack before what the service said, and nothing of it once it is over", () => {
    const alerts = [report({ impact: "all semantic search disabled" })];
    for (const type of ["alert.firing", "alert.escalated", "alert.reminder", "alert.flapping"] as const)
      expect(notificationTitle(notification({ type, alerts }))).toMatch(
        /: Tools Server is timeout \(all semantic search disabled\) - Request timed out$/,
      );
    const end = notification({ type: "alert.resolved", alerts: [{ ...over, impact: "all semantic search disabled" }] });
    expect(notificationTitle(end)).toBe("resolved: Tools Server, after 5 min");
    const two = notification({ alerts: [...alerts, report({ id: "b", name: "Web" })] });
    expect(notificationLines(two)[0]).toContain("(all semantic search disabled)");
  });

  it("says that it is still so, or that it comes and goes", () => {
    expect(notificationTitle(notification({ type: "alert.reminder" }))).toMatch(/^CRITICAL \(still\): /);
    expect(notificationTitle(notification({ type: "alert.flapping" }))).toMatch(/^CRITICAL \(flapping\): /);
  });

  it("says that it is over, and how long it took", () => {
    const end = notification({ type: "alert.resolved", alerts: [over] });
    expect(notificationTitle(end)).toBe("resolved: Tools Server, after 5 min");
    const removed = notification({ type: "alert.resolved", alerts: [{ ...over, endReason: "removed" }] });
    expect(notificationTitle(removed)).toBe("resolved: Tools Server, after 5 min: it is not monitored any more");
  });

  it("names five and counts the others", () => {
    const many = notification({ alerts: several });
    expect(notificationTitle(many)).toBe("CRITICAL: 6 problems: A, B, C, D, E and 1 more");
    const ends = several.map((each) => ({ ...over, name: each.name }));
    expect(notificationTitle(notification({ type: "alert.resolved", alerts: ends }))).toBe(
      "resolved: A, B, C, D, E and 1 more",
    );
  });

  it("contains `resolved` exactly when it is over, and is one line", () => {
    const types = Object.keys(NOTIFICATION_TYPES) as NotificationType[];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.integer({ min: 1, max: 30 }), (type, count) => {
        const alerts = Array.from({ length: count }, (_, index) => report({ id: `${index}`, name: `S${index}` }));
        const title = notificationTitle(notification({ type, alerts }));
        expect(title.includes("resolved")).toBe(type === "alert.resolved");
        expect(title).not.toContain("\n");
      }),
    );
  });
});

describe("the lines", () => {
  it("name a balancer that is at fault", () => {
    const balancer = { service: "lb", name: "HAProxy", isItself: true, members: ["Jetson", "CPU"] };
    expect(notificationLines(notification({ alerts: [report({ balancer })] }))[0]).toBe(
      "What it balances is well when asked directly (Jetson, CPU): the fault is its own, or on the way from it to them",
    );
    const through = notification({ alerts: [report({ balancer: { ...balancer, isItself: false } }), report()] });
    expect(notificationLines(through)).toContain(
      "Tools Server: What HAProxy balances is well when asked directly (Jetson, CPU): most likely the balancer is at fault",
    );
  });

  it("say since when, what else is affected, and who told it", () => {
    const alerts = [report({ affected: ["Web", "Shop"], actionTaken: "restarted", acknowledgedBy: "ada" })];
    expect(notificationLines(notification({ alerts }))).toEqual([
      "affected by it: Web, Shop",
      "action taken: restarted",
      "acknowledged by ada",
      "Since 2026-03-10T10:00:00.000Z",
      "Told by n1 at 2026-03-10T10:00:00.000Z",
    ]);
  });

  it("list twenty alerts and count the others", () => {
    const alerts = Array.from({ length: 25 }, (_, index) => report({ id: `${index}`, name: `S${index}` }));
    const lines = notificationLines(notification({ alerts: [report({ affected: ["Web"] }), ...alerts] }));
    expect(lines[0]).toBe("CRITICAL: Tools Server is timeout - Request timed out");
    expect(lines.slice(19, 22)).toEqual([
      "CRITICAL: S18 is timeout - Request timed out",
      "and 6 more",
      "Tools Server: affected by it: Web",
    ]);
  });

  it("cut what a service says about itself", () => {
    const alerts = [report({ message: "x".repeat(5_000) }), report({ id: "b" })];
    expect(Math.max(...notificationLines(notification({ alerts })).map(({ length }) => length))).toBeLessThan(400);
  });

  it("say why they come late, or here", () => {
    const lines = notificationLines(
      notification({ isLate: true, insteadOf: { channel: "slack", failure: "http_404" } }),
    );
    expect(lines).toContain("This message is late: the monitoring was away when it was due.");
    expect(lines).toContain("The channel slack does not take messages (http_404), hence here.");
  });

  it("of a test say that nothing is wrong", () => {
    expect(notificationLines(notification({ type: "channel.test" }))).toHaveLength(1);
  });
});
