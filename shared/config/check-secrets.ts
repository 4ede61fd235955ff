/**
 * Refuses secrets that stand in the configuration file itself: such files get committed, copied and pasted into chats.
 * Called by `parse-config` with the tree as written and the tree with its references replaced.
 * Invariant: it looks at every text of the file, also under keys that nobody knows.
 */
import type { FaultLog } from "./fault-log.ts";
import { visitScalars, type Located } from "./located.ts";
import { hasUserinfo, isLiteral, isWebhook, suggestedReference, type IsSecretPlace } from "./secret-literals.ts";

export interface SecretsCheck {
  readonly written: Located;
  readonly resolved: Located;
  readonly isSecretPlace: IsSecretPlace;
  readonly log: FaultLog;
}

/** Reports literal secrets and webhooks, and URLs with credentials, literal or not. */
export function checkSecrets({ written, resolved, isSecretPlace, log }: SecretsCheck): void {
  visitScalars(written, (path, value) => {
    if (isSecretPlace(path) && isLiteral(value)) log.settle(path, `a reference such as "${suggestedReference(path)}"`);
    if (isWebhook(value)) log.settle(path, "a ${NAME} reference, because a webhook URL is a secret");
  });
  visitScalars(resolved, (path, value) => {
    if (hasUserinfo(value)) log.settle(path, "no credentials in the URL; use headers with a ${NAME} reference");
  });
}
