/** What is kept quiet: silences or maintenance windows, those that hold or will first, each with what ends it. */
import type { Quiet } from "../quiet-model.ts";
import { GLYPHS } from "../status-words.ts";
import { Left, Time } from "./parts.tsx";

interface Props {
  readonly id: "silences" | "maintenance";
  readonly title: string;
  /** Null: it cannot be told now. */
  readonly list: readonly Quiet[] | null;
  readonly nowMs: number;
  /** What ends one; null: the reader may not. */
  readonly ends: "end-silence" | "end-maintenance" | null;
}

export function QuietList({ id, title, list, nowMs, ends }: Props) {
  const lasting = (list ?? []).filter(({ state }) => state !== "over");
  const over = (list ?? []).filter(({ state }) => state === "over");
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title} <span class="muted">{list === null ? "" : lasting.length}</span>
      </h2>
      {list === null && <p>This cannot be told now.</p>}
      {list !== null && lasting.length === 0 && <p class="muted">None.</p>}
      <ul class="quiet">
        {lasting.map((each) => (
          <QuietItem each={each} nowMs={nowMs} ends={ends} />
        ))}
      </ul>
      {over.length > 0 && (
        <details>
          <summary>{over.length === 1 ? "One that is over" : `${over.length} that are over`}</summary>
          <ul class="quiet">
            {over.map((each) => (
              <QuietItem each={each} nowMs={nowMs} ends={null} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

interface ItemProps extends Pick<Props, "nowMs" | "ends"> {
  readonly each: Quiet;
}

function QuietItem({ each, nowMs, ends }: ItemProps) {
  const { id, services, covers, state, author, comment, isWeekly } = each;
  const verb = isWeekly ? "Delete" : "End now";
  return (
    <li>
      <div>
        <p>
          <State state={state} /> <strong>{services}</strong>{" "}
          <span class="muted">({covers === 1 ? "1 service" : `${covers} services`})</span>
        </p>
        <p>
          <Span each={each} nowMs={nowMs} />
        </p>
        <p class="muted">
          {author}: {comment}
        </p>
      </div>
      {ends !== null && (
        <form method="post" action={`/dashboard/${ends}`}>
          <input type="hidden" name="id" value={id} />
          <input type="hidden" name="back" value="/dashboard/alerts" />
          <button type="submit" aria-label={`${verb}: ${services}`}>
            {verb}
          </button>
        </form>
      )}
    </li>
  );
}

function State({ state }: Pick<Quiet, "state">) {
  if (state !== "holds") return <span class="muted">{WORDS[state]}</span>;
  return (
    <span class="status maintenance">
      <span aria-hidden="true">{GLYPHS.maintenance}</span> {WORDS.holds}
    </span>
  );
}

const WORDS: Readonly<Record<Quiet["state"], string>> = { holds: "Holds", planned: "Planned", over: "Over" };

function Span({ each, nowMs }: Pick<ItemProps, "each" | "nowMs">) {
  const { when, startsAtMs, endsAtMs, leftMs, state, isWeekly } = each;
  return (
    <>
      {state === "planned" && startsAtMs !== null && (
        <>
          from <Time atMs={startsAtMs} nowMs={nowMs} />{" "}
        </>
      )}
      {when}
      {!isWeekly && endsAtMs !== null && (
        <>
          {" "}
          <Time atMs={endsAtMs} nowMs={nowMs} />
        </>
      )}
      {leftMs !== null && (
        <span class="muted">
          {" "}
          · <Left untilMs={nowMs + leftMs} nowMs={nowMs} />
        </span>
      )}
    </>
  );
}
