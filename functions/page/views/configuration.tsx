/** How a service is checked, as its configuration says it: secrets are hidden by the API, text is text. */
import { cleanText } from "../../../shared/domain/text/clean-text.ts";
import { truncateText } from "../../../shared/domain/text/clean-text.ts";
import type { ServiceDocument } from "../read-service.ts";

/** A body to be sent may be long. */
const LONGEST_VALUE = 500;

export function Configuration({ configuration }: Pick<ServiceDocument, "configuration">) {
  if (!configuration) return null;
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">How it is checked</h2>
      <details id="written">
        <summary>Its configuration, without secrets</summary>
        <table class="configuration">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(configuration).map(([key, value]) => (
              <tr>
                <th scope="row">
                  <code>{cleanText(key)}</code>
                </th>
                <td>
                  <code>{showValue(value)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

function showValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return truncateText(cleanText(text), LONGEST_VALUE);
}
