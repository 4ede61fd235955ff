/**
 * What is stored, of one database: the only place where a store, an outbox and the like are made.
 * Invariant: a damaged value is in the log, whoever meets it first.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Log } from "../shared/ports/log.ts";
import type { Occasions } from "../shared/ports/occasions.ts";
import type { Outbox } from "../shared/ports/outbox.ts";
import type { ArchiveStore, Store, UnreadableValue } from "../shared/ports/store.ts";
import type { Turns } from "../shared/ports/turns.ts";
import { createD1Store } from "../shared/storage/d1-store.ts";
import { createOccasions } from "../shared/storage/occasions.ts";
import { createOutbox } from "../shared/storage/outbox.ts";
import { tellOnce, type Tell } from "../shared/storage/unreadable.ts";

export interface Storage {
  /** For queries that no other part of it has; `shared/storage/<table>.ts` holds them. */
  readonly db: D1Database;
  /** Told by those queries of what cannot be read. */
  readonly tell: Tell;
  readonly store: Store & ArchiveStore;
  readonly outbox: Outbox;
  readonly occasions: Occasions;
}

export interface StorageOptions {
  readonly log: Log;
  /** For long reads; null where no other work shares their thread. */
  readonly turns: Pick<Turns, "pause"> | null;
  /** What is wrong with the database, for alerts. */
  faults(): readonly string[];
}

export function openStorage(db: D1Database, { log, turns, faults }: StorageOptions): Storage {
  const onUnreadable = (value: UnreadableValue): void => {
    log.write("error", "stored value cannot be read and is left out", { ...value });
  };
  const store = createD1Store(db, { ...(turns && { pause: () => turns.pause() }), onUnreadable });
  return {
    db,
    tell: tellOnce(onUnreadable),
    outbox: createOutbox(db, onUnreadable),
    occasions: createOccasions(db, onUnreadable),
    store: {
      ...store,
      // Faults are not stored: /alerts must know them as well of a snapshot that was read.
      async readSnapshot() {
        const snapshot = await store.readSnapshot();
        return snapshot && { ...snapshot, moment: { ...snapshot.moment, faults: faults() } };
      },
    },
  };
}
