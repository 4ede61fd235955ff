/** Marks as people, CI and agents make them, the same on every host. Part of the alerting API's contract, whose service it asks. */
import { describe, expect, it } from "vitest";
import type { RawAnswer } from "../support/raw-http.ts";

type Ask = (method: string, path: string, options?: { token?: string; body?: unknown }) => Promise<RawAnswer>;

/** @param tokens of one who may write, and of one who may not */
export function marksApiContract(ask: Ask, tokens: { readonly writer: string; readonly reader: string }): void {
  describe("marks", () => {
    const at = "2026-03-10T10:00:00.000Z";

    it("are made once, listed, and have the name of the token", async () => {
      const body = { text: "llama3.2 replaced by qwen3", at, service: "tools" };
      const made = await ask("POST", "/marks", { token: tokens.writer, body });
      const id = expect.stringMatching(/^\d+$/);
      expect([made.status, made.json]).toEqual([201, { ...body, id, author: "writer", public: false }]);
      expect((await ask("POST", "/marks", { token: tokens.writer, body })).json).toEqual(made.json);
      const { marks, next_cursor: cursor } = (await ask("GET", "/marks?service=tools", { token: tokens.reader })).json;
      expect([marks, cursor]).toEqual([[made.json], null]);
    });

    it("are of now and of the cluster when nothing else is said", async () => {
      const { json } = await ask("POST", "/marks", { token: tokens.writer, body: { text: "power cut" } });
      expect(json).toMatchObject({ service: null, text: "power cut" });
      expect(Math.abs(Date.now() - Date.parse(json.at))).toBeLessThan(60_000);
      const first = (await ask("GET", "/marks?limit=1")).json;
      expect(first.marks).toEqual([json]);
      const second = (await ask("GET", `/marks?limit=1&before=${first.next_cursor}`)).json;
      expect(second.marks).toMatchObject([{ at, service: "tools" }]);
    });

    it("say whether everybody may read them", async () => {
      const body = { text: "a disk is being replaced", at: "2026-03-10T11:00:00.000Z", public: true };
      const made = await ask("POST", "/marks", { token: tokens.writer, body });
      expect([made.status, made.json]).toMatchObject([201, { ...body, service: null, author: "writer" }]);
      expect((await ask("GET", "/marks?since=2026-03-10T11:00:00Z&limit=1000")).json.marks).toContainEqual(made.json);
    });

    it("are withdrawn by their id, once, by who may write, and then may be made again", async () => {
      const body = { text: "made by mistake", at: "2026-03-10T12:00:00.000Z", public: true };
      const { id } = (await ask("POST", "/marks", { token: tokens.writer, body })).json;
      const path = `/marks/${id}`;
      const texts = async () =>
        (await ask("GET", "/marks?limit=1000")).json.marks.map(({ text }: { text: string }) => text);
      expect((await ask("DELETE", path, { token: tokens.reader })).status).toBe(403);
      expect(await texts()).toContain(body.text);
      const { status, json } = await ask("DELETE", path, { token: tokens.writer });
      expect([status, json]).toEqual([200, { id, withdrawn: true }]);
      expect(await texts()).not.toContain(body.text);
      for (const gone of [path, "/marks/0", "/marks/nobody", "/marks/999999999999999"])
        expect((await ask("DELETE", gone, { token: tokens.writer })).json).toMatchObject({
          type: "urn:problem:not_found",
          detail: "There is no mark with this id.",
        });
      const again = await ask("POST", "/marks", { token: tokens.writer, body });
      expect([again.status, again.json.id === id, (await texts()).includes(body.text)]).toEqual([201, false, true]);
    });

    it.each([
      [{ text: "" }, "text"],
      [{ text: "x".repeat(121) }, "text"],
      [{ text: "two\nlines" }, "text"],
      [{ text: "hidden \u202e text" }, "text"],
      [{}, "text"],
      [{ text: "a", at: "yesterday" }, "at"],
      [{ text: "a", at: "2126-01-01T00:00:00Z" }, "at"],
      [{ text: "a", service: "nobody" }, "service"],
      [{ text: "a", public: "yes" }, "public"],
      [{ text: "a", color: "red" }, "color"],
    ])("refuse %j and name the field", async (body, field) => {
      const { status, json } = await ask("POST", "/marks", { token: tokens.writer, body });
      expect([status, json.errors]).toMatchObject([400, [{ field }]]);
    });
  });
}
