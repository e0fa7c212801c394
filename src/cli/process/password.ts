import { StringDecoder } from 'node:string_decoder';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { CommandExit } from './streams.js';
import type { Streams } from './streams.js';

/** Standard input, if it is a terminal. */
interface Terminal extends Readable {
  readonly isTTY: true;
  setRawMode(isRaw: boolean): unknown;
}

/** Longest line that is read as a password, in characters. */
const LENGTH_MAX = 4096;

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const ERASE = new Set(['\x7f', '\b']);
const ENDS = new Set(['\r', '\n', CTRL_D]);

/**
 * Reads a line from standard input. On a terminal it prompts, on standard error, and does not show what is typed. The input
 * behind the line is left to be read.
 * @throws CommandExit after Ctrl-C
 */
export async function askPassword(
  { stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>,
  prompt: string,
): Promise<string> {
  if (!isTerminal(stdin)) return await readLine(stdin, { keys: false });
  stderr.write(prompt);
  stdin.setRawMode(true);
  try {
    return await readLine(stdin, { keys: true });
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

/** Reads the first line, without prompt. @throws CommandExit after Ctrl-C */
export async function readPassword({ stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>): Promise<string> {
  return await askPassword({ stdin, stderr }, '');
}

/** Whether passwords can be typed there without being shown. */
export function isTerminal(stdin: Readable): stdin is Terminal {
  return 'isTTY' in stdin && stdin.isTTY === true && 'setRawMode' in stdin && typeof stdin.setRawMode === 'function';
}

/** @param options.keys whether keys that edit the line have their effect, as the input comes from a raw terminal */
function readLine(stdin: Readable, { keys }: { readonly keys: boolean }): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let line: string[] = [];
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      stdin.off('data', read).off('end', end).off('error', fail);
      stdin.pause();
      settle();
    };
    const end = (): void => finish(() => resolve(line.join('')));
    const fail = (error: Error): void => finish(() => reject(error));
    const read = (chunk: Buffer | string): void => {
      const characters = Array.from(typeof chunk === 'string' ? chunk : decoder.write(chunk));
      for (const [at, character] of characters.entries()) {
        if (keys && character === CTRL_C) {
          return finish(() => reject(new CommandExit(128 + constants.signals.SIGINT)));
        }
        if (keys ? ENDS.has(character) : character === '\n') {
          const rest = characters.slice(at + 1).join('');
          return finish(() => {
            if (rest !== '') stdin.unshift(Buffer.from(rest));
            resolve(keys ? line.join('') : line.join('').replace(/\r$/, ''));
          });
        }
        if (keys && character === CTRL_U) line = [];
        else if (keys && ERASE.has(character)) line.pop();
        else if (line.length < LENGTH_MAX) line.push(character);
      }
    };
    stdin.on('data', read).on('end', end).on('error', fail);
    if (stdin.readableEnded) end();
    else stdin.resume();
  });
}
