import { describe, expect, it } from "vitest";
import { tellAlerts, tellCluster, tellExplanation, tellPick, tellWait } from "../../../functions/mcp/tell-answers.ts";

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => prefix + index);

type Cluster = Parameters<typeof tellCluster>[0];

function clusterOf(services: Cluster["services"]): Cluster {
  const node = { cpu_percent: null, memory_percent: null, disk_percent: null };
  return {
    timestamp: "2026-12-01T00:00:00.000Z",
    overall_status: "unhealthy",
    services,
    cluster_stats: { local_node: node, total_services: Object.keys(services).length, monitoring_uptime: 1 },
    alerts: [],
  };
}

const serviceOf = (status: "healthy" | "degraded" | "error", critical: boolean) => ({
  name: "A",
  critical,
  health: { status, response_time: null, checked_at: null },
});

describe("what tools tell", () => {
  it("of a cluster: the critical first, ten of them, and how many more there are", () => {
    const minor = names("minor", 9).map((id) => [id, serviceOf("degraded", false)]);
    const major = names("major", 3).map((id) => [id, serviceOf("error", true)]);
    const services = Object.fromEntries([...minor, ["well", serviceOf("healthy", true)], ...major]);
    const told = tellCluster(clusterOf(services));
    expect(told.not_healthy.map(({ service }) => service)).toEqual([...names("major", 3), ...names("minor", 7)]);
    expect(told).toMatchObject({ left_out: 2, counts: { healthy: 1, degraded: 9, error: 3 }, since: null });
    expect(told.not_healthy[0]).toMatchObject({ reason: null, message: null, since: null });
  });

  it("of a cluster that all is well, and what every reader must know", () => {
    const told = tellCluster({ ...clusterOf({ a: serviceOf("healthy", true) }), notice: "A demo." });
    expect(told).toMatchObject({ not_healthy: [], left_out: 0, notice: "A demo." });
  });

  it("of endpoints: the first, the others in order, and who was skipped in words", () => {
    const candidates = names("c", 13).map((id) => ({
      id,
      name: id,
      api: "ollama",
      url: `http://${id}`,
      model: null,
      model_listed: null,
      tier: 1,
      demoted: false,
      score: 1,
      terms: { free_capacity: null, latency: null, model_loaded: null },
      load: "unknown",
      status: "healthy",
      reason: null,
      message: null,
      evidence_age_s: 1,
    })) as unknown as Parameters<typeof tellPick>[0]["candidates"];
    const [endpoint = null] = candidates;
    const skipped = candidates.map((each) => ({ ...each, why: "down" as const, why_text: "It is down." }));
    const moment = { decided_at: "2026-12-01T00:00:00.000Z", generation: 1, valid_for_ms: 5_000 };
    const shared = { capability: "llm", fail_open: false, strict: false, ...moment };
    const told = tellPick({ ...shared, endpoint, candidates, skipped });
    expect(told.endpoint).toMatchObject({ service: "c0", url: "http://c0" });
    expect(told.others.map(({ service }) => service)).toEqual(names("c", 11).slice(1));
    expect(told.skipped).toHaveLength(10);
    expect(told.skipped[0]).toEqual({ service: "c0", why: "It is down." });
    expect(told.left_out).toBe(2 + 3);
    expect(tellPick({ ...shared, endpoint: null, candidates: [], skipped: [] }).endpoint).toBeNull();
  });

  it("of a wait: how long it may take, by half of the earlier outages", () => {
    const told = tellWait({
      met: false,
      service: null,
      capability: null,
      status: "unhealthy",
      reason: null,
      message: null,
      since: null,
      waited_s: 1,
      generation: 1,
      waiting_for: names("s", 12),
      retry_after_s: 1,
      eta: { p50_s: 30, p90_s: 90, n: 3 },
    });
    expect(told).toMatchObject({ waiting_for: names("s", 10), left_out: 2, likely_back_in_s: 30, retry_after_s: 1 });
  });

  it("of alerts: no more than ten, and how many there are", () => {
    const details = names("a", 12).map((id) => ({ id })) as unknown as Parameters<typeof tellAlerts>[0]["details"];
    const told = tellAlerts({ alerts: [], count: 0, timestamp: "", interval_s: 1, details });
    expect([told.count, told.alerts.length, told.left_out]).toEqual([12, 10, 2]);
  });

  it("of why something is so: the sentences, and what is down because of it", () => {
    const told = tellExplanation({
      service: "a",
      name: "A",
      status: "error",
      since: null,
      root_cause: null,
      blast_radius: { dependents: ["b", "c"], down: ["b"], same_machine: [] },
      sentences: [{ evidence: "checks", text: "It fails.", running: [] }],
    });
    expect(told).toMatchObject({ down_because_of_it: ["b"], sentences: ["It fails."] });
  });
});
