/**
 * Which mail server a channel hands its messages to, and how their way there is encrypted; `smtp-session.ts` keeps to it.
 * Invariant: a password never crosses a network that is not private in the clear, whatever the server offers or does not.
 */
import { admitTarget, MAIL_SERVER, parseHost, staysInside, type Target } from "../domain/net/target.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";

export const TLS_MODES = ["required", "auto", "off"] as const;

export interface MailServerSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: (typeof TLS_MODES)[number];
}

export interface MailServer {
  readonly target: Target;
  /** `implicit`: from the first byte on; `required` and `offered`: by STARTTLS. The certificate is always verified. */
  readonly encryption: "implicit" | "required" | "offered" | "none";
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** Encrypted from the first byte on (RFC 8314). */
const IMPLICIT_TLS_PORT = 465;

/** Null after reporting why there is no such server. */
export function configureMailServer(
  settings: MailServerSettings,
  report: ReportFault,
  abilities: RuntimeAbilities,
): MailServer | null {
  const { host, port, user, password, tls } = settings;
  const target = admitTarget(parseHost(host, port), MAIL_SERVER, { key: "host", report, abilities });
  if ((user === undefined) !== (password === undefined)) {
    report(user === undefined ? "user" : "password", "both user and password, or neither");
    return null;
  }
  if (!target) return null;
  const login = user === undefined || password === undefined ? null : { user, password };
  const mustHide = login !== null && !staysInside(target);
  if (mustHide && tls === "off") {
    report("tls", "required or auto: the password would cross the network in the clear");
    return null;
  }
  return { target, encryption: chooseEncryption(settings, mustHide), login };
}

function chooseEncryption({ port, tls }: MailServerSettings, mustHide: boolean): MailServer["encryption"] {
  if (tls === "off") return "none";
  if (port === IMPLICIT_TLS_PORT) return "implicit";
  return tls === "required" || mustHide ? "required" : "offered";
}
