/**
 * Loaded by `node --import` before the service: the wall clock of its process is off by the milliseconds that the file named in
 * CLOCK_OFFSET_FILE holds, also when that changes. Monotonic time goes on.
 */
import { readFileSync } from "node:fs";

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
