/** What endpoints and jobs see of the configuration: every section of the one in force, at the moment of use. */
import { expect, it } from "vitest";
import { compose } from "../../../functions/monitor/compose.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { testProcess, testRuntime } from "../../support/test-runtime.ts";

it("every section is at hand, as the file has it since it was loaded last", async () => {
  const database = sqliteTestDatabase();
  const runtime = testRuntime({ database, config: {}, process: testProcess().process });
  let rest: object = { max_connections: 10 };
  const read = async () => JSON.stringify({ services: { a: { url: "https://example.org/" } }, ...rest });
  const { monitor, context } = await compose({ ...runtime, configuration: { ...runtime.configuration, read } });
  expect(context.config()).toMatchObject({ maxConnections: 10, retention: expect.any(Object), heartbeat: null });
  rest = { max_connections: 11 };
  await monitor.reload();
  expect(context.config().maxConnections).toBe(11);
  await monitor.stop();
  database.close();
});
