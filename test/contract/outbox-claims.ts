/**
 * Whose a claim is, and what is counted of one that ended without a word. A part of the outbox contract.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Outbox, Settlement } from "../../shared/ports/outbox.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { T0 } from "../support/checks.ts";
import { message, put } from "../support/outbox-bench.ts";
import type { ContractDatabase } from "./store-contract.ts";

const AGAIN = { kind: "again", dueMs: T0 + 11, fingerprint: "f", failure: "timeout", attempt: 1 } as const;

export function claimsContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`claims on ${name}`, () => {
    let database: ContractDatabase;
    let outbox: Outbox;

    beforeEach(async () => {
      database = await open();
      outbox = createOutbox(database.db);
      await put(database.db, "sms", message("1", ["a"]));
      await outbox.claim("1", { nowMs: T0, untilMs: T0 + 10 });
    });
    afterEach(() => database.close());

    const settle = (settlement: Settlement) =>
      outbox.settle({ id: "1", atMs: T0 + 11, settlement, channel: null, forwarded: [] });

    it("are not given back when somebody else has taken them since", async () => {
      await outbox.claim("1", { nowMs: T0 + 10, untilMs: T0 + 99 });
      await settle({ ...AGAIN, mayHaveArrived: false });
      expect(await outbox.listPending()).toMatchObject([{ dueMs: T0, claimedUntilMs: T0 + 99 }]);
    });

    it("last for a day at most, so one by a clock that was ahead holds nobody up; what was tried was decided before", async () => {
      const dayMs = 86_400_000;
      await outbox.extend("1", { attempt: 1, untilMs: T0 + dayMs + 1 });
      expect(await outbox.claim("1", { nowMs: T0 + 1, untilMs: T0 + 60 })).toBeNull();
      expect(await outbox.claim("1", { nowMs: T0, untilMs: T0 + 60 })).toMatchObject({ attempts: 2 });
      const again = { ...AGAIN, attempt: 2, mayHaveArrived: false };
      await outbox.settle({ id: "1", atMs: T0 - 5, settlement: again, channel: null, forwarded: [] });
      expect(await outbox.listPending()).toMatchObject([{ createdAtMs: T0 - 5 }]);
    });

    it("are extended by who has them only", async () => {
      await outbox.extend("1", { attempt: 1, untilMs: T0 + 50 });
      expect(await outbox.claim("1", { nowMs: T0 + 49, untilMs: T0 + 60 })).toBeNull();
      await outbox.claim("1", { nowMs: T0 + 50, untilMs: T0 + 60 });
      await outbox.extend("1", { attempt: 1, untilMs: T0 + 99 });
      expect(await outbox.listPending()).toMatchObject([{ claimedUntilMs: T0 + 60 }]);
      await settle({ ...AGAIN, attempt: 2, mayHaveArrived: false });
      await outbox.extend("1", { attempt: 2, untilMs: T0 + 99 });
      expect(await outbox.listPending()).toMatchObject([{ claimedUntilMs: 0 }]);
    });

    it("count as sent when the message may have arrived, also when that is written twice, and with what is sent later", async () => {
      const sent = () => outbox.countSentSince("sms", T0);
      await settle({ ...AGAIN, mayHaveArrived: true });
      await settle({ ...AGAIN, mayHaveArrived: true });
      expect([await sent(), await outbox.countSentSince("sms", T0 + 12)]).toEqual([1, 0]);
      await outbox.claim("1", { nowMs: T0 + 20, untilMs: T0 + 30 });
      await settle({ ...AGAIN, attempt: 2, mayHaveArrived: false });
      expect(await sent()).toBe(1);
      await outbox.claim("1", { nowMs: T0 + 40, untilMs: T0 + 50 });
      await settle({ kind: "sent", receipt: null });
      expect(await sent()).toBe(2);
    });
  });
}
