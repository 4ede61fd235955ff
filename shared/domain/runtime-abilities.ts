/**
 * Where runtimes differ in what a configuration can ask of them, as named abilities.
 * Each runtime hands its own to the configuration; check types and sections ask them instead of asking which runtime it is.
 * Invariant: a difference between runtimes that a configuration can meet is listed here.
 */
import { ROUND_MS } from "./monitoring/schedule.ts";

export interface RuntimeAbilities {
  /** The shortest interval that the runtime keeps; shorter ones are raised to it. */
  readonly shortestIntervalMs: number;
  /** True when it stands in the private network itself; otherwise such addresses need `via`. */
  readonly reachesPrivateNetworks: boolean;
  /** True when it can accept a certificate that nobody vouches for. */
  readonly choosesTrust: boolean;
  /** True when it can look at the certificate of a socket's peer. */
  readonly showsCertificates: boolean;
  /** True when a delivery may take minutes, since nobody waits for it. */
  readonly deliversInBackground: boolean;
  /** True when it can run programs of its machine. */
  readonly runsCommands: boolean;
  /** True when anybody on the internet can call it: then reading needs a token, whatever the configuration says. */
  readonly isPublic: boolean;
}

export const NODE_ABILITIES: RuntimeAbilities = {
  shortestIntervalMs: 0,
  reachesPrivateNetworks: true,
  choosesTrust: true,
  showsCertificates: true,
  deliversInBackground: true,
  runsCommands: true,
  isPublic: false,
};

export const WORKERS_ABILITIES: RuntimeAbilities = {
  shortestIntervalMs: ROUND_MS,
  reachesPrivateNetworks: false,
  choosesTrust: false,
  showsCertificates: false,
  deliversInBackground: false,
  runsCommands: false,
  isPublic: true,
};
