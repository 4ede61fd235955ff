/** What a service said of itself at its last check: its models, what is loaded, how it is. Text is text. */
import type { Saying } from "../said-of-itself.ts";

export function SaidOfItself({ sayings }: { readonly sayings: readonly Saying[] }) {
  if (sayings.length === 0) return null;
  return (
    <section aria-labelledby="says">
      <h2 id="says">What it says of itself</h2>
      <table class="configuration">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">At the last check</th>
          </tr>
        </thead>
        <tbody>
          {sayings.map(({ label, value }) => (
            <tr>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
