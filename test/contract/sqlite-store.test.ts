import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { storeContract } from "./store-contract.ts";

storeContract("better-sqlite3", sqliteTestDatabase);
