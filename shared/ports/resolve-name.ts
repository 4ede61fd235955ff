/**
 * Name resolution as a dependency, so that a dead name hurts nobody but its own service.
 * Runtimes implement it; the HTTP transport and the probers of plain sockets call it. It applies no address policy.
 * Invariant: the deadline holds whatever the name servers do, and one slow name never delays another.
 */
import type { Resolution } from "../domain/net/connection-failure.ts";

/**
 * Resolves `host` to one IPv4 or IPv6 address (IPv4 preferred); an address resolves to itself. Ends within `timeoutMs` (> 0).
 * Failures are `dns` when there is no answer to be had and `deadline_connect` when the time ran out. Never rejects; caches
 * nothing; safe to run concurrently.
 */
export type ResolveName = (host: string, timeoutMs: number) => Promise<Resolution>;

/** Null: the platform resolves the names of sockets, and keeps them off private addresses (Workers). */
export type NameResolution = ResolveName | null;
