/**
 * Whether a text has what somebody looks for. Pure. Used by the filter of the services, on the server and in the browser.
 */

/** All words of `wanted`, in any order and case, each as a part of another one as well; without one everything matches. */
export function matchesWords(text: string, wanted: string): boolean {
  const lower = text.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
