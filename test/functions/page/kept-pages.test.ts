/** For how long a page is good enough for somebody else. */
import { expect, it } from "vitest";
import { keepPages } from "../../../functions/page/kept-pages.ts";

function bench() {
  const [clock, commits] = [{ at: 1_000, nowMs: () => clock.at }, { version: 1 }];
  const pages = keepPages({ clock, commits });
  let made = 0;
  const ask = async (key = "") => {
    const make = async () => ({ status: 200, headers: {}, body: `${key}${(made += 1)}` });
    return (await pages.of(key, make)).body;
  };
  return { clock, commits, pages, ask };
}

it("A page is made once for all who ask within the second for what the same commit shows", async () => {
  const { clock, commits, ask } = bench();
  expect(await Promise.all([ask(), ask(), ask("dark ")])).toEqual(["1", "1", "dark 2"]);
  clock.at = 1_999;
  expect(await ask()).toBe("1");
  clock.at = 2_000;
  expect(await ask()).toBe("3");
  commits.version = 2;
  expect(await ask()).toBe("4");
});

it("A page that could not be made is not kept", async () => {
  const { pages, ask } = bench();
  await expect(pages.of("", () => Promise.reject(new Error("disk I/O error")))).rejects.toThrow("disk I/O error");
  expect(await ask()).toBe("1");
});
