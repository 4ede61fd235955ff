import { startService } from "../support/service-process.ts";
import { httpContract } from "./http-contract.ts";

httpContract(
  "Node",
  async (config) => {
    const { port, stop } = await startService({ config });
    return { port, stop, headers: {} };
  },
  { ownsTransport: true },
);
