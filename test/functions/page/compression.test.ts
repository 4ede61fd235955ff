/** What the built service sends of a page on Node; elsewhere the edge compresses it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startService, type ServiceProcess } from "../../support/service-process.ts";

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService({ config: 'services: { nobody: { name: Nobody, url: "http://127.0.0.1:1/" } }' });
});
afterAll(() => service?.stop());

it.each([
  ["gzip, deflate", "gzip"],
  ["identity", null],
  ["br", null],
])("A page is for who takes %s: %s", async (accepted, coding) => {
  const url = `http://127.0.0.1:${service.port}/dashboard`;
  const answer = await fetch(url, { headers: { "accept-encoding": accepted } });
  const { headers } = answer;
  expect([headers.get("content-encoding"), headers.get("vary")]).toEqual([coding, "Accept-Encoding"]);
  expect(await answer.text()).toContain("Nobody");
});
