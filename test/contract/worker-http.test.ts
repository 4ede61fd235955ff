import { startWorker, TEST_AUTH, TEST_TOKEN } from "../support/worker-process.ts";
import { alertingApiContract } from "./alerting-api-contract.ts";
import { accessContract } from "./access-contract.ts";
import { httpContract } from "./http-contract.ts";

httpContract(
  "Workers",
  async (config) => {
    const { port, stop } = await startWorker(JSON.stringify({ ...JSON.parse(config), auth: TEST_AUTH }));
    return { port, stop, headers: { authorization: `Bearer ${TEST_TOKEN}` } };
  },
  { ownsTransport: false },
);

const start = async (config: string) => ({ ...(await startWorker(config)), headers: {} });

accessContract("Workers", start);
alertingApiContract("Workers", start);
