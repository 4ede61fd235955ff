/**
 * What a sweep's commit must do with alerts, messages and the audit trail, and how they are read back, one test for each
 * sentence. Run on each database that a host uses; the database is real and migrated.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  NO_ALERTING,
  buildRecord,
  type AlertingState,
  type AlertRecord,
} from "../../shared/domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../../shared/domain/access/audit.ts";
import type { Outbox } from "../../shared/ports/outbox.ts";
import type { Store } from "../../shared/ports/store.ts";
import { readAcknowledgements } from "../../shared/storage/acknowledgements.ts";
import { forgetAudit, listAlerts, listAudit } from "../../shared/storage/alert-log.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { tellOnce, type Tell } from "../../shared/storage/unreadable.ts";
import { alerted, AlertingBench } from "../support/lived-alerting.ts";
import { check, moment, T0 } from "../support/checks.ts";
import { whileMissing } from "../support/missing-table.ts";
import { message, put } from "../support/outbox-bench.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

const DAY = 86_400_000;

/** A state with everything in it: firing, pending, gathering, silenced, in maintenance, responded. */
function fullBench(): AlertingBench {
  const bench = new AlertingBench([
    alerted("a", { onFiring: { cooldownMs: 0, mostPerHour: 1 } }),
    alerted("b"),
    alerted("c"),
  ]);
  const common = { createdAtMs: T0, author: "kim", comment: "ü" };
  const matcher = { services: ["z*"], severities: ["info" as const] };
  bench.command({ kind: "silence", silence: { ...common, id: "s", matcher, startsAtMs: T0, endsAtMs: T0 + DAY } });
  const schedule = { kind: "once", startsAtMs: T0, endsAtMs: T0 + DAY } as const;
  bench.command({ kind: "addWindow", window: { ...common, id: "w", services: ["z"], schedule } });
  for (let count = 0; count < 3; count += 1) bench.fail("a");
  for (let count = 0; count < 3; count += 1)
    bench.sweep([{ ...check("b", bench.nowMs), status: "error", reason: "refused" }]);
  bench.fail("c");
  return bench;
}

function recordsOf(count: number): AlertRecord[] {
  const alert = fullBench().alertOf("a");
  const record = alert && buildRecord("a", { alert, name: "Service a" });
  if (!record) throw new Error("no record");
  return Array.from({ length: count }, (_, index) => ({ ...record, id: `a-${index}`, firedAtMs: T0 + index }));
}

