/**
 * What vitest runs first, in its own process (globalSetup) and in each worker (setupFiles): children die with whoever started them.
 */
import { takeChildrenAlong } from "../../scripts/take-along.ts";

takeChildrenAlong();

/** vitest wants a global setup to export something. */
export function setup(): void {}
