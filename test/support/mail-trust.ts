/**
 * Certificates of mail servers on loopback, and the authority that a host is to trust for them.
 */
import { makeAuthority, type Certificate, type CertificateRequest } from "./certificates.ts";

const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const VALIDITY = { validFromMs: TODAY_MS - DAY_MS, validToMs: TODAY_MS + 13 * DAY_MS };
const LOCAL: CertificateRequest = { ...VALIDITY, hosts: ["127.0.0.1", "localhost"] };

const authority = makeAuthority("Test Authority", VALIDITY);

/** PEM of the authority. */
export const TEST_CA = authority.ca;
export const TRUSTED = authority.issue(LOCAL);
export const UNTRUSTED = makeAuthority("Stranger", VALIDITY).issue(LOCAL);

/** By the authority that the host trusts, but for other hosts, or another time. */
export const issueTrusted = (about: Partial<CertificateRequest>): Certificate =>
  authority.issue({ ...LOCAL, ...about });
