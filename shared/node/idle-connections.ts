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

export class IdleConnections<Connection extends Idle> {
  readonly #byOrigin = new Map<string, Connection[]>();

  /** The connection that was used last, which is the least likely to have been closed; null when none is open. */
  take(origin: string): Connection | null {
    const open = this.#openOf(origin);
    const connection = open.pop() ?? null;
    this.#keep(origin, open);
    return connection;
  }

  /** Keeps a connection for later, or closes it when enough rest already. */
  give(origin: string, connection: Connection): void {
    const open = this.#openOf(origin);
    if (open.length >= MAX_PER_ORIGIN || this.#count() >= MAX_IN_ALL) connection.destroy();
    else open.push(connection);
    this.#keep(origin, open);
  }

  /** Closes all of them. */
  close(): void {
    for (const connections of this.#byOrigin.values()) for (const connection of connections) connection.destroy();
    this.#byOrigin.clear();
  }

  #openOf(origin: string): Connection[] {
    return (this.#byOrigin.get(origin) ?? []).filter(({ isOpen }) => isOpen);
  }

  #keep(origin: string, connections: Connection[]): void {
    if (connections.length > 0) this.#byOrigin.set(origin, connections);
    else this.#byOrigin.delete(origin);
  }

  #count(): number {
    return [...this.#byOrigin.values()].reduce((sum, { length }) => sum + length, 0);
  }
}
