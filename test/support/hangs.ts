/** A test with a child of every kind that hangs when all of them run. */
import { expect, it } from "vitest";
import { startLocalD1 } from "./d1-database.ts";
import { startRedis } from "./redis-server.ts";
import { startService } from "./service-process.ts";
import { startWorker, TEST_AUTH } from "./worker-process.ts";

it("hangs", async () => {
  const services = { a: { url: "http://127.0.0.1:1/" } };
  expect(await startRedis()).not.toBeNull();
  await startLocalD1();
  await startService({ config: JSON.stringify({ services }) });
  await startWorker(JSON.stringify({ services, auth: TEST_AUTH }));
  process.stdout.write("everything runs\n");
  await new Promise(() => {});
});
