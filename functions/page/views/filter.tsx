/** Finds services by words. With a script the rows follow what is typed; without one it is asked for by Enter. */
interface Props {
  /** What is looked for; empty: nothing. */
  readonly filter: string;
  /** How many of those that have it stand on the page. */
  readonly shown: number;
  readonly found: number;
  readonly all: number;
  /** Not all services stand on the page: the server has to look for them. */
  readonly isPart: boolean;
}

export function Filter({ filter, shown, found, all, isPart }: Props) {
  return (
    <form class="filter" role="search" method="get" action="/dashboard">
      <label for="filter">Filter</label>
      <input
        id="filter"
        type="search"
        name="filter"
        value={filter}
        maxlength={100}
        autocomplete="off"
        data-more={isPart ? " here: Enter searches all" : undefined}
      />
      <span id="filtered" class="muted" aria-live="polite">
        {filter === "" ? "" : `${found} of ${all}${shown < found ? `, the first ${shown} are shown` : ""}`}
      </span>
    </form>
  );
}
