/**
 * Adds what a partial registry mirror made npm leave out of package-lock.json: `sh scripts/node.sh scripts/complete-lockfile.ts`.
 * For those who change dependencies, after `npm install`; `npm run check` says when it is needed. The rules are in
 * checks/lockfile.ts. Invariant: writes only when something is missing.
 */
import { readFile, writeFile } from "node:fs/promises";
import { completeLockFile, missingOptionals, type LockFile } from "./checks/lockfile.ts";

const LOCK_FILE = "package-lock.json";

const lock = JSON.parse(await readFile(LOCK_FILE, "utf8")) as LockFile;
const missing = missingOptionals(lock);
if (missing.length > 0) await writeFile(LOCK_FILE, `${JSON.stringify(completeLockFile(lock), null, 2)}\n`);
console.log(`${LOCK_FILE}: ${missing.length} entries added`);
