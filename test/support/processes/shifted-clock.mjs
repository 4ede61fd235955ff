/**
 * Loaded by `node --import` before the service: the wall clock of its process is off by the milliseconds that the file named in
 * CLOCK_OFFSET_FILE holds, also when that changes. Monotonic time goes on. The machine has been up for a day, as far as it can see:
 * of one that has just booted the clock is not believed at once.
 */
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

os.uptime = () => 86_400;
syncBuiltinESMExports();

const Right = Date;
const now = () => Right.now() + Number(readFileSync(process.env.CLOCK_OFFSET_FILE, "utf8"));

globalThis.Date = class Date extends Right {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
