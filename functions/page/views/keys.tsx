/** What single keys do, in a dialog that client/keys.ts opens; without a script there are none. */
import { CHART_KEYS, PAGE_KEYS, type ListedKeys } from "../keys.ts";

export function Keys() {
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <table>
        <KeyRows keys={PAGE_KEYS} of="page" />
        <KeyRows keys={CHART_KEYS} of="chart" />
      </table>
      <form method="dialog">
        <label>
          <input type="checkbox" id="keys-on" checked /> Single keys do this on this device
        </label>
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

/** @param of whose keys they are to the scripts */
function KeyRows({ keys, of }: { readonly keys: readonly ListedKeys[]; readonly of: string }) {
  return (
    <tbody data-keys={of}>
      {keys.map(({ shown, does, actions }) => (
        <tr data-actions={JSON.stringify(actions)}>
          <th scope="row">
            <kbd>{shown}</kbd>
          </th>
          <td>{does}</td>
        </tr>
      ))}
    </tbody>
  );
}
