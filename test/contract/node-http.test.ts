import { startService } from "../support/service-process.ts";
import { httpContract } from "./http-contract.ts";

httpContract("Node", (config) => startService({ config }));
