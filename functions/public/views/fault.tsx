/** What went wrong with a page for strangers, and the way back where there is one. */
import type { Problem } from "../../http/problem.ts";

interface FaultProps {
  readonly problem: Pick<Problem, "title" | "status" | "detail">;
  readonly hasPage: boolean;
}

export function FaultView({ problem, hasPage }: FaultProps) {
  return (
    <section class="verdict unknown">
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <p class="muted">
        HTTP {problem.status}
        {hasPage && (
          <>
            {" "}
            ·{" "}
            <a class="alone" href="/status">
              Back to the status
            </a>
          </>
        )}
      </p>
    </section>
  );
}
