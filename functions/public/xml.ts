/**
 * Text within XML, of which the feed and the badges are made. Pure.
 * Invariant: whatever the text is, the document around it stays well-formed, and none of it is markup.
 */
import { cleanText } from "../../shared/domain/text/clean-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Without what XML 1.0 has no character for (controls, lone surrogates, U+FFFE), and without what reverses or hides the text around it. */
export function xmlText(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
