/** Why there is nothing to press here, and how there would be. Nothing for who may. */
import type { Reader } from "../session.tsx";

interface Props {
  readonly reader: Reader;
  readonly isAllowed: boolean;
  readonly scope: "alerts:write" | "admin";
  /** What it would be good for, as `act on it`. */
  readonly purpose: string;
  /** The page to come back to. */
  readonly next: string;
}

export function Permission({ reader, isAllowed, scope, purpose, next }: Props) {
  if (isAllowed) return null;
  if (!reader.hasTokens)
    return (
      <p class="muted">
        To {purpose} takes a token, and none is configured:{" "}
        <code>{`npm run token -- NAME --scope read --scope ${scope}`}</code> makes one, and prints what goes into
        cluster.yaml.
      </p>
    );
  if (!reader.isSignedIn)
    return (
      <p>
        <a class="alone" href={`/dashboard/login?next=${encodeURIComponent(next)}`}>
          Sign in to {purpose}
        </a>
      </p>
    );
  return (
    <p class="muted">
      Your token may not {purpose}: that takes one with the scope <code>{scope}</code>. Sign out, and in again with
      that.
    </p>
  );
}
