import { describe, expect, it } from "vitest";
import { capabilityModels, type Routes } from "../../../functions/page/routes-model.ts";
import { formatTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { T0 } from "../../support/checks.ts";

type Route = Routes["routes"][string];
type Candidate = Route["candidates"][number];

function candidate(id: string, more: Partial<Candidate> = {}): Candidate {
  return {
    id,
    name: `The ${id}`,
    api: "ollama",
    url: `http://${id}.example:11434`,
    model: "llama3.2:3b",
    model_listed: true,
    tier: 1,
    demoted: false,
    score: 0.857,
    terms: { free_capacity: null, latency: 0.973, model_loaded: 0 },
    load: "unknown",
    status: "healthy",
    reason: null,
    message: null,
    evidence_age_s: 2,
    ...more,
  };
}

function modelOf(more: Partial<Route>) {
  const route: Route = {
    capability: "llm",
    endpoint: null,
    candidates: [],
    skipped: [],
    fail_open: false,
    decided_at: formatTimestamp(T0),
    generation: 1,
    valid_for_ms: 1_000,
    changes: [],
    ...more,
  };
  const [model] = capabilityModels({ routes: { llm: route } }, T0);
  return model;
}

describe("a capability on the page", () => {
  it("has who is called first, then the others in their order, then who is skipped, each with its reason", () => {
    const slow = candidate("cpu", { status: "degraded", reason: "slow", demoted: true });
    const down = { ...candidate("old", { status: "error" }), why: "down", why_text: "Its last check failed." } as const;
    const model = modelOf({ candidates: [candidate("jetson"), slow], skipped: [down] });
    expect(model?.called).toMatchObject({ name: "The jetson", url: "http://jetson.example:11434", api: "Ollama" });
    expect(model?.rows.map(({ id, standing, isCalled }) => [id, standing, isCalled])).toEqual([
      ["jetson", "Called now.", true],
      ["cpu", "Number 2. Demoted behind the next tier: slow.", false],
      ["old", "Skipped. Its last check failed.", false],
    ]);
  });

  it("says that the least bad is called where nothing is well, and tells nobody twice", () => {
    const down = { ...candidate("old", { status: "error" }), why: "down", why_text: "Its last check failed." } as const;
    const model = modelOf({ candidates: [down], skipped: [down], fail_open: true });
    expect(model).toMatchObject({ isFailOpen: true, called: { id: "old" } });
    expect(model?.rows.map(({ standing }) => standing)).toEqual([
      "Called all the same, as the least bad. Its last check failed.",
    ]);
    expect(modelOf({})).toMatchObject({ called: null, rows: [] });
  });

  it("says in words what a score is made of, and what nobody knows", () => {
    const known = candidate("cpu", {
      terms: { free_capacity: 0.25, latency: null, model_loaded: 1 },
      load: "busy",
      model: null,
      model_listed: null,
      evidence_age_s: null,
    });
    const [first, second] = modelOf({ candidates: [candidate("jetson"), known] })?.rows ?? [];
    expect(first).toMatchObject({ score: "0.86", checkedAtMs: T0 - 2_000, model: "llama3.2:3b", isModelKnown: true });
    expect(first?.terms).toEqual([
      "free capacity: not known",
      "time to spare before it is slow: 97 %",
      "model in memory: no",
    ]);
    expect(second).toMatchObject({ checkedAtMs: null, model: null });
    expect(second?.terms).toEqual([
      "free capacity: 25 % (busy)",
      "time to spare before it is slow: not known",
      "model in memory: yes",
    ]);
  });

  it("shows a model by its name, clean and short, whoever named it", () => {
    const [row] =
      modelOf({ candidates: [candidate("a", { model: `x\u202e${"y".repeat(500)}`, model_listed: null })] })?.rows ?? [];
    expect(row).toMatchObject({ model: expect.stringMatching(/^xy{198}…$/), isModelKnown: false });
  });

  it("tells who was called instead of whom, by their names where they have one", () => {
    const change = { at: formatTimestamp(T0 - 1), why: "down", why_text: "Its last check failed." } as const;
    const changes = [
      { ...change, from: "gone", to: "jetson" },
      { ...change, from: "jetson", to: null },
    ];
    expect(modelOf({ candidates: [candidate("jetson")], changes })?.changes).toEqual([
      { atMs: T0 - 1, who: "The jetson instead of gone", why: "Its last check failed." },
      { atMs: T0 - 1, who: "nobody instead of The jetson", why: "Its last check failed." },
    ]);
  });
});
