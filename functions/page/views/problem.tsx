/** What went wrong with a page, in the words of the API. */
import type { Problem } from "../../http/problem.ts";
import type { Banner } from "../banners.ts";
import { MonitorBanners } from "./banners.tsx";

interface Props {
  readonly problem: Pick<Problem, "title" | "status" | "detail">;
  /** Where the reader came from. */
  readonly back: string;
  /** What was asked for, where it may be there the next time; null: it is no use. */
  readonly again: string | null;
  /** About the monitor itself. */
  readonly banners: readonly Banner[];
  readonly nowMs: number;
}

export function ProblemView({ problem, back, again, banners, nowMs }: Props) {
  return (
    <>
      <section class="verdict unknown">
        <h1>{problem.title}</h1>
        <p>{problem.detail}</p>
        <p class="muted">
          HTTP {problem.status} ·{" "}
          {again !== null && (
            <>
              <a class="alone" href={again}>
                Try again
              </a>{" "}
              ·{" "}
            </>
          )}
          <a class="alone" href={back}>
            Back
          </a>
        </p>
        {again !== null && <p class="muted">It is tried again by itself.</p>}
      </section>
      <MonitorBanners banners={banners} nowMs={nowMs} />
    </>
  );
}
