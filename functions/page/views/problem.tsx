/** What went wrong with a page, in the words of the API. */
import type { Problem } from "../../http/problem.ts";

interface Props {
  readonly problem: Pick<Problem, "title" | "status" | "detail">;
  /** Where the reader came from. */
  readonly back?: string;
}

export function ProblemView({ problem, back = "/dashboard" }: Props) {
  return (
    <section class="verdict unknown">
      <h1>{problem.title}</h1>
      <p>{problem.detail}</p>
      <p class="muted">
        HTTP {problem.status} ·{" "}
        <a class="alone" href={back}>
          Back
        </a>
      </p>
    </section>
  );
}
