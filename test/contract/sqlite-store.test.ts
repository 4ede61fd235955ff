import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { alertStorageContract } from "./alert-storage-contract.ts";
import { clockContract } from "./clock-contract.ts";
import { damageContract } from "./damage-contract.ts";
import { expiryContract } from "./expiry-contract.ts";
import { memoriesContract } from "./memories-contract.ts";
import { occasionsContract } from "./occasions-contract.ts";
import { outboxContract } from "./outbox-contract.ts";
import { storeContract } from "./store-contract.ts";

storeContract("better-sqlite3", sqliteTestDatabase);
occasionsContract("better-sqlite3", sqliteTestDatabase);
memoriesContract("better-sqlite3", sqliteTestDatabase);
outboxContract("better-sqlite3", sqliteTestDatabase);
alertStorageContract("better-sqlite3", sqliteTestDatabase);
clockContract("better-sqlite3", sqliteTestDatabase);
expiryContract("better-sqlite3", sqliteTestDatabase);
damageContract("better-sqlite3", sqliteTestDatabase, { isQuick: true });
