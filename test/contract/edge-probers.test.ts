/**
 * The prober contract on the check types inside workerd, as the Workers host runs them.
 */
import { afterAll, beforeAll } from "vitest";
import { remoteProbe, startProbeWorker } from "../support/workerd/remote-prober.ts";
import type { Workerd } from "../support/workerd/workerd.ts";
import { proberContract } from "./prober-contract.ts";
import { PROBERS, type CheckTypeName } from "./probers-under-test.ts";

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startProbeWorker();
});
afterAll(() => workerd.close());

for (const checkType of Object.keys(PROBERS) as CheckTypeName[]) {
  const { awaitsAnswer, isOverHttp } = PROBERS[checkType];
  proberContract(
    `${checkType} inside workerd`,
    {
      awaitsAnswer,
      configure: (hostAndPort, secret) => {
        const settings = PROBERS[checkType].settings(hostAndPort, secret);
        return ({ timeoutMs }) => remoteProbe(workerd, { checkType, settings, timeoutMs });
      },
    },
    { resolvesNames: false, tellsConnectDeadline: !isOverHttp, endsHints: !isOverHttp },
  );
}
