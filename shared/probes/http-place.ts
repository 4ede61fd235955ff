/**
 * Where an HTTP server is and how one gets in: the keys for it, which every check type over HTTP has, and what they become.
 * Used by http.ts and server-api.ts. Invariant: everything that could make a request impossible is refused when the configuration is read.
 */
import * as z from "zod/mini";
import { admitTarget, parseUrl, PROBED_URL, type UrlTarget } from "../domain/net/target.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t -~\u0080-\u00ff]*$/;

/** Headers that belong to the connection or follow from the body. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const BINDING_NAME = /^[A-Za-z_]\w{0,63}$/;

export const PLACE_KEYS = {
  url: z.string().check(z.describe("Absolute http or https URL to ask.")),
  headers: z
    ._default(
      z.record(
        z.string().check(z.regex(HEADER_NAME, { error: "a header name" })),
        z.string().check(z.regex(HEADER_VALUE, { error: "one line of Latin-1 text" })),
      ),
      {},
    )
    .check(z.describe("Request headers. Credentials must be references such as ${API_TOKEN}.")),
  verify_tls: z
    ._default(z.boolean(), true)
    .check(
      z.describe(
        "Whether the certificate must be trusted and issued for this host. It must not have expired in any case.",
      ),
    ),
  via: z
    .optional(z.string().check(z.regex(BINDING_NAME, { error: "the name of a binding, such as LAN" })))
    .check(
      z.describe(
        "On Workers: the binding that leads into the private network of the service. Elsewhere without effect.",
      ),
    ),
};

export type PlaceSettings = z.output<z.ZodMiniObject<typeof PLACE_KEYS>>;

export interface HttpPlace {
  readonly target: UrlTarget;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly via: string | undefined;
  readonly verifyTls: boolean;
}

/** Null after reporting every fault of the settings. */
export function admitPlace(
  settings: PlaceSettings,
  report: ReportFault,
  abilities: RuntimeAbilities,
): HttpPlace | null {
  const { via, verify_tls: verifyTls } = settings;
  let isFaulty = false;
  const fault = (key: string, expected: string): void => {
    isFaulty = true;
    report(key, expected);
  };
  // A binding leads into the private network of the service.
  const reachesPrivateNetworks = via !== undefined || abilities.reachesPrivateNetworks;
  const question = { key: "url", report: fault, abilities: { reachesPrivateNetworks } };
  const target = admitTarget(parseUrl(settings.url), PROBED_URL, question);
  const headers = parseHeaders(settings.headers, fault);
  if (!verifyTls && !abilities.choosesTrust) fault("verify_tls", "true: this runtime always verifies certificates");
  return target && !isFaulty ? { target, headers, via, verifyTls } : null;
}

function parseHeaders(headers: Readonly<Record<string, string>>, report: ReportFault): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const names = new Set(entries.map(([name]) => name));
  const reserved = [...names].filter((name) => RESERVED_HEADERS.has(name));
  if (reserved.length > 0) report("headers", `no ${reserved.join(", ")}: the connection sets it`);
  if (names.size < entries.length) report("headers", "each header once, in upper or lower case");
  return Object.fromEntries(entries);
}
