/**
 * What runs on the Node host's facade must run on D1 itself: the D1 contract and the store contract inside workerd.
 */
import { afterAll, beforeAll } from "vitest";
import { startLocalD1, type LocalD1 } from "../support/d1-database.ts";
import { d1Contract } from "./d1-contract.ts";
import { alertStorageContract } from "./alert-storage-contract.ts";
import { clockContract } from "./clock-contract.ts";
import { damageContract } from "./damage-contract.ts";
import { expiryContract } from "./expiry-contract.ts";
import { markContract } from "./mark-contract.ts";
import { memoriesContract } from "./memories-contract.ts";
import { newsContract } from "./news-contract.ts";
import { occasionsContract } from "./occasions-contract.ts";
import { outboxContract } from "./outbox-contract.ts";
import { rollupContract } from "./rollup-contract.ts";
import { rollupUpkeepContract } from "./rollup-upkeep-contract.ts";
import { storeContract } from "./store-contract.ts";
import { transitionContract } from "./transition-contract.ts";

let local: LocalD1;
beforeAll(async () => {
  local = await startLocalD1();
});
afterAll(() => local.close());

const open = async () => ({ db: await local.reset(), close: () => {} });

d1Contract("D1", open);
storeContract("D1", open);
newsContract("D1", open);
occasionsContract("D1", open);
memoriesContract("D1", open);
outboxContract("D1", open);
alertStorageContract("D1", open);
clockContract("D1", open);
expiryContract("D1", open);
markContract("D1", open);
transitionContract("D1", open);
rollupContract("D1", open, { runs: 3 });
rollupUpkeepContract("D1", open, { runs: 1 });
damageContract("D1", open, { isQuick: false });
