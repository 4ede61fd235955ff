import { startWorker, TEST_AUTH, TEST_TOKEN } from "../support/worker-process.ts";
import { alertLivesContract } from "./alert-lives-contract.ts";
import { alertingApiContract } from "./alerting-api-contract.ts";
import { accessContract } from "./access-contract.ts";
import { configurationContract } from "./configuration-contract.ts";
import { cutOffContract } from "./cut-off-contract.ts";
import { eventsContract } from "./events-contract.ts";
import { haproxyContract } from "./haproxy-contract.ts";
import { httpContract } from "./http-contract.ts";
import { mcpContract } from "./mcp-contract.ts";
import { mcpPeersContract } from "./mcp-peers-contract.ts";
import { mcpToolsContract } from "./mcp-tools-contract.ts";
import { nowToldContract } from "./now-told-contract.ts";
import { nowViewContract } from "./now-view-contract.ts";
import { pageActionsContract } from "./page-actions-contract.ts";
import { pageContract } from "./page-contract.ts";
import { publicContract } from "./public-contract.ts";
import { routeContract } from "./route-contract.ts";
import { servicePageContract } from "./service-page-contract.ts";
import { signInContract } from "./sign-in-contract.ts";
import { statusTextContract } from "./status-text-contract.ts";
import { waitContract } from "./wait-contract.ts";

const startReadable = async (config: string) => {
  const { port, stop } = await startWorker(JSON.stringify({ ...JSON.parse(config), auth: TEST_AUTH }));
  return { port, stop, headers: { authorization: `Bearer ${TEST_TOKEN}` } };
};

httpContract("Workers", startReadable, { ownsTransport: false });
waitContract("Workers", startReadable);
haproxyContract("Workers", startReadable);
routeContract("Workers", startReadable);
statusTextContract("Workers", startReadable);

const start = async (config: string) => ({ ...(await startWorker(config)), headers: {} });

pageContract("Workers", startReadable, { ownsTransport: false });
accessContract("Workers", start);
configurationContract("Workers", start);
publicContract("Workers", start);
servicePageContract("Workers", startReadable);
signInContract("Workers", start);
pageActionsContract("Workers", start);
alertingApiContract("Workers", start);
alertLivesContract("Workers", start);
cutOffContract("Workers", startReadable);
eventsContract("Workers", start);
nowViewContract("Workers", start);
nowToldContract("Workers", start);
mcpContract("Workers", start);
mcpToolsContract("Workers", start);
mcpPeersContract("Workers", start);
