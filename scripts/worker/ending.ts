/**
 * How a program around wrangler ends: everything that it started and wrote goes first, once, however often it is told to end.
 * Used by dev.ts and deploy.ts. Invariant: after a signal neither a process of it nor a file with secrets is left.
 */
export interface Ending {
  readonly endings: AsyncDisposableStack;
  /** Does not return; a second call waits for what the first one has begun. */
  end(exitCode: number): Promise<never>;
}

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** @param onSignal the exit code after a signal; default: 128 and its number, as a shell says it */
export function prepareEnding(onSignal?: number): Ending {
  const endings = new AsyncDisposableStack();
  let ending: Promise<void> | null = null;
  const end = async (exitCode: number): Promise<never> => {
    await (ending ??= endings.disposeAsync());
    process.exit(exitCode);
  };
  for (const [signal, exitCode] of Object.entries(SIGNALS)) process.on(signal, () => void end(onSignal ?? exitCode));
  return { endings, end };
}
