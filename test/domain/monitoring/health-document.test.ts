import { describe, expect, it } from "vitest";
import { healthBody, healthDocument } from "../../../shared/domain/monitoring/health-document.ts";
import { applyThresholds } from "../../../shared/domain/monitoring/thresholds.ts";
import { check, failing, moment, rosterEntry, T0 } from "../../support/checks.ts";

const ROSTER = [
  rosterEntry("cpu_llama", { name: "CPU Llama.cpp Server", critical: false }),
  rosterEntry("tools", { name: "Tools Server" }),
  rosterEntry("redis", { name: "Redis Cache" }),
];

describe("health document", () => {
  it("has the seed's fields with the seed's units, services in the order of the configuration", () => {
    const redis = check("redis", T0 - 20, {
      responseTimeMs: 3.4,
      statusCode: null,
      details: { fields: { connected_clients: 12, used_memory_human: "156.5M", uptime_in_seconds: 86_400 } },
    });
    const tools = check("tools", T0 - 10, { responseTimeMs: 244.6, details: { data: { status: "healthy" } } });
    const document = healthDocument(moment(T0 + 45_123, [redis, tools, check("cpu_llama", T0)], { roster: ROSTER }));
    expect(Object.keys(document)).toEqual(["timestamp", "overall_status", "services", "cluster_stats", "alerts"]);
    expect(document.timestamp).toBe("2026-03-10T10:00:45.123Z");
    expect(Object.keys(document.services)).toEqual(["cpu_llama", "tools", "redis"]);
    expect(document.services["tools"]).toEqual({
      name: "Tools Server",
      critical: true,
      health: {
        status: "healthy",
        response_time: 0.245,
        status_code: 200,
        data: { status: "healthy" },
        checked_at: "2026-03-10T09:59:59.990Z",
      },
    });
    expect(document.services["redis"]?.health).toEqual({
      status: "healthy",
      response_time: 0.003,
      connected_clients: 12,
      used_memory_human: "156.5M",
      uptime_in_seconds: 86_400,
      checked_at: "2026-03-10T09:59:59.980Z",
    });
    expect(document.cluster_stats).toEqual({
      local_node: { cpu_percent: 15.2, memory_percent: 34.1, disk_percent: 67.8 },
      total_services: 3,
      monitoring_uptime: 45.123,
    });
  });

  it("lists alerts in the seed's words, critical ones first, from the first failing check", () => {
    const down = check("cpu_llama", T0, { status: "unhealthy", reason: "http_status", message: "HTTP 503" });
    const document = healthDocument(moment(T0, [down, failing("tools", T0), check("redis", T0)], { roster: ROSTER }));
    expect(document.alerts).toEqual([
      "CRITICAL: Tools Server is timeout - Request timed out",
      "WARNING: CPU Llama.cpp Server is unhealthy - HTTP 503",
    ]);
  });

  it("calls a slow critical service a warning", () => {
    const slow = applyThresholds(check("tools", T0, { responseTimeMs: 2_400 }), { slowAfterMs: 2_000 });
    const document = healthDocument(moment(T0, [{ ...check("tools", T0), ...slow }], { roster: ROSTER.slice(1, 2) }));
    expect(document.overall_status).toBe("degraded");
    expect(document.alerts).toEqual(["WARNING: Tools Server is degraded - Answered in 2.4 s, slower than 2 s"]);
  });

  it("shows a service that was never checked as unknown, without an alert", () => {
    const document = healthDocument(moment(T0, [], { roster: ROSTER }));
    expect(document.overall_status).toBe("unknown");
    expect(document.services["redis"]?.health).toEqual({
      status: "unknown",
      response_time: null,
      error: "Not checked yet",
      reason: "not_checked",
      checked_at: null,
    });
    expect(document.alerts).toEqual([]);
  });
});

describe("health body", () => {
  const all = moment(T0, [check("cpu_llama", T0), check("tools", T0), check("redis", T0)], { roster: ROSTER });

  it("tells when it becomes untrue, and from then on shows what went stale as unknown under another tag", () => {
    const fresh = healthBody(all, { generation: 7, nowMs: T0, notice: null, intervalMs: 30_000 });
    expect(fresh.staleAtMs).toBe(T0 + 100_001);
    const later = healthBody(all, { generation: 7, nowMs: fresh.staleAtMs, notice: null, intervalMs: 30_000 });
    expect(later.etag).not.toBe(fresh.etag);
    expect(JSON.parse(later.body)).toMatchObject({ overall_status: "unknown", timestamp: "2026-03-10T10:00:00.000Z" });
    expect(healthBody(all, { generation: 7, nowMs: fresh.staleAtMs - 1, notice: null, intervalMs: 30_000 })).toEqual(
      fresh,
    );
  });

  it("carries a notice where there is one", () => {
    const { body } = healthBody(all, { generation: 1, nowMs: T0, notice: "DEMO", intervalMs: 30_000 });
    expect(JSON.parse(body).notice).toBe("DEMO");
  });
});
