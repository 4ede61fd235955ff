/**
 * Refuses secrets that stand in the configuration file itself: such files get committed, copied and pasted into chats.
 * Called by `parse-config` with the tree as written and the tree with its references replaced.
 * Invariant: it looks at every text of the file, also under keys that nobody knows.
 */
import type { FaultLog } from "./fault-log.ts";
import { visitScalars, type Located, type Path, type Scalar } from "./located.ts";
import { hasUserinfo, isLiteral, isWebhook, suggestedReference, type IsSecretPlace } from "./secret-literals.ts";

export interface SecretsCheck {
  readonly written: Located;
  readonly resolved: Located;
  readonly isSecretPlace: IsSecretPlace;
  readonly log: FaultLog;
}

/** Reports literal secrets and webhooks, and URLs with credentials wherever those come from. */
export function checkSecrets({ written, resolved, isSecretPlace, log }: SecretsCheck): void {
  const checkUserinfo = (path: Path, value: Scalar): void => {
    if (typeof value !== "string" || !hasUserinfo(value)) return;
    log.add(path, "no credentials in the URL; use headers with a ${NAME} reference");
  };
  visitScalars(written, (path, value) => {
    if (isSecretPlace(path) && isLiteral(value)) log.add(path, `a reference such as "${suggestedReference(path)}"`);
    if (typeof value === "string" && isWebhook(value))
      log.add(path, "a ${NAME} reference, because a webhook URL is a secret");
    checkUserinfo(path, value);
  });
  visitScalars(resolved, checkUserinfo);
}
