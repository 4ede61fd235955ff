/**
 * The haproxy check type where something else answers at its URL, and with tables of any size.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeRedactor, type Redact } from "../../shared/domain/text/redact.ts";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { closedPort } from "../support/loopback-server.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { repeatedProbe, type Seen } from "../support/repeated-probe.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

let context: TestContext;
beforeAll(async () => {
  context = await makeContext();
});
afterAll(() => context.close());

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const watch = (settings: Readonly<Record<string, unknown>>, redact?: Redact) =>
  repeatedProbe(CHECK_TYPES.haproxy, settings, { context, ...(redact && { redact }) });
const kept = ({ baseline }: Seen) => baseline as unknown as { readonly backends: readonly unknown[] };

const table = (...rows: string[]): string =>
  ["# pxname,svname,status,type,act,bck,stot,smax,lastsess,rtime,mode,hrsp_2xx,hrsp_5xx,check_status,", ...rows].join(
    "\n",
  );

async function serving(text: string, type = "text/plain"): Promise<TargetServer> {
  const target = await startTarget((_request, response) => response.writeHead(200, { "content-type": type }).end(text));
  open.push(target);
  return target;
}

describe("check type haproxy where something else answers", () => {
  const row = (name: string, status: string, server = "BACKEND"): string =>
    `${name},${server},${status},${server === "BACKEND" ? 1 : 2},1,0,5,1,0,12,http,5,0,,`;

  it.each([
    [401, "auth", "HTTP 401"],
    [404, "config", "HTTP 404: no statistics at this URL"],
    [429, "rate_limited", "HTTP 429"],
    [302, "http_status", "HTTP 302"],
  ])("judges HTTP %d", async (status, reason, message) => {
    const target = await startTarget(sendJson(status, {}));
    open.push(target);
    expect(await watch({ url: `${target.url}/;csv` })()).toMatchObject({ status: "unhealthy", reason, message });
  });

  it("does not take another text for statistics", async () => {
    const target = await serving("jetson is UP\n");
    const seen = await watch({ url: `${target.url}/;csv` })();
    expect(seen).toMatchObject({ status: "unhealthy", reason: "protocol" });
  });

  it.each([
    ["only some of the columns", "# pxname,svname,qcur\n", "protocol", "The statistics have no column type"],
    [
      "no column for the status",
      "# pxname,svname,type,\na,BACKEND,1,",
      "protocol",
      "The statistics have no column status",
    ],
    ["no line", table(), "config", "The statistics show no backend with servers (`stats scope` may hide them)"],
    [
      "frontends and backends that only redirect",
      table(row("in", "OPEN", "FRONTEND").replace("OPEN,2", "OPEN,0"), row("moved", "UP")),
      "config",
      "The statistics show no backend with servers (`stats scope` may hide them)",
    ],
    [
      "servers that are up alone",
      table(row("a", "UP", "one"), row("a", "UP"), row("b", "DOWN")),
      "assertion",
      "No server serves in the backend b: DOWN",
    ],
    [
      "too many others",
      table(...Array.from({ length: 20_000 }, () => row("b".repeat(60), "UP"))),
      "too_large",
      "None of the backends that count is in what was read of the statistics",
    ],
  ])("is unhealthy when the statistics show %s", async (_what, ...[text, reason, message]) => {
    const target = await serving(text);
    const seen = await watch({ url: `${target.url}/;csv` })();
    expect(seen).toMatchObject({ status: "unhealthy", reason, message });
  });

  it("keeps apart what is called alike once it is cut or cleaned, and what no key may be called", async () => {
    const long = "backend_of_a_name_that_is_longer_than_what_is_shown_of_it_everywhere_";
    const names = [`${long}1`, `${long}2`, "a", "a\u0000", "__proto__"];
    const rows = (served: number): string[] =>
      names.flatMap((name, index) => {
        const status = index === 0 ? "DOWN" : "UP";
        const line = (server: string, type: number): string =>
          `${name},${server},${status},${type},1,0,${served},9,0,12,http,${served},${index === 1 ? served : 0},,`;
        return [line("one", 2), line("BACKEND", 1)];
      });
    let text = table(...rows(30));
    const target = await startTarget((_request, response) => response.end(text));
    open.push(target);
    const look = watch({ url: `${target.url}/;csv` });
    const first = await look();
    text = table(...rows(60));
    const seen = await look();
    const shown = [
      "backend_of_a_name_that_is_longer_than_what_is_shown_of_it_every…",
      "backend_of_a_name_that_is_longer_than_what_is_shown_of_it_every… (2)",
      "a",
      "a (2)",
      "__proto__ (2)",
    ];
    for (const { baseline } of [first, seen])
      expect(baseline).toMatchObject({ total: 5, backends: shown.map((name) => ({ name })) });
    expect(seen.baseline).toMatchObject({
      backends: [{ status: "DOWN", errorPercent: 0 }, { status: "UP", errorPercent: 50 }, {}, {}, {}],
    });
    const { backends } = seen.details.data as { readonly backends: Readonly<Record<string, unknown>> };
    expect(Object.keys(backends)).toEqual(shown);
  });

  it("is unhealthy when the health URL says so or does not answer", async () => {
    const page = await serving(table(row("a", "UP", "one"), row("a", "UP")));
    const health = await startTarget(sendJson(503, {}));
    open.push(health);
    const url = `${page.url}/;csv`;
    expect(await watch({ url, health_url: health.url })()).toMatchObject({
      reason: "http_status",
      message: "HTTP 503 (health_url)",
    });
    const gone = `http://127.0.0.1:${await closedPort()}/health`;
    expect(await watch({ url, health_url: gone })()).toMatchObject({ status: "error", reason: "refused" });
  });

  it("sends no header to the health URL", async () => {
    const page = await serving(table(row("a", "UP", "one"), row("a", "UP")));
    const seen: unknown[] = [];
    const health = await startTarget((asked, reply) => {
      seen.push(asked.headers.authorization);
      sendJson(200, {})(asked, reply);
    });
    open.push(health);
    await watch({ url: `${page.url}/;csv`, health_url: health.url, headers: { authorization: "Basic eA==" } })();
    expect(seen).toEqual([undefined]);
  });

  it.each([
    ["what share of the answers since was 5xx", [",5,1,0,12,http,5,0,", ",9,1,0,12,http,8,1,"], 25],
    ["nothing where nobody was answered", [",5,1,0,12,http,5,0,", ",9,1,0,12,http,5,0,"], null],
    ["nothing after a reload that was followed by more answers", [",5,1,0,12,http,5,0,", ",4,1,0,12,http,9,3,"], null],
    ["nothing when fewer were ever there at once", [",5,3,0,12,http,5,0,", ",9,1,0,12,http,9,3,"], null],
    ["nothing of TCP", [",5,1,0,0,tcp,,,", ",9,1,0,0,tcp,,,"], null],
  ])("says %s", async (_what, [before = "", after = ""], expected) => {
    let cells = before;
    const target = await startTarget((_request, response) =>
      response.end(table(row("a", "UP", "one"), row("a", "UP").replace(",5,1,0,12,http,5,0,", cells))),
    );
    open.push(target);
    const look = watch({ url: `${target.url}/;csv` });
    expect((await look()).details.data).toMatchObject({ backends: { a: { error_percent: null } } });
    cells = after;
    expect((await look()).details.data).toMatchObject({ backends: { a: { error_percent: expected } } });
  });

  it("keeps the sums of sixty backends, and all of them for GET /haproxy", async () => {
    const rows = Array.from({ length: 60 }, (_, index) => {
      const name = `backend_number_${index}`;
      return [row(name, index === 7 ? "DOWN" : "UP", "one"), row(name, "UP", "two"), row(name, "UP")];
    });
    const target = await serving(table(...rows.flat()));
    const seen = await watch({ url: `${target.url}/;csv` })();
    expect(seen).toMatchObject({ status: "degraded", reason: "partly_down", message: "backend_number_7/one DOWN" });
    expect(seen.details.data).toMatchObject({
      backends_total: 60,
      servers_total: 120,
      servers_up: 119,
      down: ["backend_number_7/one"],
    });
    expect(seen.baseline).toMatchObject({ total: 60, backends: { length: 60 } });
  });

  it("leaves what fits of a thousand backends, and how many there are", async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => [row(`b${index}`, "UP", "one"), row(`b${index}`, "UP")]);
    const target = await serving(table(...rows.flat()));
    const seen = await watch({ url: `${target.url}/;csv` })();
    expect(seen).toMatchObject({
      status: "healthy",
      details: { data: { backends_total: 1_000 } },
      baseline: { total: 1_000 },
    });
    expect(JSON.stringify(seen.baseline).length).toBeLessThan(32_768);
    expect(kept(seen).backends.length).toBeGreaterThan(100);
  });

  it("judges what it has read of a table that is too long, and says so", async () => {
    const text = table(
      row("a", "UP", "one"),
      row("a", "UP"),
      ...Array.from({ length: 20_000 }, () => row("b".repeat(60), "UP")),
    );
    const target = await serving(text);
    const seen = await watch({ url: `${target.url}/;csv`, backends: ["a", "z"] })();
    expect(seen).toMatchObject({ status: "healthy", details: { data: { incomplete: true, backends_total: 1 } } });
  });

  it("leaves no secret that the target echoes, whatever it makes of it", async () => {
    const secrets = ["s3cret-word", "48151623"];
    const rows = [
      row("s3cret-word", "UP s3cret-word", "s3cret-word"),
      row("s3cret-word", "UP").replace(",5,1,0,", ",48151623,1,0,"),
    ];
    const target = await serving(table(...rows));
    const seen = await watch({ url: `${target.url}/;csv` }, makeRedactor(secrets))();
    for (const secret of secrets) expect(JSON.stringify(seen)).not.toContain(secret);
    expect(seen.baseline).toMatchObject({ total: 1, backends: { length: 1 } });
  });

  it("survives names that are none", async () => {
    const target = await serving(
      table(row("__proto__", "DOWN"), row("__proto__", "DOWN", "constructor"), row("\u0000\u202e", "UP")),
    );
    const seen = await watch({ url: `${target.url}/;csv` })();
    expect(seen).toMatchObject({ status: "unhealthy", reason: "assertion" });
  });
});
