import { expect, it } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { T0 } from "../support/checks.ts";
import { deliverFor, delivererOf, fakeChannel, message } from "../support/outbox-bench.ts";
import { earlierTestDatabase } from "../support/sqlite-database.ts";

it("Messages that an earlier version had wait for a channel are sent, and the channels start afresh", async () => {
  const { sqlite, migrate, close } = earlierTestDatabase(8);
  try {
    const hourOffMs = T0 + 3_600_000;
    sqlite
      .prepare(
        "insert into channels (name, failures, is_broken, failure, not_before_ms) values ('slack', 3, 1, 'refused', ?)",
      )
      .run(hourOffMs);
    sqlite
      .prepare(
        `insert into notifications (id, channel, state, alert_ids, payload, created_at_ms, attempts, due_ms)
         values ('1', 'slack', 'pending', '["a"]', ?, ?, 3, ?)`,
      )
      .run(JSON.stringify(message("1", ["a"])), T0, hourOffMs);
    migrate();
    const db = sqliteAsD1(sqlite);
    const clock = new FakeClock(T0);
    const slack = fakeChannel("slack", clock);
    await deliverFor(delivererOf({ db, clock, channels: [slack] }), clock, 1_000);
    expect(slack.accepted).toEqual(["1"]);
    expect(await createOutbox(db).channelStates()).toMatchObject([{ fingerprint: "f", isBroken: false }]);
  } finally {
    close();
  }
});
