import type { Call, Outcome } from '../../../support/history.js';
import { MalformedHistory } from '../../history/history.js';
import type { MapInput, MapOutput, RegisterInput, RegisterOutput } from '../linearizability/models.js';

/** An event of a sequential process: the next event ends the call that the last one began. */
interface LogEvent<Input> {
  /** Of the text, from 1. It is also the time. */
  readonly line: number;
  readonly process: string;
  readonly type: string;
  /** The value of the line; the answer if the event ends a call. */
  readonly value: string;
  readonly input: Input | undefined;
}

/** Pairs the events of each process. */
function pair<Input, Output>(
  events: readonly LogEvent<Input>[],
  outcomeOf: (input: Input, type: string, value: string) => Outcome<Output>,
): Call<Input, Output>[] {
  const open = new Map<string, { input: Input; invokedAt: number }>();
  const calls: Call<Input, Output>[] = [];
  for (const { process, type, value, input, line } of events) {
    const begun = open.get(process);
    if (type === 'invoke') {
      if (input === undefined) throw new MalformedHistory(`line ${line}: the value does not fit the call`);
      if (begun !== undefined) throw new MalformedHistory(`line ${line}: process ${process} has an open call`);
      open.set(process, { input, invokedAt: line });
      continue;
    }
    if (begun === undefined) throw new MalformedHistory(`line ${line}: process ${process} has no open call`);
    open.delete(process);
    calls.push({ client: process, ...begun, completedAt: line, outcome: outcomeOf(begun.input, type, value) });
  }
  for (const [client, begun] of open)
    calls.push({ client, ...begun, completedAt: Infinity, outcome: { kind: 'unknown' } });
  return calls;
}

/** Whether a text is Jepsen's log of one register. */
export const isRegisterLog = (text: string): boolean => /^INFO\s+jepsen\.util - /m.test(text);

/** The beginning of an event of a client. */
const PROCESS_LINE = /^INFO\s+jepsen\.util - \d+\s/;

/** Whether a text is a map's log. */
export const isMapLog = (text: string): boolean => /^\s*\{:process /.test(text);

/**
 * Jepsen's log of one register: `INFO  jepsen.util - 3 :invoke :cas [1 2]`, tab-separated. Lines that are no event of a numbered process
 * are skipped.
 * @throws MalformedHistory that names the line
 */
export function parseRegisterLog(text: string): Call<RegisterInput, RegisterOutput>[] {
  const line = /^INFO\s+jepsen\.util - (\S+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$/;
  const events: LogEvent<RegisterInput>[] = [];
  for (const [at, row] of text.split('\n').entries()) {
    const match = line.exec(row);
    if (match === null) {
      if (!PROCESS_LINE.test(row)) continue;
      throw new MalformedHistory(`line ${at + 1}: no event of a register`);
    }
    const [, process = '', type = '', operation = '', value = ''] = match;
    events.push({ line: at + 1, process, type, value: value.trim(), input: registerInput(operation, value.trim()) });
  }
  return pair(events, registerOutcome);
}

function registerInput(operation: string, value: string): RegisterInput | undefined {
  if (operation === 'read') return { kind: 'read', key: '' };
  if (operation === 'write') return { kind: 'write', key: '', value };
  const [, from, to] = /^\[(\S+) (\S+)\]$/.exec(value) ?? [];
  return from === undefined || to === undefined ? undefined : { kind: 'cas', key: '', from, to };
}

function registerOutcome(input: RegisterInput, type: string, value: string): Outcome<RegisterOutput> {
  if (type === 'info') return { kind: 'unknown' };
  // A refused compare-and-set is an answer; any other failure had no effect.
  if (input.kind === 'cas') return { kind: 'ok', output: { kind: 'swapped', swapped: type === 'ok' } };
  if (type === 'fail') return { kind: 'failed' };
  if (input.kind === 'write') return { kind: 'ok', output: { kind: 'written' } };
  return { kind: 'ok', output: { kind: 'value', value: value === 'nil' ? null : value } };
}

/**
 * A map's log: `{:process 0, :type :invoke, :f :append, :key "0", :value "x"}`.
 * @throws MalformedHistory that names the line
 */
export function parseMapLog(text: string): Call<MapInput, MapOutput>[] {
  const line = /^\{:process (\d+), :type :(\w+), :f :(get|put|append), :key "(.*)", :value (?:nil|"(.*)")\}$/;
  const events: LogEvent<MapInput>[] = [];
  for (const [at, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const match = line.exec(row.trim());
    if (match === null) throw new MalformedHistory(`line ${at + 1}: no event of a map`);
    const [, process = '', type = '', operation = '', key = '', value = ''] = match;
    const input: MapInput =
      operation === 'get' ? { kind: 'get', key } : { kind: operation === 'put' ? 'put' : 'append', key, value };
    events.push({ line: at + 1, process, type, value, input });
  }
  return pair(events, (input, type, value): Outcome<MapOutput> => {
    if (type === 'info') return { kind: 'unknown' };
    if (type === 'fail') return { kind: 'failed' };
    return { kind: 'ok', output: input.kind === 'get' ? value : null };
  });
}
