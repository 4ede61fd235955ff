/**
 * How the prober contract configures each check type. One entry per check type; without it this file does not compile.
 */
import type { CHECK_TYPES } from "../../shared/probes/registry.ts";
import type { Settings } from "../support/configured-probe.ts";

export type CheckTypeName = keyof typeof CHECK_TYPES;

interface CheckTypeUnderTest {
  readonly awaitsAnswer: boolean;
  /** Asks by the HTTP transport of the runtime. */
  readonly isOverHttp: boolean;
  /** Settings for a service at `host:port`, with the secret in every place where the check type takes one. */
  settings(hostAndPort: string, secret: string): Settings;
}

export const PROBERS: Record<CheckTypeName, CheckTypeUnderTest> = {
  embeddings: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}`,
      headers: { authorization: `Bearer ${secret}` },
      canary: {},
    }),
  },
  http: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}/health?token=${secret}`,
      headers: { authorization: `Bearer ${secret}` },
      method: "POST",
      body: secret,
      json: { path: "status", operator: "equals", value: "ok" },
    }),
  },
  llamacpp: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({ url: `http://${hostAndPort}/health`, api_key: secret }),
  },
  haproxy: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}/haproxy_stats;csv?token=${secret}`,
      health_url: `http://${hostAndPort}/health?token=${secret}`,
      headers: { authorization: `Basic ${secret}` },
      backends: ["llm"],
    }),
  },
  node: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}`,
      headers: { authorization: `Bearer ${secret}` },
    }),
  },
  openai: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}/v1`,
      headers: { authorization: `Bearer ${secret}` },
      models: ["llama"],
    }),
  },
  ollama: {
    awaitsAnswer: true,
    isOverHttp: true,
    settings: (hostAndPort, secret) => ({
      url: `http://${hostAndPort}/${secret}/api/tags`,
      headers: { authorization: `Bearer ${secret}` },
      models: ["llama3.2:3b"],
      canary: {},
    }),
  },
  redis: {
    awaitsAnswer: true,
    isOverHttp: false,
    settings: (host, password) => ({ host, username: "monitor", password, db: 1 }),
  },
  tcp: { awaitsAnswer: false, isOverHttp: false, settings: (host) => ({ host }) },
};
