import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A traced system call on a file descriptor. Times in seconds since the epoch. */
export interface SystemCall {
  readonly name: string;
  readonly startS: number;
  readonly endS: number;
  /** The file, or the ends of the socket. */
  readonly target: string;
  /** Everything between the parentheses. */
  readonly text: string;
  /** The bytes read or written, of all parts. */
  readonly data: Buffer;
  /** The result as printed. */
  readonly result: string;
}

/** The command that traces a program and its threads, each into a file `calls.TID` of the working directory. */
export const TRACER: readonly string[] = [
  'strace',
  // The traced program keeps the process id, so that signals reach it.
  '-D',
  '-ff',
  ...['-o', 'calls'],
  ...['-e', 'trace=openat,open,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,write,writev,sendmsg,sendto'],
  ...['-e', 'signal=none'],
  '-ttt',
  '-T',
  '-yy',
  '-xx',
  ...['-s', '1000000'],
];

const LINE = /^(\d+\.\d+) (\w+)\((.*)\)\s+= (.*) <(\d+\.\d+)>$/;
/** The first descriptor, with what it refers to: `25</path>` or `27<TCP:[127.0.0.1:1->127.0.0.1:2]>`. */
const DESCRIPTOR = /^\d+<((?:->|[^<>])*)>/;
const BYTES = /"((?:\\x[0-9a-f]{2})*)"/g;

/** The calls of a traced program, in order of their start. */
export function readCalls(folder: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  for (const file of readdirSync(folder).filter((name) => name.startsWith('calls.'))) {
    for (const line of readFileSync(join(folder, file), 'latin1').split('\n')) {
      const [, at, name, text, result, took] = LINE.exec(line) ?? [];
      if (at === undefined || name === undefined || text === undefined || result === undefined) continue;
      const target = plain(DESCRIPTOR.exec(text)?.[1] ?? '');
      const startS = Number(at);
      calls.push({ name, startS, endS: startS + Number(took), target, text, data: bytesOf(text), result });
    }
  }
  return calls.sort((left, right) => left.startS - right.startS);
}

function bytesOf(text: string): Buffer {
  const parts = [...text.matchAll(BYTES)].map(([, hex = '']) => Buffer.from(hex.replaceAll('\\x', ''), 'hex'));
  return Buffer.concat(parts);
}

/** With -xx, paths are printed as bytes too. */
function plain(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
