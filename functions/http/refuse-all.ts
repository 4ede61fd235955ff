/**
 * The answer to every request where there is no monitor, as its configuration cannot be used: a page for browsers, a problem for programs.
 * Called by bundle.ts. Invariant: whoever asks learns nothing of the configuration, only where its faults are told.
 */
import type { Log } from "../../shared/ports/log.ts";
import { wantsHtml } from "../page/as-page.tsx";
import { showAlone } from "../page/refusal.tsx";
import { describeError, problemResponse, type AppError } from "./problem.ts";

interface Place {
  readonly log: Log;
  readonly nowMs: number;
}

export function refuseAll(request: Request, error: AppError, { log, nowMs }: Place): Response | Promise<Response> {
  return wantsHtml(request.headers)
    ? showAlone(describeError(error, log), { request, banners: [], nowMs })
    : problemResponse(error, log);
}
