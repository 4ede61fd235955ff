/** What was done just now, and what every reader must know of the monitor itself; before anything else of a view. */
interface Props {
  /** What was done just now; null: nothing. */
  readonly done: string | null;
  readonly sentences: readonly string[];
}

export function Banners({ done, sentences }: Props) {
  return (
    <>
      {done !== null && (
        <p class="banner done" role="status">
          {done}
        </p>
      )}
      {sentences.map((sentence) => (
        <p class="banner">{sentence}</p>
      ))}
    </>
  );
}
