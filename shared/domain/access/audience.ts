/**
 * Who may listen or wait at the same time: so many all together, and so many of one address.
 * Pure but for what it remembers, which is bounded. Made by functions/http/listeners.ts.
 * Invariant: a place that nobody gives back, as when a platform forgets a request, is free again when its time is over.
 */
export interface AudienceLimits {
  readonly most: number;
  /** Of one address; Infinity for those that speak for many. */
  readonly mostOfAddress: number;
}

interface Place {
  readonly address: string;
  readonly untilMs: number;
}

export class Audience {
  readonly #places = new Set<Place>();
  readonly #ofAddress = new Map<string, number>();

  get size(): number {
    return this.#places.size;
  }

  /**
   * What gives the place back, once or more often; null when all are taken. Times are monotonic.
   * @param untilMs when it is given back by itself
   */
  admit(
    address: string,
    limits: AudienceLimits,
    { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
  ): (() => void) | null {
    if (!this.#hasRoom(address, limits)) this.#freeExpired(nowMs);
    if (!this.#hasRoom(address, limits)) return null;
    const place = { address, untilMs };
    this.#places.add(place);
    this.#ofAddress.set(address, this.#countOf(address) + 1);
    return () => this.#free(place);
  }

  #hasRoom(address: string, { most, mostOfAddress }: AudienceLimits): boolean {
    return this.#places.size < most && this.#countOf(address) < mostOfAddress;
  }

  #countOf(address: string): number {
    return this.#ofAddress.get(address) ?? 0;
  }

  #freeExpired(nowMs: number): void {
    for (const place of this.#places) if (place.untilMs <= nowMs) this.#free(place);
  }

  #free(place: Place): void {
    if (!this.#places.delete(place)) return;
    const left = this.#countOf(place.address) - 1;
    if (left > 0) this.#ofAddress.set(place.address, left);
    else this.#ofAddress.delete(place.address);
  }
}
