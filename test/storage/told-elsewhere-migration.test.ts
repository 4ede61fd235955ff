import { expect, it } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { T0 } from "../support/checks.ts";
import { message } from "../support/outbox-bench.ts";
import { earlierTestDatabase } from "../support/sqlite-database.ts";

it("What waits since an earlier version is told elsewhere as well, but for drills and remediations", async () => {
  const { sqlite, migrate, close } = earlierTestDatabase(9);
  try {
    const put = sqlite.prepare(
      `insert into notifications (id, channel, state, alert_ids, payload, created_at_ms, due_ms) values (?, ?, ?, ?, ?, ${T0}, ${T0})`,
    );
    for (const [id, channel, state, alertIds] of [
      ["1", "slack", "pending", ["a"]],
      ["2", "slack", "sent", ["a"]],
      ["drill-1-0", "slack", "pending", []],
      ["3", "on_firing:tools", "pending", ["a"]],
    ] as const)
      put.run(id, channel, state, JSON.stringify(alertIds), JSON.stringify(message(id, alertIds)));
    migrate();
    const waiting = await createOutbox(sqliteAsD1(sqlite)).listPending();
    expect(waiting.map(({ id, elsewhereAtMs }) => [id, elsewhereAtMs])).toEqual([
      ["1", T0 + 300_000],
      ["drill-1-0", null],
      ["3", null],
    ]);
  } finally {
    close();
  }
});
