/** What went wrong with a page, in the words of the API. */
import type { Problem } from "../../http/problem.ts";

export function ProblemView({ problem }: { readonly problem: Pick<Problem, "title" | "status" | "detail"> }) {
  return (
    <section class="verdict unknown">
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <p class="muted">
        HTTP {problem.status} · <a href="/dashboard">Back</a>
      </p>
    </section>
  );
}
