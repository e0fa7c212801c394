/** One argument of a command: `4`, `index=7` or `drop=(2,3)`. */
export interface Argument {
  readonly key: string;
  /** Undefined without a `=`. */
  readonly values: readonly string[] | undefined;
}

/** One block of a scenario: a command, its input lines, and its expected output. */
export interface Block {
  readonly line: number;
  readonly name: string;
  /** In the order of the file. */
  readonly args: readonly Argument[];
  readonly input: readonly string[];
  readonly expected: string;
  /** The range [from, to) of the expected output's lines, including doubled separators. */
  readonly output: { readonly from: number; readonly to: number };
}

/** An error of a command, printed even at log level `none`. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** The arguments without a value, usually ids of nodes. */
export function wordsOf({ args }: Block): readonly string[] {
  return args.filter(({ values }) => values === undefined).map(({ key }) => key);
}

/** The values of an argument; undefined if it is absent. */
export function valuesOf({ args }: Block, key: string): readonly string[] | undefined {
  return args.find((arg) => arg.key === key)?.values;
}

/** The first value of an argument. */
export function valueOf(block: Block, key: string): string | undefined {
  return valuesOf(block, key)?.[0];
}

export function isSet(block: Block, key: string): boolean {
  return /^(1|t|true)$/i.test(valueOf(block, key) ?? '');
}

const SEPARATOR = '----';

/**
 * A block is a command, input, a separator and the output up to an empty line; doubled separators enclose empty lines.
 */
export function parseScenario(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const first = (lines[at] ?? '').trim();
    if (first === '' || first.startsWith('#')) {
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
    if (doubled ? lines[at] === SEPARATOR && lines[at + 1] === SEPARATOR : lines[at]?.trim() === '') return at;
  }
  return lines.length;
}

function parseCommand(line: string): Pick<Block, 'name' | 'args'> {
  const [name = '', ...rest] = line.match(/[^\s=]+=\([^)]*\)|\S+/g) ?? [];
  return { name, args: rest.map(parseArgument) };
}

function parseArgument(text: string): Argument {
  const equals = text.indexOf('=');
  if (equals < 0) return { key: text, values: undefined };
  const value = text.slice(equals + 1);
  const values = value.startsWith('(') ? value.slice(1, -1).split(/[\s,]+/) : [value];
  return { key: text.slice(0, equals), values: values.filter((each) => each !== '') };
}

/** The text with the expected output of each block replaced. */
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

/** The comparable part of an output: without log lines, whose texts may differ; an empty output reads `ok`. */
export function comparable(output: string): string {
  const kept = output.split('\n').filter((line) => !/^\s*(DEBUG|INFO|WARN|ERROR)\b/.test(line));
  const text = kept.join('\n').replace(/^\n+/, '').trimEnd();
  return text === '' ? 'ok' : text;
}
