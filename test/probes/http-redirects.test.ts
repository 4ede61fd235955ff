/**
 * Redirects of the http check type: how far, to where, and what is taken along.
 */
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECK_TYPES } from "../../shared/probes/registry.ts";
import { configureProbe, type Settings } from "../support/configured-probe.ts";
import { makeContext, type TestContext } from "../support/probe-context.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { WAIT_LIMIT_MS } from "../support/time-limits.ts";

let context: TestContext;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  context = await makeContext({ "elsewhere.localhost": ["127.0.0.1"] });
});
afterAll(() => context.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<LoopbackServer> {
  const server = await listen(createServer(listener));
  servers.push(server);
  return server;
}

interface Seen {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Answers paths of the table with a redirect and all others with 200; remembers what it was asked. */
async function serveRedirects(locations: Record<string, string>, status = 302) {
  const seen: Seen[] = [];
  const server = await serve(({ url, method, headers }, response) => {
    seen.push({ url, method, headers });
    const location = locations[url ?? ""];
    if (location === undefined) response.end("arrived");
    else response.writeHead(status, { location }).end();
  });
  return { origin: `http://127.0.0.1:${server.port}`, server, seen };
}

function probe(settings: Settings, timeoutMs = WAIT_LIMIT_MS) {
  return configureProbe(CHECK_TYPES.http, { follow_redirects: true, ...settings })({ ...context, timeoutMs });
}

describe("redirects", () => {
  it("are not followed unless allowed", async () => {
    const { origin, seen } = await serveRedirects({ "/a": "/b" });
    const observation = await probe({ url: `${origin}/a`, follow_redirects: false });
    expect(observation).toMatchObject({
      status: "unhealthy",
      reason: "http_status",
      message: "HTTP 302",
      statusCode: 302,
    });
    expect(seen).toHaveLength(1);
  });

  it("lead to the answer that counts, and its URL is recorded without query and fragment", async () => {
    const { origin } = await serveRedirects({ "/a": "/b", "/b": "/c?token=s3cret#part" });
    const observation = await probe({ url: `${origin}/a` });
    expect(observation).toMatchObject({ status: "healthy", statusCode: 200, details: { finalUrl: `${origin}/c` } });
  });

  it("leave no URL when there was none", async () => {
    const { origin } = await serveRedirects({});
    expect((await probe({ url: `${origin}/` })).details).not.toHaveProperty("finalUrl");
  });

  it("to an error page are an error", async () => {
    const server = await serve(({ url }, response) =>
      url === "/" ? response.writeHead(302, { location: "/oops" }).end() : response.writeHead(500).end(),
    );
    expect(await probe({ url: `http://127.0.0.1:${server.port}/` })).toMatchObject({
      reason: "http_status",
      statusCode: 500,
    });
  });

  it("are followed three times, not four", async () => {
    const { origin } = await serveRedirects({ "/1": "/2", "/2": "/3", "/3": "/4", "/4": "/5" });
    expect(await probe({ url: `${origin}/2` })).toMatchObject({ status: "healthy" });
    expect(await probe({ url: `${origin}/1` })).toMatchObject({
      status: "unhealthy",
      reason: "http_status",
      message: "More than 3 redirects",
      statusCode: 302,
    });
  });

  it("without end cost four requests", async () => {
    const { origin, seen } = await serveRedirects({ "/": "/" });
    await probe({ url: `${origin}/` });
    expect(seen).toHaveLength(4);
  });

  it("share one deadline", async () => {
    const server = await serve((_request, response) => {
      setTimeout(() => response.writeHead(302, { location: "/" }).end(), 150);
    });
    // With a deadline each, all of them would be followed, and the reason would be that there are too many.
    const observation = await probe({ url: `http://127.0.0.1:${server.port}/` }, 300);
    expect(observation).toMatchObject({ status: "timeout", reason: "deadline_response", message: "Request timed out" });
  });

  it.each([
    "file:///etc/passwd",
    "javascript:alert(1)",
    "gopher://127.0.0.1/",
    "http://me:secret@127.0.0.1/",
    "http://secret@127.0.0.1/",
  ])("to %s are refused", async (location) => {
    const { origin, seen } = await serveRedirects({ "/": location });
    const observation = await probe({ url: `${origin}/` });
    expect(observation).toMatchObject({ status: "error", reason: "forbidden_address" });
    expect(JSON.stringify(observation)).not.toContain("secret");
    expect(seen).toHaveLength(1);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://0.0.0.0/",
    "//169.254.169.254/",
  ])("to %s are refused without a connection", async (location) => {
    const { origin } = await serveRedirects({ "/": location });
    const observation = await probe({ url: `${origin}/` });
    expect(observation).toMatchObject({ status: "error", reason: "forbidden_address" });
    expect(observation.details.timings).not.toHaveProperty("tcpMs");
  });

  it("to this machine are refused unless the service is on it", async () => {
    const inner = await serve((_request, response) => response.end());
    const outside = await makeContext();
    const url = "http://192.0.2.1/";
    const http = {
      exchange: async (request: Parameters<TestContext["http"]["exchange"]>[0]) =>
        request.target.href === url ? redirectTo(`http://127.0.0.1:${inner.port}/`) : outside.http.exchange(request),
    };
    const observation = await configureProbe(CHECK_TYPES.http, { url, follow_redirects: true })({
      ...outside,
      http,
      timeoutMs: 1_000,
    });
    await outside.close();
    expect(observation).toMatchObject({ status: "error", reason: "forbidden_address" });
    expect(inner.accepted).toBe(0);
  });

  it.each(["http://[", undefined])("with the Location %j are answers like any other", async (location) => {
    const headers = location === undefined ? {} : { location };
    const server = await serve((_request, response) => response.writeHead(302, headers).end());
    const observation = await probe({ url: `http://127.0.0.1:${server.port}/`, expect_status: [302] });
    expect(observation).toMatchObject({ status: "healthy", statusCode: 302 });
  });
});

describe("what a redirect takes along", () => {
  const headers = { Authorization: "Bearer s3cret", Cookie: "a=s3cret", "X-Api-Key": "s3cret", "X-Odd": "s3cret" };

  it("within the origin are the configured headers", async () => {
    const { origin, seen } = await serveRedirects({ "/a": "/b" });
    await probe({ url: `${origin}/a`, headers });
    expect(seen[1]?.headers).toMatchObject({ authorization: "Bearer s3cret", "x-odd": "s3cret" });
  });

  it("to another origin is nothing that was configured, not even on the way back", async () => {
    const home = await serveRedirects({});
    const abroad = await serveRedirects({ "/": `${home.origin}/back` });
    const start = await serveRedirects({ "/a": `${abroad.origin}/` });
    await probe({ url: `${start.origin}/a`, headers });
    expect(JSON.stringify(start.seen)).toContain("s3cret");
    expect([...abroad.seen, ...home.seen].map(({ url }) => url)).toEqual(["/", "/back"]);
    expect(JSON.stringify([abroad.seen, home.seen])).not.toContain("s3cret");
  });

  it("to another name of the same address is nothing either", async () => {
    const target = await serveRedirects({});
    const location = target.origin.replace("127.0.0.1", "elsewhere.localhost");
    const start = await serveRedirects({ "/a": location });
    expect(await probe({ url: `${start.origin}/a`, headers })).toMatchObject({ status: "healthy" });
    expect(JSON.stringify(target.seen)).not.toContain("s3cret");
  });

  it.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "PUT", "GET"],
    [307, "POST", "POST"],
    [308, "PUT", "PUT"],
    [302, "PUT", "PUT"],
    [303, "HEAD", "HEAD"],
  ])("after %i is %s turned into %s", async (status, method, next) => {
    const { origin, seen } = await serveRedirects({ "/a": "/b" }, status);
    await probe({
      url: `${origin}/a`,
      method,
      headers: { "content-type": "text/plain" },
      body: method === "HEAD" ? undefined : "x",
    });
    expect(seen.map((each) => each.method)).toEqual([method, next]);
    expect(seen[1]?.headers["content-type"]).toBe(next === "GET" ? undefined : "text/plain");
  });

  it("to another origin is never the body", async () => {
    const abroad = await serveRedirects({});
    const { origin } = await serveRedirects({ "/a": `${abroad.origin}/` }, 307);
    const observation = await probe({ url: `${origin}/a`, method: "POST", body: "s3cret" });
    expect(observation).toMatchObject({ status: "error", reason: "forbidden_address" });
    expect(abroad.server.accepted).toBe(0);
  });
});

function redirectTo(location: string) {
  return {
    kind: "response",
    statusCode: 302,
    headers: { location },
    body: new Uint8Array(),
    truncated: false,
    durationMs: 1,
    timings: {},
  } as const;
}
