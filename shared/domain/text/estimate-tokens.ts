/**
 * How many tokens a text takes in the context of a model, without a tokenizer: an estimate for texts of ours, rather too large than too
 * small. Pure. Called by functions/brief; its test compares it with cl100k_base.
 */

/** As cl100k_base splits first, in parts: a word begins anew with each capital; figures go by three; a space belongs to what follows. */
const PARTS = /[A-Z]?[a-z]+|[A-Z]+|\d{1,3}| (?=\d)|\n|[!-/:-@[-`{-~]|[^ -~\n]/g;

/** Most words of ours are one token; this is of names and words that no tokenizer knows, and of letters that are no words at all. */
const LETTERS_A_TOKEN = 2;
const LETTERS_A_TOKEN_OF_NO_WORD = 1.5;
const LONGEST_WORD = 12;

/** Of UTF-8, of half a surrogate pair as well: at the worst each byte is a token of its own. */
const BYTES_OF_A_UNIT = 3;

export function estimateTokens(text: string): number {
  return (text.match(PARTS) ?? []).reduce((sum, part) => sum + tokensOf(part), 0);
}

function tokensOf(part: string): number {
  if (/^[A-Za-z]/.test(part)) {
    const isWord = part.length <= LONGEST_WORD && /[a-z]$/.test(part);
    return Math.ceil(part.length / (isWord ? LETTERS_A_TOKEN : LETTERS_A_TOKEN_OF_NO_WORD));
  }
  return /^[ -~\n]/.test(part) ? 1 : BYTES_OF_A_UNIT;
}
