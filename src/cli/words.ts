import { CommandError } from './streams.js';

/**
 * The words of a line: parted by spaces, but for those in quotes. Within double quotes a backslash takes the next
 * character as it is, or as a line's end or a tab (n, t, r). @throws CommandError where a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s+|((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+)/gy;
  while (pattern.lastIndex < line.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(line);
    if (match === null) throw new CommandError(`a quote is not closed: ${line.slice(at)}`);
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
