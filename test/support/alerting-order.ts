/**
 * What test/faults/alert-kills.test.ts and the process that it kills say to each other, over IPC and over HTTP. Types and names only.
 */
export interface AlertingOrder {
  readonly receiverUrl: string;
  readonly migrationsFolder: string;
  /** Sweeps to make; none of the services fails in the last of them when `heals`. */
  readonly sweeps: number;
  readonly heals: boolean;
}

export interface AlertingReport {
  /** Changes of status that were committed, since the database exists. */
  readonly transitions: number;
  /** Ids of all messages that were ever decided. */
  readonly messageIds: readonly string[];
  /** Ids of all alerts that fired, and how many of them are still open. */
  readonly alertIds: readonly string[];
  readonly openAlerts: number;
  readonly waitingMessages: number;
}

/** Of the signed webhook; the receiver does not verify it. */
export const HOOK_SECRET = "a secret of the test";