export function alertStorageContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`alerts stored on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store;
    let outbox: Outbox;
    let alertLog: { readonly db: D1Database; readonly tell: Tell };
    let unreadable: string[];

    beforeEach(async () => {
      database = await open();
      store = createD1Store(database.db);
      outbox = createOutbox(database.db);
      unreadable = [];
      alertLog = {
        db: database.db,
        tell: tellOnce(({ table, key }) => unreadable.push(`${table} ${key}`)),
      };
    });
    afterEach(() => database.close());

    const commit = (
      more: {
        alerting?: AlertingState;
        alertRecords?: AlertRecord[];
        outgoing?: { channel: string; notification: ReturnType<typeof message> }[];
        audit?: AuditEntry[];
      },
      expectedGeneration = 0,
    ) => {
      const checks = [check("a", T0 + expectedGeneration)];
      return store.commitSweep({
        ...commitOf(moment(T0 + 1_000 + expectedGeneration, checks), checks, expectedGeneration),
        ...more,
      });
    };
    const listAll = (more: { limit?: number } = {}) =>
      listAlerts(alertLog, {
        sinceMs: 0,
        untilMs: Number.MAX_SAFE_INTEGER,
        after: null,
        limit: 100,
        service: null,
        severity: null,
        isOpen: null,
        ...more,
      });

    describe("a sweep's commit", () => {
      it("keeps everything that alerting remembers", async () => {
        const { state } = fullBench();
        expect([
          state.groups.length,
          state.silences.length,
          state.windows.length,
          state.remediationStarts.size,
        ]).toEqual([1, 1, 1, 1]);
        await commit({ alerting: state });
        expect((await store.readSnapshot())?.alerting).toEqual(state);
      });

      it("remembers nothing at first, and nothing of what cannot be read", async () => {
        await commit({});
        expect((await store.readSnapshot())?.alerting).toEqual(NO_ALERTING);
        await database.db.prepare("update snapshot set alerting = '{'").run();
        expect((await store.readSnapshot())?.alerting).toEqual(NO_ALERTING);
      });

      it("stores alerts, messages and the audit trail with it, and replaces the row of an alert that it has", async () => {
        const [record] = recordsOf(1);
        const entry: AuditEntry = {
          atMs: T0,
          actor: "kim",
          action: "alert.acknowledged",
          target: "a-0",
          detail: { comment: null },
        };
        await commit({
          alertRecords: recordsOf(1),
          outgoing: [{ channel: "slack", notification: message("1", ["a-0"]) }],
          audit: [entry],
        });
        await commit(
          { alertRecords: recordsOf(1).map((each) => ({ ...each, state: "resolved", endedAtMs: T0 + 9 })) },
          1,
        );
        expect(await listAll()).toEqual([{ ...record, state: "resolved", endedAtMs: T0 + 9 }]);
        expect(await outbox.listPending()).toMatchObject([
          { id: "1", channel: "slack", alertIds: ["a-0"], createdAtMs: T0 },
        ]);
        expect(await listAudit(alertLog, Number.MAX_SAFE_INTEGER, 10)).toMatchObject([entry]);
      });

      it("keeps who acknowledged an alert first, and when, whatever becomes of it", async () => {
        const entry = (atMs: number, actor: string, target: string): AuditEntry => {
          return { atMs, actor, action: "alert.acknowledged", target, detail: { comment: null } };
        };
        const other = { ...entry(T0, "kim", "b-0"), action: "silence.created" } as const;
        await commit({
          audit: [entry(T0, "kim", "a-0"), entry(T0 + 5, "lee", "a-0"), entry(T0 + 7, "lee", "c-0"), other],
        });
        await commit({ audit: [entry(T0 + 9, "kim", "c-0"), entry(T0 + 9, "kim", "d-0")] }, 1);
        const found = await readAcknowledgements(alertLog, ["a-0", "b-0", "c-0"]);
        expect(Object.fromEntries(found)).toMatchObject({
          "a-0": { atMs: T0, by: "kim" },
          "c-0": { atMs: T0 + 7, by: "lee" },
        });
        expect(found.has("b-0")).toBe(false);
        expect(await readAcknowledgements(alertLog, [])).toEqual(new Map());
      });

      it("that is refused stores none of it", async () => {
        await commit({});
        const more = {
          alertRecords: recordsOf(1),
          outgoing: [{ channel: "slack", notification: message("1", ["a"]) }],
        };
        expect(await commit(more, 7)).toBe("stale_generation");
        expect([await outbox.listPending(), await listAll()]).toEqual([[], []]);
      });

      it("leaves a message as it is whose id is stored already", async () => {
        await put(database.db, "slack", message("1", ["a"]));
        await outbox.claim("1", { nowMs: T0, untilMs: T0 + 10 });
        await commit({ outgoing: [{ channel: "slack", notification: message("1", ["a"], T0 + 5) }] });
        expect(await outbox.listPending()).toMatchObject([{ id: "1", createdAtMs: T0, claimedUntilMs: T0 + 10 }]);
      });
    });

    describe("forgetting the audit trail", () => {
      const audited = async (count: number, size: number) => {
        const audit = Array.from({ length: count }, (_, index) => {
          const detail = { text: "x".repeat(size) };
          return { atMs: T0 + index, actor: "kim", action: "channel.tested", target: `${index}`, detail } as const;
        });
        await commit({ audit });
      };
      const targets = async () =>
        (await listAudit(alertLog, Number.MAX_SAFE_INTEGER, 1_000)).map(({ target }) => target);

      it("takes away what is from before an instant, and what has become too much, the oldest first", async () => {
        await audited(9, 10_000);
        await forgetAudit(database.db, { sinceMs: T0 + 2, mostBytes: 1_000_000 });
        expect(await targets()).toEqual(["8", "7", "6", "5", "4", "3", "2"]);
        await forgetAudit(database.db, { sinceMs: T0 + 2, mostBytes: 31_000 });
        expect(await targets()).toEqual(["8", "7", "6"]);
        await forgetAudit(database.db, { sinceMs: T0 + 99, mostBytes: 31_000 });
        await forgetAudit(database.db, { sinceMs: T0 + 99, mostBytes: 31_000 });
        expect(await targets()).toEqual([]);
      });

      it("takes as many steps as there is to take", async () => {
        await audited(700, 1);
        await forgetAudit(database.db, { sinceMs: T0 + 600, mostBytes: 1_000_000 });
        expect(await targets()).toHaveLength(100);
      });
    });

    it("rejects with the database's own error, which quotes no value", async () => {
      await whileMissing(database.db, "alerts", async () => {
        await expect(listAll()).rejects.toThrow(/^D1_ERROR: no such table: alerts/);
      });
      await whileMissing(database.db, "audit", async () => {
        await expect(listAudit(alertLog, 1, 1)).rejects.toThrow(/^D1_ERROR: no such table: audit/);
      });
    });

    it("shows rows of which a part cannot be read", async () => {
      const [record] = recordsOf(1);
      const entry = {
        atMs: T0,
        actor: "kim",
        action: "channel.tested",
        target: "slack",
        detail: { outcome: "accepted" },
      } as const;
      await commit({ alertRecords: recordsOf(1), audit: [entry] });
      await database.db.prepare("update alerts set notified_channels = '[\"sl'").run();
      await database.db.prepare("update audit set detail = '[1]'").run();
      expect(await listAll()).toEqual([{ ...record, notifiedChannels: [] }]);
      expect(await listAudit(alertLog, Number.MAX_SAFE_INTEGER, 10)).toEqual([
        { ...entry, seq: expect.any(Number), detail: {} },
      ]);
      expect(unreadable).toEqual(["alerts id a-0", expect.stringMatching(/^audit seq \d+$/)]);
    });

    it("leaves out rows that cannot be read, tells of each once, and fills the page with those after them", async () => {
      const entries = Array.from({ length: 6 }, (_, index) => {
        return { atMs: T0 + index, actor: "kim", action: "silence.created", target: `s${index}`, detail: {} } as const;
      });
      await commit({ alertRecords: recordsOf(6), audit: entries });
      for (const [id, change] of Object.entries({
        "a-5": "since_ms = 'x'",
        "a-4": "ended_at_ms = 9e18",
        "a-2": "severity = 'awful'",
      }))
        await database.db.prepare(`update alerts set ${change} where id = ?`).bind(id).run();
      await database.db.prepare("update audit set at_ms = 'x' where target in ('s5', 's3')").run();
      for (let read = 0; read < 2; read += 1) {
        expect((await listAll({ limit: 2 })).map(({ id }) => id)).toEqual(["a-3", "a-1"]);
        expect((await listAll({ limit: 9 })).map(({ id }) => id)).toEqual(["a-3", "a-1", "a-0"]);
        const audit = await listAudit(alertLog, Number.MAX_SAFE_INTEGER, 2);
        expect(audit.map(({ target }) => target)).toEqual(["s4", "s2"]);
      }
      expect(unreadable).toHaveLength(5);
    });

    it("pages through the history of alerts, newest first, by each filter", async () => {
      const records = recordsOf(5).map((record, index): AlertRecord => ({
        ...record,
        subject: index === 3 ? "b" : index === 2 ? "a#certificate" : "a",
        severity: index === 4 ? "warning" : "critical",
        endedAtMs: index === 0 ? T0 + 9 : null,
      }));
      await commit({ alertRecords: records });
      const list = async (more: object): Promise<string[]> => {
        const everything = {
          sinceMs: 0,
          untilMs: T0 + DAY,
          after: null,
          limit: 10,
          service: null,
          severity: null,
          isOpen: null,
        };
        return (await listAlerts(alertLog, { ...everything, ...more })).map(({ id }) => id);
      };
      expect(await list({})).toEqual(["a-4", "a-3", "a-2", "a-1", "a-0"]);
      expect(await list({ limit: 2, after: { firedAtMs: T0 + 3, id: "a-3" } })).toEqual(["a-2", "a-1"]);
      expect(await list({ service: "a" })).toEqual(["a-4", "a-2", "a-1", "a-0"]);
      expect(await list({ severity: "warning" })).toEqual(["a-4"]);
      expect(await list({ isOpen: false })).toEqual(["a-0"]);
      expect(await list({ isOpen: true, sinceMs: T0 + 1, untilMs: T0 + 3 })).toEqual(["a-2", "a-1"]);
    });
  });
}
