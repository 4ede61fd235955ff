/**
 * What an outbox knows of the messages about some alerts: who was told, with which settings, and what became of it. A part of the
 * outbox contract.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttemptResult, Outbox } from "../../shared/ports/outbox.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { untouched } from "../../shared/usecases/delivery/channel-state.ts";
import { T0 } from "../support/checks.ts";
import { message, put } from "../support/outbox-bench.ts";
import type { ContractDatabase } from "./store-contract.ts";

const DAY = 86_400_000;

export function relatedContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`related messages on ${name}`, () => {
    let database: ContractDatabase;
    let outbox: Outbox;

    beforeEach(async () => {
      database = await open();
      outbox = createOutbox(database.db);
    });
    afterEach(() => database.close());

    const settle = (id: string, result: Partial<AttemptResult>) => {
      const settlement = { kind: "sent", receipt: null } as const;
      return outbox.settle({ id, atMs: T0 + DAY, settlement, channel: null, forwarded: [], ...result });
    };

    it("are those about any of the alerts, in the order in which they were stored, whatever has become of them", async () => {
      await put(database.db, "email", { ...message("later", ["b", "c"], T0 + DAY), catchesUpOn: ["c"] });
      await put(database.db, "slack", message("1", ["a"]));
      await put(database.db, "slack", message("other", ["d"]));
      await put(database.db, "sms/1x", { ...message("end", ["a"]), type: "alert.resolved" });
      const forwarded = [{ channel: "email", notification: message("1-e", ["a"]) }];
      const channel = { ...untouched({ name: "slack", fingerprint: "f" }), failedAtMs: T0 };
      await settle("1", { settlement: { kind: "failed", failure: "gave_up" }, channel, forwarded });
      await settle("end", { channel: { ...untouched({ name: "sms/1x", fingerprint: "g" }), sentAtMs: T0 } });
      const common = { type: "alert.firing", state: "pending", alertIds: ["a"], atMs: T0, elsewhereAtMs: T0 + 120_000 };
      const nothing = { fingerprint: null, failure: null, catchesUpOn: null };
      const told = { ...common, ...nothing };
      const laterMs = T0 + DAY + 120_000;
      expect(await outbox.listRelated({ alertIds: ["a", "b"] })).toEqual([
        {
          ...told,
          id: "later",
          channel: "email",
          alertIds: ["b", "c"],
          atMs: T0 + DAY,
          elsewhereAtMs: laterMs,
          catchesUpOn: ["c"],
        },
        { ...told, id: "1", channel: "slack", state: "failed", fingerprint: "f", failure: "gave_up" },
        { ...told, id: "end", channel: "sms/1x", type: "alert.resolved", state: "sent", fingerprint: "g" },
        { ...told, id: "1-e", channel: "email", elsewhereAtMs: laterMs },
      ]);
      expect(await outbox.listRelated({ alertIds: [] })).toEqual([]);
    });

    it("are about what was told, when that was not all of it", async () => {
      await put(database.db, "slack", message("1", ["a", "b"]));
      await put(database.db, "slack", message("2", ["a", "b"]));
      await settle("1", { alertIds: ["b"] });
      await settle("2", { alertIds: ["b"], settlement: { kind: "failed", failure: "refused" } });
      expect(await outbox.listRelated({ alertIds: ["a"] })).toEqual([]);
      expect(await outbox.listRelated({ alertIds: ["b"] })).toMatchObject([{ alertIds: ["b"] }, { alertIds: ["b"] }]);
    });

    it("are those that were made of a message, too, also of a drill", async () => {
      for (const id of ["drill-1", "drill-1-a", "drill-1-b", "drill-10-a", "drill-1.", "drill"])
        await put(database.db, "sms", { ...message(id, []), type: "drill" });
      const listed = await outbox.listRelated({ id: "drill-1", alertIds: [] });
      expect(listed.map(({ id, type }) => [id, type])).toEqual([
        ["drill-1-a", "drill"],
        ["drill-1-b", "drill"],
      ]);
    });
  });
}
