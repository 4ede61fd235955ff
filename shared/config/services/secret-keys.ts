/**
 * Which keys of a service hold secrets. Asked while a file is read (sections/services.ts) and when a service is shown
 * (shown-keys.ts). Invariant: what has to be a reference in the file is never shown, however short it is.
 */
import { REMEDIATION_SECRET_KEY } from "../../notify/remediation.ts";
import type { Path } from "../fault.ts";
import type { TypeRegistry } from "../section.ts";
import { isSecretHeader } from "../secret-literals.ts";

/** `path` begins at a key of the service. */
export function isSecretKey([key, name]: Path, { checkTypes }: Pick<TypeRegistry, "checkTypes">): boolean {
  if (key === "headers") return isSecretHeader(String(name));
  if (key === "on_firing") return name === REMEDIATION_SECRET_KEY;
  return Object.values(checkTypes).some(({ secretKeys }) => secretKeys.includes(String(key)));
}
