/**
 * Connections that rest between two exchanges of pooled services.
 * The transport takes and gives back. Knows no HTTP; the connections themselves notice when they are closed or too old.
 * Invariant: a connection is either here or in use, never both.
 */

/** The limits of the seed's client session. */
const MAX_PER_ORIGIN = 10;
const MAX_IN_ALL = 50;

interface Idle {
  readonly isOpen: boolean;
  destroy(): void;
}

interface Resting<Connection> {
  readonly origin: string;
  readonly connection: Connection;
}

export class IdleConnections<Connection extends Idle> {
  /** In the order in which they were given back. */
  #resting: Resting<Connection>[] = [];

  /** The connection that was used last, which is the least likely to have been closed; null when none is open. */
  take(origin: string): Connection | null {
    const index = this.#keepOpen().findLastIndex((each) => each.origin === origin);
    const [taken] = index < 0 ? [] : this.#resting.splice(index, 1);
    return taken?.connection ?? null;
  }

  /** Keeps a connection for later, or closes it when enough rest already. */
  give(origin: string, connection: Connection): void {
    const resting = this.#keepOpen();
    const fromOrigin = resting.filter((each) => each.origin === origin);
    if (fromOrigin.length >= MAX_PER_ORIGIN || resting.length >= MAX_IN_ALL) connection.destroy();
    else resting.push({ origin, connection });
  }

  /** Closes all of them. */
  close(): void {
    for (const { connection } of this.#resting.splice(0)) connection.destroy();
  }

  #keepOpen(): Resting<Connection>[] {
    this.#resting = this.#resting.filter(({ connection }) => connection.isOpen);
    return this.#resting;
  }
}
