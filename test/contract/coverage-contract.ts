/**
 * What silences and maintenance windows cover, as whoever makes one is told: the same on every host. The service watches `tools` alone.
 */
import { describe, expect, it } from "vitest";
import type { RawAnswer } from "../support/raw-http.ts";

const HOUR_MS = 3_600_000;

export function soon(): string {
  return new Date(Date.now() + HOUR_MS).toISOString();
}

/** `ask` carries a token that may do everything. */
export function coverageContract(
  ask: (method: string, path: string, more?: { readonly body?: unknown }) => Promise<RawAnswer>,
): void {
  describe.each([
    ["/silences", () => ({ ends_at: soon() })],
    ["/maintenance", () => ({ schedule: { kind: "once", starts_at: new Date().toISOString(), ends_at: soon() } })],
  ])("what POST %s covers", (path, when) => {
    const post = (services: unknown, more: object = {}) =>
      ask("POST", path, { body: { services, comment: "x", ...when(), ...more } });

    it.each([[["*"]], [["to*", "nothing"]], [["tools"]]])("is told for %j", async (services) => {
      const { status, json } = await post(services);
      expect([status, json.services, json.covers]).toEqual([201, services, ["tools"]]);
      const [listed] = (await ask("GET", path)).json[path === "/silences" ? "silences" : "windows"].slice(-1);
      expect(listed).toEqual(json);
      expect((await ask("DELETE", `${path}/${json.id}`)).status).toBe(200);
    });

    it.each([[["tols"]], [["Tools", "nas-*"]], [["tools?"]]])("is not nothing: %j", async (services) => {
      const { status, json } = await post(services);
      const isGlob = services.every((glob) => /^[\w*-]+$/.test(glob));
      expect([status, json.errors[0].field]).toEqual([isGlob ? 422 : 400, "services[0]"]);
      if (isGlob)
        expect([json.type, json.detail]).toEqual(["urn:problem:covers_nothing", expect.stringContaining("tools")]);
    });

    it("may be nothing when that is meant, and is never left open", async () => {
      const { status, json } = await post(["nas"], { allow_empty: true });
      expect([status, json.covers]).toEqual([201, []]);
      expect((await ask("DELETE", `${path}/${json.id}`)).status).toBe(200);
      for (const services of [undefined, [], null])
        expect(await post(services, { allow_empty: true })).toMatchObject({
          status: 400,
          json: { errors: [{ field: "services" }] },
        });
    });
  });
}
