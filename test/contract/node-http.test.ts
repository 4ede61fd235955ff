import { startService } from "../support/service-process.ts";
import { alertingApiContract } from "./alerting-api-contract.ts";
import { accessContract } from "./access-contract.ts";
import { configurationContract } from "./configuration-contract.ts";
import { eventsContract } from "./events-contract.ts";
import { httpContract } from "./http-contract.ts";
import { nowViewContract } from "./now-view-contract.ts";
import { pageActionsContract } from "./page-actions-contract.ts";
import { pageContract } from "./page-contract.ts";
import { publicContract } from "./public-contract.ts";
import { servicePageContract } from "./service-page-contract.ts";
import { signInContract } from "./sign-in-contract.ts";
import { waitContract } from "./wait-contract.ts";

const start = async (config: string) => ({ ...(await startService({ config })), headers: {} });

httpContract("Node", start, { ownsTransport: true });
accessContract("Node", start);
configurationContract("Node", start);
alertingApiContract("Node", start);
pageContract("Node", start, { ownsTransport: true });
pageActionsContract("Node", start);
publicContract("Node", start);
servicePageContract("Node", start);
signInContract("Node", start);
waitContract("Node", start);
eventsContract("Node", start);
nowViewContract("Node", start);
