/**
 * What the store is given beside the database, from the abilities of the host.
 * Called by app.ts and by cron jobs. Invariant: a damaged value is in the log, whoever meets it first.
 */
import type { StoreOptions } from "../shared/storage/store-context.ts";
import type { Host } from "./env.ts";

export function storeOptions({ log, turns }: Pick<Host, "log"> & Partial<Pick<Host, "turns">>): StoreOptions {
  return {
    ...(turns && { pause: () => turns.pause() }),
    onUnreadable: ({ table, key, error }) => {
      log.write("error", "stored value cannot be read and is left out", { table, key, error });
    },
  };
}
