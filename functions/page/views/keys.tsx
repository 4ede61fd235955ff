/** What single keys do, in a dialog that client/keys.ts opens; without a script there are none. */
const KEYS = [
  ["/", "filter the services"],
  ["j k", "next, previous service"],
  ["Enter", "open it"],
  ["a s", "acknowledge, silence the alert that has the focus, or go to the first one"],
  ["g n", "Now; g and the first letter of any other view leads there"],
  ["← → l", "in a chart that has the focus: its cursor, with Shift by ten; log scale"],
  ["t", "theme: dark, light, as the system"],
  ["?", "this list"],
  ["Esc", "back"],
] as const;

export function Keys() {
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <table>
        <tbody>
          {KEYS.map(([key, does]) => (
            <tr>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
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
