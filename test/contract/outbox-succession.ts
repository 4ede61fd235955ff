/**
 * What an outbox does with a message for which others are to be sent: in its place, or beside it. A part of the outbox contract.
 */
import { describe, expect, it } from "vitest";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { T0 } from "../support/checks.ts";
import { message, put } from "../support/outbox-bench.ts";
import type { ContractDatabase } from "./store-contract.ts";

const REPLACED = { kind: "replaced", createdAtMs: T0 - 9 } as const;
const ELSEWHERE = { kind: "elsewhere" } as const;

export function successionContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`succession on ${name}`, () => {
    it.each([
      ["have others wait in its place, since when it did", REPLACED, [["1-x", T0 - 9, T0 + 119_991]]],
      [
        "wait on beside others",
        ELSEWHERE,
        [
          ["1", T0, null],
          ["1-x", T0 + 1, T0 + 120_001],
        ],
      ],
    ])("lets a message %s, also when that is written twice", async (_how, settlement, waiting) => {
      const database = await open();
      const outbox = createOutbox(database.db);
      await put(database.db, "sms", message("1", ["a"]));
      const forwarded = [{ channel: "email", notification: message("1-x", ["a"]) }];
      for (const atMs of [T0 + 1, T0 + 2]) await outbox.settle({ id: "1", atMs, settlement, channel: null, forwarded });
      const listed = await outbox.listPending();
      expect(listed.map(({ id, createdAtMs, elsewhereAtMs }) => [id, createdAtMs, elsewhereAtMs])).toEqual(waiting);
      await database.close();
    });
  });
}
