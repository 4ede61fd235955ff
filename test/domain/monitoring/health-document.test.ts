import { describe, expect, it } from "vitest";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { healthBody, healthDocument } from "../../../shared/domain/monitoring/health-document.ts";
import { applyThresholds } from "../../../shared/domain/monitoring/thresholds.ts";
import { check, failing, moment, rosterEntry, T0, HOUR } from "../../support/checks.ts";

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

  it("tells how other machines are, while it knows", () => {
    const machine = { cpuPercent: 12.5, memoryPercent: 75, diskPercent: null, load1m: 0.4, temperatureC: 51 };
    const looked = moment(T0, [check("tools", T0, { details: { machine } }), check("redis", T0)], { roster: ROSTER });
    expect(healthDocument(looked).cluster_stats.remote_nodes).toEqual({
      tools: { cpu_percent: 12.5, memory_percent: 75, disk_percent: null, load_1m: 0.4, temperature_c: 51 },
    });
    expect(healthDocument(looked, T0 + HOUR).cluster_stats).not.toHaveProperty("remote_nodes");
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

describe("a phase that was waited for", () => {
  const shown = (more: Partial<Check>) =>
    healthDocument(moment(T0, [failing("tools", T0, more)], { roster: ROSTER })).services["tools"]?.health;

  it("is named where the deadline cut it off", () => {
    const timings = { dnsMs: 0.1, tcpMs: 0.4, firstByteMs: 9_999.5 };
    expect(shown({ details: { timings } })).toMatchObject({
      timings: { first_byte: 9.9995 },
      cut_off_in: "first_byte",
    });
    expect(shown({ reason: "deadline_connect", details: { timings: { dnsMs: 9_999 } } })).toMatchObject({
      cut_off_in: "dns",
    });
  });

  it("is none where something else ended it, or nothing is known", () => {
    expect(shown({ reason: "reset", details: { timings: { tcpMs: 1 } } })).not.toHaveProperty("cut_off_in");
    expect(shown({})).not.toHaveProperty("cut_off_in");
  });
});

describe("health body", () => {
  const all = moment(T0, [check("cpu_llama", T0), check("tools", T0), check("redis", T0)], { roster: ROSTER });
  const servicesById = new Map(ROSTER.map(({ id }) => [id, { intervalMs: 30_000 }]));
  const since = {
    overall: { status: "healthy", atMs: T0 - HOUR },
    services: new Map([
      ["cpu_llama", T0 - HOUR],
      ["tools", T0 - 2 * HOUR],
    ]),
  } as const;
  const context = { generation: 7, nowMs: T0, notice: null, intervalMs: 30_000, servicesById, since };

  it("tells when it becomes untrue, and from then on shows what went stale as unknown under another tag", () => {
    const fresh = healthBody(all, context);
    expect(fresh.staleAtMs).toBe(T0 + 100_001);
    const later = healthBody(all, { ...context, nowMs: fresh.staleAtMs });
    expect(later.etag).not.toBe(fresh.etag);
    expect(JSON.parse(later.body)).toMatchObject({
      overall_status: "unknown",
      timestamp: "2026-03-10T10:00:00.000Z",
      overall_since: "2026-03-10T10:01:40.000Z",
      services: { tools: { since: "2026-03-10T10:01:40.000Z", next_check_at: null } },
    });
    expect(healthBody(all, { ...context, nowMs: fresh.staleAtMs - 1 })).toEqual(fresh);
  });

  it("tells since when everything is what it is, and when it is looked at again", () => {
    const dueAtMs = new Map([["tools", T0 + 12_000]]);
    const { services, overall_since: overallSince } = JSON.parse(healthBody(all, { ...context, dueAtMs }).body);
    expect(overallSince).toBe("2026-03-10T09:00:00.000Z");
    expect(services.tools).toMatchObject({
      since: "2026-03-10T08:00:00.000Z",
      interval_s: 30,
      next_check_at: "2026-03-10T10:00:12.000Z",
    });
    expect(services.cpu_llama.next_check_at).toBeNull();
    expect(Object.keys(services.tools)).toEqual(["name", "critical", "health", "since", "interval_s", "next_check_at"]);
  });

  it("carries a notice where there is one", () => {
    expect(JSON.parse(healthBody(all, { ...context, notice: "DEMO" }).body).notice).toBe("DEMO");
  });
});
