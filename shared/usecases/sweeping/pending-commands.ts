/**
 * What people have asked for and what waits for the next commit to become true.
 * Used by both committers. Invariant: everybody is answered: with the outcome once it is stored, or with the storage's error.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";

export interface PendingCommand {
  readonly command: AlertCommand;
  resolve(outcome: CommandOutcome): void;
  reject(error: unknown): void;
}

export class PendingCommands {
  #waiting: PendingCommand[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(command: AlertCommand): Promise<CommandOutcome> {
    return new Promise((resolve, reject) => this.#waiting.push({ command, resolve, reject }));
  }

  /** All that wait, for one commit; whoever takes them settles them or puts them back. */
  take(): readonly PendingCommand[] {
    return this.#waiting.splice(0);
  }

  /** Somebody else committed first: they are tried again before those that came since. */
  putBack(commands: readonly PendingCommand[]): void {
    this.#waiting.unshift(...commands);
  }
}

export function answerAll(commands: readonly PendingCommand[], outcomes: readonly CommandOutcome[]): void {
  for (const [index, { resolve, reject }] of commands.entries()) {
    const outcome = outcomes[index];
    if (outcome) resolve(outcome);
    else reject(new Error("the command was not part of the commit"));
  }
}

export function rejectAll(commands: readonly PendingCommand[], error: unknown): void {
  for (const { reject } of commands) reject(error);
}
