/**
 * How long a test, or a helper of one, waits for what must come. They end a run that hangs; they measure nothing.
 * Used by vitest.config.ts and by the helpers that start processes.
 * Invariant: so long that a machine of two cores with four busy programs beside the tests never meets them.
 */
export const TEST_LIMIT_MS = 240_000;

/** Of one wait within a test, so that it can still say what it waited for. */
export const WAIT_LIMIT_MS = 90_000;
