/**
 * What becomes of a scalar of the file: its `${NAME}` references are replaced, and secrets that stand in it are refused, also
 * under keys that nobody knows: such files get committed, copied and pasted into chats.
 * `read-tree` calls it for each one. Knows neither files nor environments: the runtime resolves names.
 * Invariants: a resolved value is never expanded again, so a secret may contain `${` itself; what the log may show of a value
 * holds neither a literal secret nor what a reference stands for.
 */
import { encodeInUrl, takesStep } from "./encode-in-url.ts";
import { quote, type FaultLog, type Path, type Scalar } from "./fault.ts";
import {
  hasUserinfo,
  isHidden,
  isLiteral,
  isLoneReference,
  isToken,
  isWebhook,
  maskUserinfo,
  REFERENCE,
  suggestReference,
  type IsSecretPlace,
} from "./secret-literals.ts";

const MALFORMED = 'a name as in "${NAME}", or "$${" for a literal "${"';

/** The value of a name; null when the runtime has none. Must not throw. */
export type ResolveReference = (name: string) => string | null;

export interface ScalarRules {
  readonly isSecretPlace: IsSecretPlace;
  readonly log: FaultLog;
  readonly resolveReference: ResolveReference;
  /** Gets every value that replaces a reference, once each. */
  readonly secrets: Set<string>;
}

/** Notes the value in the log, reports what is wrong with it as text, and returns what it stands for. */
export type ReadScalar = (written: Scalar, path: Path, line: number) => Scalar;

/** Where in a text the value of a name stands now. */
interface Replaced {
  readonly name: string | undefined;
  readonly start: number;
  readonly end: number;
}

export function createScalarReader({ isSecretPlace, log, resolveReference, secrets }: ScalarRules): ReadScalar {
  const refuseSteps = (url: string, replaced: readonly Replaced[], path: Path): void => {
    for (const { name } of replaced.filter((each) => takesStep(url, each.start, each.end))) {
      log.settle(path, `a value of \${${name}} that makes no "." or ".." of the path`);
    }
  };
  /** The text with its references replaced; those that cannot be stay as they are written. */
  const expand = (text: string, path: Path): string => {
    const holdsUrl = /(^|_)url$/.test(String(path.at(-1))); // `url`, `webhook_url`
    const replaced: Replaced[] = [];
    let expanded = "";
    let readTo = 0;
    for (const { 0: match, 1: name, index } of text.matchAll(REFERENCE)) {
      expanded += text.slice(readTo, index);
      readTo = index + match.length;
      const value = name === undefined ? null : resolveReference(name);
      if (value) secrets.add(value);
      else if (match !== "$${")
        log.settle(
          path,
          name === undefined ? MALFORMED : `a credential or environment variable ${name} that is not empty`,
        );
      const shown = value && holdsUrl ? encodeInUrl(value, expanded) : value;
      if (shown) replaced.push({ name, start: expanded.length, end: expanded.length + shown.length });
      expanded += shown || (match === "$${" ? "${" : match);
    }
    expanded += text.slice(readTo);
    if (holdsUrl) refuseSteps(expanded, replaced, path);
    return expanded;
  };
  return (written, path, line) => {
    const isBareSecret = isSecretPlace(path) && isLiteral(written);
    log.note(path, line, isBareSecret || isHidden(path) ? "a literal value" : showScalar(written));
    if (isLoneReference(written)) log.noteReference(path);
    const value = typeof written === "string" ? expand(written, path) : written;
    if (isBareSecret) log.settle(path, `a reference such as "${suggestReference(path)}"`);
    if (isToken(written) && !isHidden(path)) log.settle(path, "a ${NAME} reference, because a token is a secret");
    if (isWebhook(written)) log.settle(path, "a ${NAME} reference, because a webhook URL is a secret");
    if (hasUserinfo(value)) {
      log.settle(path, "no credentials in the URL; they go into a key of their own, as a ${NAME} reference");
    }
    return value;
  };
}

function showScalar(value: Scalar): string {
  if (typeof value !== "string") return quote(value);
  if (isToken(value)) return "a literal token";
  return isWebhook(value) ? "a literal webhook URL" : quote(maskUserinfo(value));
}
