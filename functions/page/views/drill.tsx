/** The last drill with its progress, and a button for another one. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import type { DrillModel } from "../setup-model.ts";
import { GLYPHS } from "../status-words.ts";
import { Word } from "./channels.tsx";
import { Time } from "./parts.tsx";

interface Props {
  /** Null: there never was one. */
  readonly drill: DrillModel | null;
  readonly nowMs: number;
  readonly mayStart: boolean;
}

export function Drill({ drill, nowMs, mayStart }: Props) {
  return (
    <>
      <p class="muted">
        A marked message goes to every channel, the whole way that an alert would go. It touches no alert, and everybody
        can see that nothing is wrong.
      </p>
      {drill === null ? <p>There has been none yet.</p> : <Last drill={drill} nowMs={nowMs} />}
      {mayStart && (
        <form method="post" action="/dashboard/drill">
          <input type="hidden" name="back" value="/dashboard/setup" />
          <button type="submit">Start a drill</button>
        </form>
      )}
    </>
  );
}

function Last({ drill, nowMs }: { readonly drill: DrillModel; readonly nowMs: number }) {
  const { startedAtMs, lastedMs, isRunning, group, sentence, answered, channels } = drill;
  const count = `${answered} of ${channels.length} have answered`;
  return (
    <>
      <p>
        Begun <Time atMs={startedAtMs} nowMs={nowMs} />:{" "}
        <span class={`status ${group}`} aria-hidden="true">
          {GLYPHS[group]}
        </span>{" "}
        {sentence}{" "}
        <span class="muted">{`${isRunning ? "Under way for" : "It took"} ${formatDuration(lastedMs)}.`}</span>
      </p>
      {isRunning && (
        <p class="drill">
          <progress max={channels.length} value={answered} aria-label="Drill under way" /> {count}
        </p>
      )}
      <ul class="events">
        {channels.map((each) => (
          <li>
            <span class={`status ${each.group}`} aria-hidden="true">
              {GLYPHS[each.group]}
            </span>{" "}
            {each.name}: <Word group={each.group} text={each.text} />
          </li>
        ))}
      </ul>
    </>
  );
}
