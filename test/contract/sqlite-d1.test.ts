import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { d1Contract } from "./d1-contract.ts";

d1Contract("better-sqlite3", sqliteTestDatabase);
