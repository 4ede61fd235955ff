/** A backend of HAProxy as a check leaves it that has found nothing yet. */
import type { KeptBackend } from "../../shared/domain/monitoring/balancer-table.ts";

export const NEW_BACKEND: KeptBackend = {
  name: "llm",
  status: "UP",
  totalSessions: 0,
  currentSessions: 0,
  mostSessions: 9,
  queued: 0,
  responseMs: null,
  responses: 0,
  errors: 0,
  errorPercent: null,
  counting: null,
  counted: null,
  waiting: null,
  serversUp: 1,
  serversTotal: 1,
  servers: [],
};
