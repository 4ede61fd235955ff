import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cronFaults } from "../../../scripts/worker/cron.ts";

it("The cron events of wrangler.toml are those of the jobs, and whoever changes one alone is told", () => {
  const toml = readFileSync("wrangler.toml", "utf8");
  expect(cronFaults(toml)).toEqual([]);
  expect(cronFaults(toml.replace('"*/5 * * * *"', '"*/7 * * * *"'))).toEqual([
    'wrangler.toml lacks the cron "*/5 * * * *" of a job',
    'wrangler.toml has the cron "*/7 * * * *" of no job',
  ]);
  expect(cronFaults("")).toHaveLength(2);
});
