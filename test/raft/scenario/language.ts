/** One block of a scenario: a command, its input lines, and what it printed when the file was written. */
export interface Block {
  readonly line: number;
  readonly name: string;
  /** Arguments without a value, in order: mostly ids of nodes. */
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly input: readonly string[];
  readonly expected: string;
  /** The lines of the expected output, and of the separators around it where they are doubled: [from, to). */
  readonly output: { readonly from: number; readonly to: number };
}

const SEPARATOR = '----';

/** Blocks are a command, input, a separator and the output up to an empty line; doubled separators enclose empty lines. */
export function parseScenario(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const first = lines[at] ?? '';
    if (first.trim() === '' || first.startsWith('#')) {
      at++;
      continue;
    }
    const separator = lines.indexOf(SEPARATOR, at);
    if (separator < 0) throw new Error(`line ${at + 1}: a command without a separator`);
    const doubled = lines[separator + 1] === SEPARATOR;
    const start = separator + (doubled ? 2 : 1);
    const end = endOf(lines, start, doubled);
    blocks.push({
      line: at + 1,
      ...parseCommand(first),
      input: lines.slice(at + 1, separator),
      expected: lines.slice(start, end).join('\n'),
      output: { from: separator, to: doubled ? end + 2 : end },
    });
    at = end + (doubled ? 2 : 1);
  }
  return blocks;
}

function endOf(lines: readonly string[], start: number, doubled: boolean): number {
  for (let at = start; at < lines.length; at++) {
    if (doubled ? lines[at] === SEPARATOR && lines[at + 1] === SEPARATOR : lines[at] === '') return at;
  }
  return lines.length;
}

function parseCommand(line: string): Pick<Block, 'name' | 'words' | 'options'> {
  const [name = '', ...rest] = line.match(/[^\s=]+=\([^)]*\)|\S+/g) ?? [];
  const words: string[] = [];
  const options = new Map<string, readonly string[]>();
  for (const word of rest) {
    const equals = word.indexOf('=');
    if (equals < 0) words.push(word);
    else options.set(word.slice(0, equals), valuesOf(word.slice(equals + 1)));
  }
  return { name, words, options };
}

function valuesOf(text: string): readonly string[] {
  if (!text.startsWith('(')) return [text];
  return text
    .slice(1, -1)
    .split(/[\s,]+/)
    .filter((value) => value !== '');
}

/** The text with new outputs, one for each block, in place of those it had. */
export function withOutputs(text: string, blocks: readonly Block[], outputs: readonly string[]): string {
  const lines = text.split('\n');
  for (const [position, { output }] of [...blocks.entries()].reverse()) {
    const fresh = outputs[position] ?? '';
    const separators = /^\s*$/m.test(fresh) ? [SEPARATOR, SEPARATOR] : [SEPARATOR];
    const closing = separators.length > 1 ? separators : [];
    lines.splice(output.from, output.to - output.from, ...separators, ...fresh.split('\n'), ...closing);
  }
  return lines.join('\n');
}

/** What is compared: log lines are everybody's own words, and nothing at all reads `ok`. */
export function comparable(output: string): string {
  const kept = output.split('\n').filter((line) => !/^\s*(DEBUG|INFO|WARN|ERROR)\b/.test(line));
  const text = kept.join('\n').replace(/^\n+/, '').trimEnd();
  return text === '' ? 'ok' : text;
}
