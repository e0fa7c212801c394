import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { FORMAT, FORMAT_VERSION } from './event.js';
import type { EventType, HistoryEvent, HistoryHeader } from './event.js';

/** A recorded run. Indexes into `events` name single events. */
export interface History {
  readonly header: HistoryHeader;
  readonly events: readonly HistoryEvent[];
}

/** A call of a client process. Without a completion its outcome is unknown. */
export interface RecordedCall {
  readonly process: number;
  readonly invoke: HistoryEvent;
  /** Index of `invoke` among the events. */
  readonly at: number;
  readonly completion: HistoryEvent | undefined;
  /** Index of `completion`; undefined without one. */
  readonly endAt: number | undefined;
  /** The outcome: `info` also without a completion. */
  readonly outcome: Exclude<EventType, 'invoke'>;
}

/** A file that is not a history, or a history that breaks the rules of the format. */
export class MalformedHistory extends Error {
  override readonly name = 'MalformedHistory';
}

/** @throws MalformedHistory that names the line */
export function readHistory(path: string): History {
  return parseHistory(readFileSync(path, 'utf8'));
}

/** @throws MalformedHistory that names the line */
export function parseHistory(text: string): History {
  const lines = text.split('\n');
  const header = parseLine(lines[0] ?? '', 1) as Partial<HistoryHeader>;
  if (header.format !== FORMAT) throw new MalformedHistory(`line 1: the format is not ${FORMAT}`);
  if (header.version !== FORMAT_VERSION) {
    throw new MalformedHistory(`line 1: version ${String(header.version)} is not ${FORMAT_VERSION}`);
  }
  const events: HistoryEvent[] = [];
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line === '') continue;
    events.push(checkedEvent(parseLine(line, at + 1), at + 1, events.at(-1)));
  }
  return { header: header as HistoryHeader, events };
}

function parseLine(line: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new MalformedHistory(`line ${number}: no JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new MalformedHistory(`line ${number}: no object`);
  return value;
}

const TYPES: readonly unknown[] = ['invoke', 'ok', 'fail', 'info'] satisfies EventType[];

function checkedEvent(event: Partial<HistoryEvent>, line: number, last: HistoryEvent | undefined): HistoryEvent {
  const { time, process, type, f } = event;
  const wrong = (what: string): MalformedHistory => new MalformedHistory(`line ${line}: ${what}`);
  if (typeof time !== 'number' || !(time >= 0)) throw wrong('no time');
  if (last !== undefined && time < last.time) throw wrong('the time goes back');
  if (process !== 'nemesis' && process !== 'cluster' && !(Number.isSafeInteger(process) && Number(process) >= 0)) {
    throw wrong('no process');
  }
  if (!TYPES.includes(type)) throw wrong('no type');
  if (typeof f !== 'string') throw wrong('no f');
  return event as HistoryEvent;
}

/**
 * The calls of client processes, in the order of their starts.
 * @throws MalformedHistory if a process has two open calls, completes none, or continues after an unknown outcome
 */
export function callsOf(history: Pick<History, 'events'>): RecordedCall[] {
  const calls: (RecordedCall & { completion: HistoryEvent | undefined; endAt: number | undefined })[] = [];
  const open = new Map<number, number>();
  const ended = new Set<number>();
  for (const [at, event] of history.events.entries()) {
    const { process, type } = event;
    if (typeof process !== 'number') continue;
    const wrong = (what: string): MalformedHistory => new MalformedHistory(`event ${at}: process ${process} ${what}`);
    if (type === 'invoke') {
      if (open.has(process)) throw wrong('has an open call');
      if (ended.has(process)) throw wrong('continues after a call whose outcome is unknown');
      open.set(process, calls.length);
      calls.push({ process, invoke: event, at, completion: undefined, endAt: undefined, outcome: 'info' });
      continue;
    }
    const begun = open.get(process);
    const call = begun === undefined ? undefined : calls[begun];
    if (begun === undefined || call === undefined) throw wrong('has no open call');
    if (call.invoke.f !== event.f) throw wrong(`completes ${event.f}, and had begun ${call.invoke.f}`);
    open.delete(process);
    if (type === 'info') ended.add(process);
    calls[begun] = { ...call, completion: event, endAt: at, outcome: type };
  }
  return calls;
}

/** Writes a history as it happens, and keeps it in memory. */
export class HistoryWriter implements History {
  readonly header: HistoryHeader;
  readonly #events: HistoryEvent[] = [];
  readonly #file: number;
  #unwritten: string[] = [];

  /** @param path of the file, which must not exist */
  constructor(path: string, header: HistoryHeader) {
    this.header = header;
    this.#file = openSync(path, 'wx');
    this.#unwritten.push(JSON.stringify(header));
    this.flush();
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  add(event: HistoryEvent): void {
    this.#events.push(event);
    this.#unwritten.push(JSON.stringify(event));
    if (this.#unwritten.length >= 500) this.flush();
  }

  flush(): void {
    if (this.#unwritten.length === 0) return;
    writeSync(this.#file, `${this.#unwritten.join('\n')}\n`);
    this.#unwritten = [];
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
