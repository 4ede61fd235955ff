/** Finds services by words. With a script the rows follow what is typed; without one it is asked for by Enter. */
interface Props {
  /** What is looked for; empty: nothing. */
  readonly filter: string;
  readonly shown: number;
  readonly all: number;
}

export function Filter({ filter, shown, all }: Props) {
  return (
    <form class="filter" role="search" method="get" action="/dashboard">
      <label for="filter">Filter</label>
      <input id="filter" type="search" name="filter" value={filter} maxlength={100} autocomplete="off" />
      <span id="filtered" class="muted" aria-live="polite">
        {filter === "" ? "" : `${shown} of ${all}`}
      </span>
    </form>
  );
}
