/** The thread beside the one that probes: built as dist/job-thread.mjs, started by shared/node/job-thread.ts. */
import { serveJobs } from "../../shared/node/serve-jobs.ts";
import { createJobRunner } from "../bundle.ts";

serveJobs(createJobRunner);
