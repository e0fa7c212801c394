import type { Candidate } from './candidate.js';

export interface BashWords {
  /** Without quotes and backslashes. The last one is the word at the cursor, and may be empty. */
  readonly words: readonly string[];
  /** The last word as typed. */
  readonly last: string;
}

/** Splits a command line up to the cursor as bash does, with an open quote at the end. */
export function bashWords(line: string): BashWords {
  const words: string[] = [];
  let word = '';
  let start = 0;
  let inWord = false;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === undefined && /\s/.test(character)) {
      if (inWord) words.push(word);
      inWord = false;
      word = '';
      continue;
    }
    if (!inWord) start = at;
    inWord = true;
    if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
    else if (character === '\\' && quote !== "'" && at + 1 < line.length) word += line.charAt(++at);
    else word += character;
  }
  return { words: [...words, word], last: inWord ? line.slice(start) : '' };
}

/**
 * The candidates as COMPREPLY takes them. Readline replaces only the part of the word behind the last break character,
 * so only that part of each candidate is printed, escaped unless the word is quoted.
 * @param options.last the word at the cursor as typed
 */
export function bashLines(
  candidates: readonly Candidate[],
  { last, wordBreaks }: { readonly last: string; readonly wordBreaks: string },
): readonly string[] {
  if (/^["']/.test(last)) return candidates.map(({ text }) => text);
  const kept = lastBreak(last, wordBreaks);
  return candidates.map(({ text }) => escape(text).slice(kept));
}

function lastBreak(typed: string, wordBreaks: string): number {
  for (let at = typed.length - 1; at >= 0; at--) {
    if (wordBreaks.includes(typed.charAt(at)) && typed.charAt(at - 1) !== '\\') return at + 1;
  }
  return 0;
}

/** Break characters stay as they are where they cannot be misread. */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_\-./:=@,+%^]/gu, '\\$&');
}
