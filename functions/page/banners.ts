/**
 * What every view must say of the monitor itself before anything else: that history is not being saved, that another one tells people.
 * Drawn by views/banners.tsx. Invariants: a sentence stands there for as long as it is true, whatever else could not be read; of an error
 * of the database it says a sentence of ours and nothing of the error's own text.
 */
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { UNSAVED_FAULT, type StorageCause } from "../../shared/domain/monitoring/unsaved.ts";
import type { MonitorContext } from "../context.ts";

export interface Banner {
  readonly sentence: string;
  /** More of it, where there is more. */
  readonly more: Unsaved | null;
}

interface Unsaved {
  readonly sinceMs: number;
  /** Goes on after a colon. */
  readonly why: string;
  /** What people can do, and what holds until then. */
  readonly advice: string;
}

/** Why, and what people can do; Workers show nothing that is not stored, so there is a file. */
const CAUSES: Readonly<Record<StorageCause, readonly [why: string, remedy: string]>> = {
  no_room: ["there is no room left for the database", "Make room on its disk."],
  locked: ["another program keeps the database locked", "End that program, such as a backup or a shell."],
  read_only: ["the database can only be read", "Let the user of the service write the file and its folder."],
  no_access: ["the database cannot be opened", "Let the user of the service open the file and write in its folder."],
  bad_disk: ["the disk of the database does not work", "Look at that disk."],
  damaged: ["the database is damaged", "Start the service again: it moves the file aside and begins a new one."],
  other: ["the database does not take it", "The log of the service says why."],
};
const MEANWHILE =
  "What is said of now is of now; the newest 10,000 checks are kept, and are saved as soon as that is possible.";

export function bannersOf(
  moment: Pick<ClusterMoment, "faults" | "unsaved"> | null,
  { primary }: Pick<ReturnType<MonitorContext["config"]>, "primary">,
): Banner[] {
  const faults = moment?.faults.map((sentence) => {
    const unsaved = sentence === UNSAVED_FAULT ? moment.unsaved : undefined;
    return { sentence, more: unsaved ? { sinceMs: unsaved.sinceMs, ...wordsOf(unsaved.cause) } : null };
  });
  const standby =
    primary === null ? [] : [plain(`Standby: ${primary.target.host} delivers, and this one while it is silent.`)];
  return [...(faults ?? []), ...standby];
}

function wordsOf(cause: StorageCause): Pick<Unsaved, "why" | "advice"> {
  const [why, remedy] = CAUSES[cause];
  return { why, advice: `${remedy} ${MEANWHILE}` };
}

const plain = (sentence: string): Banner => ({ sentence, more: null });

export async function readBanners({
  snapshots,
  config,
}: Pick<MonitorContext, "snapshots" | "config">): Promise<Banner[]> {
  return snapshots.read().then(
    (snapshot) => bannersOf(snapshot && snapshot.moment, config()),
    () => [
      plain("What is stored cannot be read now. The log of the service has the details."),
      ...bannersOf(null, config()),
    ],
  );
}
