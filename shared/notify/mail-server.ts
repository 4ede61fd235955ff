/**
 * Which mail server a channel hands its messages to, and how their way there is encrypted.
 * Asked by `email.ts` when the configuration is read; `smtp-session.ts` keeps to it.
 * Invariant: a password never crosses a network that is not private in the clear, whatever the server offers or does not.
 */
import { addressVerdict, isPrivate, namesLoopback } from "../domain/net/address-policy.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ReportFault } from "./channel-type.ts";

export const TLS_MODES = ["required", "auto", "off"] as const;

/** What the configuration says of it. */
export interface MailServerSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: (typeof TLS_MODES)[number];
}

export interface MailServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte on; `required` and `offered`: by STARTTLS. The certificate is always verified. */
  readonly encryption: "implicit" | "required" | "offered" | "none";
  readonly login: { readonly user: string; readonly password: string } | null;
}

const HOST_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
/** Encrypted from the first byte on (RFC 8314). */
const IMPLICIT_TLS_PORT = 465;

/** Null after reporting why there is no such server. */
export function configureMailServer(
  settings: MailServerSettings,
  report: ReportFault,
  host: RuntimeAbilities,
): MailServer | null {
  const isReachable = checkHost(settings.host, report, host);
  const server = serverOf(settings, report);
  return isReachable ? server : null;
}

function checkHost(host: string, report: ReportFault, { reachesPrivateNetworks }: RuntimeAbilities): boolean {
  const verdict = addressVerdict(host, { allowLoopback: true });
  const isName = verdict === "not_an_address" && HOST_NAME.test(host);
  if (verdict !== "allowed" && !isName) report("host", "a host name, or an address that may be called");
  else if (isPrivate(host) && !reachesPrivateNetworks) {
    report("host", "a public address: this host stands outside of private networks");
  } else return true;
  return false;
}

function serverOf(settings: MailServerSettings, report: ReportFault): MailServer | null {
  const { host, port, user, password, tls } = settings;
  if ((user === undefined) !== (password === undefined)) {
    report(user === undefined ? "user" : "password", "both user and password, or neither");
    return null;
  }
  const login = user === undefined || password === undefined ? null : { user, password };
  const mustHide = login !== null && !namesLoopback(host) && !isPrivate(host);
  if (mustHide && tls === "off") {
    report("tls", "required or auto: the password would cross the network in the clear");
    return null;
  }
  return { host, port, encryption: encryptionOf(settings, mustHide), login };
}

function encryptionOf({ port, tls }: MailServerSettings, mustHide: boolean): MailServer["encryption"] {
  if (tls === "off") return "none";
  if (port === IMPLICIT_TLS_PORT) return "implicit";
  return tls === "required" || mustHide ? "required" : "offered";
}
