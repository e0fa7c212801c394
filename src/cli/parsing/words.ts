import { isUtf8 } from 'node:buffer';
import { CommandError } from '../process/streams.js';
import { goUnquoted } from './go-unquoted.js';

/** Blanks, a word in double or single quotes, or a word that begins without a quote. */
const PART = /[\t\n\f\r ]+|"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\t\n\f\r ][^\t\n\f\r ]*/gsy;

/**
 * Splits a line into words as etcdctl does. A quote counts only at the beginning of a word: {"a":1} is a word as it
 * stands. Double quotes enclose a string of Go, with its escape sequences; single quotes have none.
 * @throws CommandError if a quote is not closed, or if a word is not UTF-8
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const pattern = new RegExp(PART);
  while (pattern.lastIndex < line.length) {
    const at = pattern.lastIndex;
    const [part] = pattern.exec(line) ?? [];
    if (part === undefined) throw new CommandError(`unclosed quote: ${line.slice(at)}`);
    if (part.trim() !== '') words.push(unquoted(part));
  }
  return words;
}

function unquoted(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (!part.startsWith('"')) return part;
  const bytes = goUnquoted(part);
  if (bytes === undefined) throw new CommandError(`invalid escape sequence in ${part}`);
  if (!isUtf8(bytes)) throw new CommandError(`${part} is not UTF-8: give such bytes with --hex-input, such as 01ff`);
  return bytes.toString();
}
