/** GET /route, /routes and /best_llm over a socket of the running service, the same on every host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

const TAGS = { models: [{ name: "llama3.2:3b" }, { name: "qwen3:8b" }] };

/** As much of Ollama as its check asks for. */
const ollama: TargetServer["response"] = (asked, reply) => {
  const answers: Readonly<Record<string, unknown>> = {
    "/api/tags": TAGS,
    "/api/ps": { models: [] },
    "/api/version": { version: "0.17.4" },
  };
  const answer = answers[asked.url ?? ""];
  sendJson(answer ? 200 : 404, answer ?? {})(asked, reply);
};

export function routeContract(name: string, start: StartHttpHost): void {
  describe(`where to call on ${name}`, () => {
    let jetson: TargetServer;
    let cpu: TargetServer;
    let host: HttpHost;
    const get = (path: string) => request(host.port, path, { headers: host.headers });

    beforeAll(async () => {
      [jetson, cpu] = await Promise.all([startTarget(ollama), startTarget()]);
      const services = {
        jetson_ollama: { name: "Jetson", check_type: "ollama", url: jetson.url, interval: 3_600 },
        cpu_llama: { name: "CPU", url: `${cpu.url}/health`, interval: 3_600, failures: 1 },
        broken: { url: `${cpu.url}/broken`, interval: 3_600, expect_status: [599] },
      };
      const routes = {
        llm: ["jetson_ollama", { service: "cpu_llama", models: { "llama3.2": "tiny.gguf" } }],
        broken: ["broken"],
      };
      host = await start(JSON.stringify({ node: "worker-node4", services, routes }));
      await get("/cluster_health?fresh=true");
    });
    afterAll(async () => {
      await host.stop();
      await Promise.all([jetson.close(), cpu.close()]);
    });

    it("names who to call, with what, and why in this order", async () => {
      const { status, json } = await get("/route?model=llama3.2:3b");
      expect(status).toBe(200);
      expect(json).toMatchObject({ capability: "llm", fail_open: false, strict: false });
      expect(json.endpoint).toMatchObject({
        id: "jetson_ollama",
        name: "Jetson",
        api: "ollama",
        url: jetson.url,
        model: "llama3.2:3b",
        model_listed: true,
        tier: 1,
        load: "unknown",
        status: "healthy",
      });
      expect(json.skipped).toMatchObject([
        { id: "cpu_llama", why: "other_models", why_text: "It does not have the model." },
      ]);
      expect(json.valid_for_ms).toBeGreaterThanOrEqual(1_000);
      expect((await get("/route")).json.candidates.map(({ id }: { id: string }) => id)).toEqual([
        "jetson_ollama",
        "cpu_llama",
      ]);
    });

    it("calls a model what the endpoint calls it, and leaves out who is excluded", async () => {
      const { json } = await get("/route?model=llama3.2&exclude=jetson_ollama,broken");
      expect(json.endpoint).toMatchObject({ id: "cpu_llama", api: "openai", url: cpu.url, model: "tiny.gguf" });
      expect(json.skipped).toMatchObject([{ id: "jetson_ollama", why: "excluded" }]);
    });

    it("names the least bad when nothing is well, or says 503 to who asks for that", async () => {
      const { status, json } = await get("/route?capability=broken");
      expect(status).toBe(200);
      expect(json).toMatchObject({
        fail_open: true,
        endpoint: { id: "broken", status: "unhealthy", reason: "http_status" },
      });
      const strict = await get("/route?capability=broken&strict=true");
      expect(strict).toMatchObject({ status: 503, json: { fail_open: true, endpoint: { id: "broken" } } });
    });

    it("tells every capability at once, and the URL alone to who asks for that", async () => {
      const { json } = await get("/routes");
      expect(Object.keys(json.routes)).toEqual(["llm", "broken"]);
      expect(json.routes.llm).toMatchObject({ endpoint: { id: "jetson_ollama" }, skipped: [] });
      expect(json.routes.broken).toMatchObject({ fail_open: true, skipped: [{ id: "broken", why: "down" }] });
      expect(json.routes.broken.changes).toMatchObject([{ from: null, to: "broken", why: "first" }]);
      // Both are looked at for the first time, one after the other.
      expect(json.routes.llm.changes[0]).toMatchObject({ to: "jetson_ollama" });
      const best = await get("/best_llm");
      expect([best.status, best.body, best.headers["content-type"]]).toEqual([
        200,
        jetson.url,
        "text/plain; charset=utf-8",
      ]);
    });

    it("is the same by the short cut of Node as by its router", async () => {
      const [short, { json, headers }] = await Promise.all([get("/route"), get("/routes")]);
      const timeless = (candidate: object) => ({ ...candidate, evidence_age_s: null });
      expect(short.json.candidates.map(timeless)).toEqual(json.routes.llm.candidates.map(timeless));
      expect(Object.keys(short.headers).toSorted()).toEqual(Object.keys(headers).toSorted());
    });

    it("shows people the same, and leads them there", async () => {
      expect((await get("/dashboard")).body).toContain('<a href="/dashboard/routes">Routes</a>');
      const { status, headers, body } = await get("/dashboard/routes");
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      expect(body).toMatch(
        /Jetson<\/strong> at <code>http[^<]+<\/code> by Ollama’s API; model: <code>llama3\.2:3b<\/code>/,
      );
      expect(body).toMatch(/Nothing is well\.[^]*Called all the same, as the least bad\. Its last check failed\./);
      expect(body).not.toMatch(/<a[^>]* href="http/);
    });

    it.each([
      ["capability=vision", "capability", "expected llm or broken"],
      ["exclude=a,,b", "exclude", "expected keys of services with commas between them"],
      ["max_latency_ms=0", "max_latency_ms", "expected a whole number from 1 to 600000"],
      ["max_latency_ms=999999", "max_latency_ms", "expected a whole number from 1 to 600000"],
      ["strict=yes", "strict", ""],
    ])("refuses %s by its name", async (query, field, expected) => {
      const { status, json } = await get(`/route?${query}`);
      expect([status, json.errors?.[0]?.field ?? json.faults?.[0]?.field]).toEqual([400, field]);
      expect(JSON.stringify(json)).toContain(expected);
    });
  });
}
