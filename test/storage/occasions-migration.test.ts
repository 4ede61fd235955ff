import { expect, it } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createOccasions } from "../../shared/storage/occasions.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { T0 } from "../support/checks.ts";
import { earlierTestDatabase } from "../support/sqlite-database.ts";

it("Occasions that were kept among the channels are kept, and the channels stay", async () => {
  const { sqlite, migrate, close } = earlierTestDatabase(6);
  try {
    const put = sqlite.prepare(
      "insert into channels (name, failures, is_broken, not_before_ms, sent_at_ms) values (?, 0, 0, 0, ?)",
    );
    put.run("#primary", T0);
    put.run("#drill", T0 + 1);
    put.run("slack", T0 + 2);
    migrate();
    const db = sqliteAsD1(sqlite);
    const occasions = createOccasions(db);
    expect([await occasions.last("primary_seen"), await occasions.last("drill_concluded")]).toEqual([T0, T0 + 1]);
    expect(await createOutbox(db).channelStates()).toMatchObject([{ name: "slack", sentAtMs: T0 + 2 }]);
  } finally {
    close();
  }
});
