/** What Hono hands to every handler of this application. */
import type { ClientContext } from "./guard.ts";

export interface AppEnv {
  Bindings: ClientContext;
}
