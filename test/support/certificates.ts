/**
 * X.509 certificates for TLS tests, made with node:crypto alone: no file, no openssl, no clock but the caller's.
 * Just enough DER for what OpenSSL checks: issuer, validity, subject, subject alternative names, CA or not.
 */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** DNS names and IPv4 addresses the certificate is for. */
  readonly hosts: readonly string[];
  /** Epoch ms. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

export interface TestAuthority {
  /** PEM of its own certificate. */
  readonly ca: string;
  issue(request: CertificateRequest): Certificate;
  /** An authority that this one vouches for, with the same validity. */
  delegate(name: string): TestAuthority;
}

interface Identity {
  readonly name: string;
  readonly privateKey: KeyObject;
}

type Validity = Omit<CertificateRequest, "hosts">;

/** An authority that nobody trusts who was not told to. */
export function makeAuthority(name: string, validity: Validity): TestAuthority {
  const keys = newKeys();
  return authorityOf(name, keys, { issuer: { name, privateKey: keys.privateKey }, validity });
}

function authorityOf(
  name: string,
  { publicKey, privateKey }: Keys,
  { issuer, validity }: { issuer: Identity; validity: Validity },
): TestAuthority {
  const identity: Identity = { name, privateKey };
  return {
    ca: certificate({ issuer, name, publicKey, ...validity, extensions: [basicConstraints(true)] }),
    issue(request) {
      const keys = newKeys();
      return { cert: leaf(identity, keys.publicKey, request), key: pemKey(keys.privateKey) };
    },
    delegate: (delegate) => authorityOf(delegate, newKeys(), { issuer: identity, validity }),
  };
}

/** A certificate that vouches for itself. */
export function makeSelfSigned(request: CertificateRequest): Certificate {
  const { publicKey, privateKey } = newKeys();
  return { cert: leaf({ name: "leaf", privateKey }, publicKey, request), key: pemKey(privateKey) };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function newKeys(): Keys {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function pemKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function leaf(issuer: Identity, publicKey: KeyObject, { hosts, validFromMs, validToMs }: CertificateRequest): string {
  const extensions = [basicConstraints(false), subjectAltNames(hosts)];
  return certificate({ issuer, name: "leaf", publicKey, validFromMs, validToMs, extensions });
}

interface Contents {
  readonly issuer: Identity;
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly extensions: readonly Buffer[];
}

const ECDSA_WITH_SHA256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));

let serial = 0;

function certificate({ issuer, name, publicKey, validFromMs, validToMs, extensions }: Contents): string {
  serial += 1;
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const toBeSigned = sequence(
    version3,
    der(0x02, Buffer.from([serial])),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(time(validFromMs), time(validToMs)),
    commonName(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", toBeSigned, issuer.privateKey);
  const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function commonName(text: string): Buffer {
  return sequence(der(0x31, sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(text)))));
}

function basicConstraints(isAuthority: boolean): Buffer {
  const critical = der(0x01, Buffer.from([0xff]));
  const contents = isAuthority ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid([0x55, 0x1d, 0x13]), critical, der(0x04, sequence(...contents)));
}

function subjectAltNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
  );
  return sequence(oid([0x55, 0x1d, 0x11]), der(0x04, sequence(...names)));
}

/** GeneralizedTime, `YYYYMMDDHHMMSSZ`. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, "").slice(0, 14);
  return der(0x18, Buffer.from(`${digits}Z`));
}

function oid(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, contents: Buffer): Buffer {
  const { length } = contents;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), contents]);
}
