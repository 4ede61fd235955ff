/**
 * The services: all in one table, or by machine in tables that can be folded; and the words that are looked for among them.
 * Part of Now. Invariant: what needs a look comes first, and where one is in it a group is unfolded.
 */
import { isFound, type RowGroup } from "../group-rows.ts";
import type { NowModel } from "../now-model.ts";
import type { ServiceRow } from "../service-row.ts";
import { GLYPHS } from "../status-words.ts";
import { Filter } from "./filter.tsx";
import { ServiceLine } from "./service-line.tsx";

const COLUMNS = ["Status", "Service", "Reason", "Now", "Last hour", "90 days", "Uptime"];

interface Props {
  readonly now: Pick<NowModel, "groups">;
  readonly nowMs: number;
  /** Words that a row must have to be shown; empty: all are. */
  readonly filter: string;
}

export function Services({ now, nowMs, filter }: Props) {
  const sumOf = (key: "total" | "found"): number => now.groups.reduce((sum, group) => sum + group[key], 0);
  const found = new Set(now.groups.flatMap((group) => group.rows.filter((row) => isFound(row, group.name, filter))));
  return (
    <section aria-labelledby="now-services">
      <div class="services-head">
        <ServicesHeading now={now} />
        <Filter
          filter={filter}
          shown={found.size}
          found={sumOf("found")}
          all={sumOf("total")}
          isPart={now.groups.some(({ rows, total }) => rows.length < total)}
        />
      </div>
      {now.groups.map((group) =>
        group.name === null ? (
          <Group group={group} nowMs={nowMs} found={found} />
        ) : (
          <details
            class="group"
            open={group.needLook > 0 || (filter !== "" && group.rows.some((row) => found.has(row)))}
          >
            <GroupSummary group={group} />
            <Group group={group} nowMs={nowMs} found={found} />
          </details>
        ),
      )}
    </section>
  );
}

export function ServicesHeading({ now }: Pick<Props, "now">) {
  return (
    <h2 id="now-services">
      Services <span class="muted">{now.groups.reduce((sum, { total }) => sum + total, 0)}</span>
    </h2>
  );
}

export function GroupSummary({ group: { key, name, total, needLook } }: { readonly group: RowGroup }) {
  const kind = needLook > 0 ? "degraded" : "healthy";
  return (
    <summary id={`now-group-${key}`} class={needLook > 0 ? "needs-look" : ""}>
      <span class={`status ${kind}`} aria-hidden="true">
        {GLYPHS[kind]}
      </span>{" "}
      <strong>{name}</strong>{" "}
      <span class="muted">{needLook > 0 ? `${needLook} of ${total} need a look` : `${total} well`}</span>
    </summary>
  );
}

interface GroupProps extends Pick<Props, "nowMs"> {
  readonly group: RowGroup;
  readonly found: ReadonlySet<ServiceRow>;
}

function Group({ group: { key, name, rows, total }, nowMs, found }: GroupProps) {
  return (
    <>
      <table role="table" class="services" aria-label={name === null ? "Services" : `Services: ${name}`}>
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((title) => (
              <th role="columnheader" scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" id={`rows-${key}`} class="rows">
          {rows.map((row) => (
            <ServiceLine row={row} group={key} nowMs={nowMs} isHidden={!found.has(row)} />
          ))}
        </tbody>
      </table>
      {rows.length < total && <p class="muted">{`and ${total - rows.length} more that are well`}</p>}
    </>
  );
}
