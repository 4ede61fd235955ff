/**
 * A badge as a picture: two fields, the text of which keeps its width whatever font a reader has. Pure.
 * Invariant: it runs nothing and loads nothing; colours stand in attributes, since our pages allow no styles within.
 */
import { COLOURS } from "../page/colours.ts";
import type { Badge, BadgeColour } from "./badge.ts";
import { xmlText } from "./xml.ts";

/** Of light pages: white text can be read on them (4.5 at least). */
const { light } = COLOURS;
const FILLS: Readonly<Record<BadgeColour, string>> = {
  healthy: light.healthy,
  degraded: light.degraded,
  down: light.down,
  unknown: light.unknown,
  maintenance: light.maintenance,
  neutral: light.muted,
};
export function fillOf(colour: BadgeColour): string {
  return FILLS[colour];
}

const LABEL_FILL = "#3a424d";

const HEIGHT = 20;
const PADDING = 6;

export function badgeSvg({ label, message, colour, description }: Badge): string {
  const [labelWidth, messageWidth] = [widthOf(label), widthOf(message)];
  const left = labelWidth + 2 * PADDING;
  const width = left + messageWidth + 2 * PADDING;
  const text = (words: string, x: number, length: number): string =>
    `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${xmlText(words)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${xmlText(description)}">` +
    `<title>${xmlText(description)}</title>` +
    `<clipPath id="shape"><rect width="${width}" height="${HEIGHT}" rx="3"/></clipPath>` +
    `<g clip-path="url(#shape)"><rect width="${left}" height="${HEIGHT}" fill="${LABEL_FILL}"/>` +
    `<rect x="${left}" width="${width - left}" height="${HEIGHT}" fill="${fillOf(colour)}"/></g>` +
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">` +
    `${text(label, PADDING, labelWidth)}${text(message, left + PADDING, messageWidth)}</g></svg>\n`
  );
}

/** Of Verdana at 11 px, nearly: by classes of characters, wide ones of other scripts as squares. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return Math.ceil(width);
}

function characterWidth(character: string): number {
  if (/[ijlftI.,:;'|!()[\]-]/.test(character)) return 4.5;
  if (/[mwMW%@]/.test(character)) return 11;
  if (character === " ") return 3.9;
  if (/[A-Z_]/.test(character)) return 7.8;
  return character.charCodeAt(0) < 0x2e80 ? 7 : 11;
}
