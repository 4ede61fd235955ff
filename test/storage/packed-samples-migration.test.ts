import { expect, it } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { HOUR, T0 } from "../support/checks.ts";
import { earlierTestDatabase } from "../support/sqlite-database.ts";

const PUT_OLD_BLOCK = `insert into hour_blocks (service_id, hour_ms, status_counts, step_ms, starts, response_times, verdicts)
  values (?, ?, '[["healthy",1]]', 30000, ?, ?, '[[0,"healthy",null,200,null]]')`;

it("Blocks that were stored as JSON are the same samples once they are packed", async () => {
  const { sqlite, migrate, close } = earlierTestDatabase(3);
  try {
    const put = sqlite.prepare(PUT_OLD_BLOCK);
    put.run("a", T0, "[1200,3,-2,-29000,61000]", "[12,70000,0,256,31]");
    put.run("b", T0, "[5]", "[100]");
    put.run("c", T0, "[5", "[100]"); // damaged: it could not be read before either
    sqlite.prepare("update tiers set archived_until_ms = ?, sampled_until_ms = ?").run(T0 + HOUR, T0 + HOUR);
    const view = sqlite.prepare(
      "select service_id, checked_at_ms, response_time_ms from checks where service_id <> 'c'",
    );
    const before = view.all();
    expect(before).toHaveLength(6);
    migrate();
    expect(view.all()).toEqual(before);
    const store = createD1Store(sqliteAsD1(sqlite));
    const samples = [...(await store.listSamples("a", 0, T0 + HOUR)), ...(await store.listSamples("b", 0, T0 + HOUR))];
    expect(
      samples.map(({ serviceId, checkedAtMs, responseTimeMs }) => [serviceId, checkedAtMs - T0, responseTimeMs]),
    ).toEqual([
      ["a", 1_201, 1.2],
      ["a", 31_203 + 7_000, 7_000],
      ["a", 61_201, 0],
      ["a", 62_227, 25.6],
      ["a", 153_204, 3.1],
      ["b", 15, 10],
    ]);
  } finally {
    close();
  }
});
