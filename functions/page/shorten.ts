/** Text of services and of people, as a page shows it: clean and short. Pure. */
import { cleanText, truncateText } from "../../shared/domain/text/clean-text.ts";

const LONGEST_TEXT = 200;

export function shorten(text: string): string {
  return truncateText(cleanText(text), LONGEST_TEXT);
}
