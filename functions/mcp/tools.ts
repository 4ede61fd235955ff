/**
 * Every tool, in the order in which agents are told of them. To add one: `defineTool` here, of an endpoint.
 * Read by serve-mcp.ts. Invariant: lists are short, and say how much they leave out.
 */
import { acknowledgeEndpoint, alertsEndpoint } from "../endpoints/alerts.ts";
import { clusterHealthEndpoint } from "../endpoints/cluster-health.ts";
import { explainEndpoint } from "../endpoints/explain.ts";
import { routeEndpoint } from "../endpoints/route.ts";
import { serviceEndpoint } from "../endpoints/service.ts";
import { transitionsEndpoint } from "../endpoints/transitions.ts";
import { waitEndpoint } from "../endpoints/wait.ts";
import { acknowledged, alerts, changes, clusterHealth, explanation, pick, serviceHealth, waited } from "./outputs.ts";
import {
  tellAlerts,
  tellChanges,
  tellCluster,
  tellExplanation,
  tellPick,
  tellService,
  tellWait,
} from "./tell-answers.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Clients give up after a minute, and some after half of one. */
const WAIT = { most: 25, byDefault: 20 } as const;

export const TOOLS: readonly Tool[] = [
  defineTool({
    name: "get_cluster_health",
    title: "Cluster health",
    description: "Whether the cluster works now, and each service that is not well, with the reason.",
    endpoint: clusterHealthEndpoint,
    output: clusterHealth,
    tell: tellCluster,
  }),
  defineTool({
    name: "get_service_health",
    title: "Health of a service",
    description: "One service: what it is now and why, what it needs, and its uptime of a day and a week.",
    endpoint: serviceEndpoint,
    parameters: ["service"],
    output: serviceHealth,
    tell: tellService,
  }),
  defineTool({
    name: "pick_llm_endpoint",
    title: "Pick an LLM endpoint",
    description:
      "Which LLM (or embeddings) endpoint to call now: API, URL and its name of the model; the others in order.",
    endpoint: routeEndpoint,
    parameters: ["capability", "model", "exclude", "max_latency_ms"],
    output: pick,
    tell: tellPick,
  }),
  defineTool({
    name: "wait_for_healthy",
    title: "Wait until healthy",
    description:
      "Waits until a service or the cluster is healthy, or somebody can be called for a capability: 25 s at most. met: false says that it is not yet.",
    endpoint: waitEndpoint,
    parameters: ["service", "capability", "timeout"],
    bounds: { timeout: WAIT },
    output: waited,
    tell: tellWait,
  }),
  defineTool({
    name: "list_alerts",
    title: "Open alerts",
    description: "Every open alert: what is wrong, how bad, since when, and who looks after it.",
    endpoint: alertsEndpoint,
    output: alerts,
    tell: tellAlerts,
  }),
  defineTool({
    name: "explain_service",
    title: "Explain a service",
    description: "Why a service is what it is, what stands behind it and what hangs on it, in sentences.",
    endpoint: explainEndpoint,
    parameters: ["service"],
    output: explanation,
    tell: tellExplanation,
  }),
  defineTool({
    name: "get_history",
    title: "History",
    description: "Changes of status, of one service or of all, the newest first, and how long each lasted.",
    endpoint: transitionsEndpoint,
    parameters: ["service", "since", "until", "limit", "before"],
    bounds: { limit: { most: 50, byDefault: 10 } },
    output: changes,
    tell: tellChanges,
  }),
  defineTool({
    name: "acknowledge_alert",
    title: "Acknowledge an alert",
    description: "Says that somebody looks after a firing alert, which stops its escalation and reminders for a time.",
    endpoint: acknowledgeEndpoint,
    parameters: ["id", "comment", "duration"],
    output: acknowledged,
    tell: (answer) => answer,
  }),
];
