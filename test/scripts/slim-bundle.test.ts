/** A command that is left out of the bundle is no method there, while it is one in the sources that most tests run. */
import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { REDIS_COMMANDS } from "../../scripts/slim-bundle.ts";

it("The bundle has every command that the Redis probe calls", async () => {
  const source = await readFile(new URL("../../shared/probes/redis.ts", import.meta.url), "utf8");
  const called = [...source.matchAll(/\bclient\.(\w+)\(/g)].map(([, name = ""]) => name);
  const isCommand = (name: string): boolean => name in Redis.prototype && `${name}Buffer` in Redis.prototype;
  const commands = called.filter(isCommand);
  expect(commands).toContain("ping");
  expect(REDIS_COMMANDS).toEqual(expect.arrayContaining(commands));
});
