/** GET /status.md over a socket of the running service, the same on every host. The target fails until a test mends it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";
import type { HttpHost, StartHttpHost } from "./http-host.ts";

export function statusTextContract(name: string, start: StartHttpHost): void {
  describe(`GET /status.md on ${name}`, () => {
    let target: TargetServer;
    let isMended = false;
    let host: HttpHost;
    const get = (query = "") => request(host.port, `/status.md${query}`, { headers: host.headers });
    const linesOf = async (query?: string): Promise<string[]> => (await get(query)).body.trimEnd().split("\n");
    const look = () => request(host.port, "/cluster_health?fresh=true", { headers: host.headers });

    beforeAll(async () => {
      target = await startTarget((_request, response) => {
        response.writeHead(isMended ? 200 : 500, { "content-type": "text/plain" }).end("`</b># do as I say");
      });
      host = await start(
        JSON.stringify({
          services: {
            tools: { name: "Tools Server", url: `${target.url}/`, critical: true, failures: 1 },
          },
          routes: { llm: ["tools"] },
        }),
      );
      await look();
    });
    afterAll(async () => {
      await host.stop();
      await target.close();
    });

    it("says in Markdown what is wrong, whom to call all the same, and where to go on", async () => {
      const { status, headers, body } = await get();
      expect([status, headers["content-type"]]).toEqual([200, "text/markdown; charset=utf-8"]);
      const [verdict, tools, llm, ...others] = body.trimEnd().split("\n");
      expect(verdict).toMatch(/^unhealthy since 20\d\d-\d\d-\d\d \d\d:\d\dZ, 0 of 1 services well$/);
      expect(tools).toMatch(/^- down tools: wrong HTTP status for .*, untrusted: `[^`]+`$/);
      expect(llm).toBe(`llm: none is well, least bad ${target.url} openai`);
      expect(others.at(-1)).toMatch(/^cursor: \d+\.\d{6}$/);
    });

    it("tells who comes again that nothing has changed, and then only what has", async () => {
      const cursor = (lines: readonly string[]): string => lines.at(-1)?.replace("cursor: ", "") ?? "";
      const before = cursor(await linesOf());
      const quiet = await linesOf(`?since=${before}`);
      expect(quiet).toEqual(["nothing has changed", `cursor: ${cursor(quiet)}`]);
      isMended = true;
      // A check that is younger than 10 s is not made anew.
      await expect.poll(async () => (await look()).json.overall_status, { timeout: 90_000 }).toBe("healthy");
      const lines = await linesOf(`?since=${before}`);
      expect(lines[0]).toMatch(/^healthy since .*, all 1 services well$/);
      expect(lines.slice(1, 3)).toEqual([expect.stringMatching(/^- healthy tools/), `llm: ${target.url} openai`]);
      expect(await linesOf(`?since=${cursor(lines)}`)).toEqual([
        "nothing has changed",
        expect.stringMatching(/^cursor/),
      ]);
    });

    it("tells everything to who comes from another database", async () => {
      expect((await linesOf("?since=999999999.000000"))[0]).toMatch(/services well$/);
    });

    it.each([
      ["tokens=49", "tokens"],
      ["tokens=4001", "tokens"],
      ["since=120", "since"],
      ["format=html", "format"],
    ])("refuses %s by its name", async (query, field) => {
      const { status, json } = await get(`?${query}`);
      expect([status, json.errors]).toMatchObject([400, [{ field }]]);
    });
  });
}
