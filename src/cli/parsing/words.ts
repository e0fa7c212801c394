import { CommandError } from '../process/streams.js';

/**
 * Splits a line into words at spaces outside quotes. Within double quotes, a backslash escapes the next character; \n,
 * \r and \t stand for control characters. @throws CommandError if a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s+|((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+)/gy;
  while (pattern.lastIndex < line.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(line);
    if (match === null) throw new CommandError(`unclosed quote: ${line.slice(at)}`);
    if (match[1] !== undefined) words.push(unquoted(match[1]));
  }
  return words;
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(word: string): string {
  return word.replaceAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_all, double?: string, single?: string) => {
    return double?.replaceAll(/\\(.)/g, (_pair, next: string) => CONTROLS[next] ?? next) ?? single ?? '';
  });
}
