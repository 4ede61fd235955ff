/**
 * `npm run reload`: tells the service that listens on PORT to load its configuration again, as `kill -HUP` does with its pid.
 * npm itself dies of that signal, so its pid is not the one; who listens is. What came of it stands in the log of the service.
 * Invariant: no other program is ever sent a signal.
 */
import { EnvironmentFault } from "../../shared/node/environment-fault.ts";
import { readPort } from "../../shared/node/environment.ts";
import { portHolder } from "../../shared/node/port-holder.ts";
import { parseOnce, readArguments } from "../../shared/node/read-arguments.ts";

/** As scripts/start.sh starts it. */
const OURS = /\bdist\/node\.mjs\b/;

readArguments(() => parseOnce({}), "usage: npm run reload   (PORT says which service, as at its start)");
try {
  const port = readPort(process.env);
  const holder = portHolder(port);
  if (!holder)
    throw new EnvironmentFault(
      `Nothing that this user may see listens on port ${port}. Set PORT as the service has it.`,
    );
  const { pid, name, command } = holder;
  if (!OURS.test(command))
    throw new EnvironmentFault(`Port ${port} is taken by ${name} (pid ${pid}), which is not this service.`);
  process.kill(pid, "SIGHUP");
  console.log(`The service (pid ${pid}) loads its configuration again; its log says what comes of it.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
