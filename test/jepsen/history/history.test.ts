import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { HistoryEvent, HistoryHeader } from './event.js';
import { callsOf, HistoryWriter, MalformedHistory, parseHistory, readHistory } from './history.js';

const HEADER: HistoryHeader = {
  format: 'raftkv-history',
  version: 1,
  workload: 'register',
  nemesis: 'none',
  seed: 1,
  nodes: 3,
  target: 'raftkv',
  net: 'proxy',
  commit: 'abc',
  started: '2026-01-01T00:00:00.000Z',
  options: { by: 'version' },
};

const EVENTS: readonly HistoryEvent[] = [
  { time: 1, process: 0, type: 'invoke', f: 'write', key: 'a', value: 7, node: 'n1' },
  { time: 2, process: 1, type: 'invoke', f: 'read', key: 'a', node: 'n2' },
  { time: 3, process: 'nemesis', type: 'info', f: 'kill', value: ['n1'] },
  { time: 4, process: 0, type: 'info', f: 'write', key: 'a', value: 7, error: 'no answer in time' },
  { time: 4, process: 1, type: 'ok', f: 'read', key: 'a', value: null, revision: 3 },
  { time: 9, process: 2, type: 'invoke', f: 'read', key: 'a' },
];

const text = (...events: object[]): string => [HEADER, ...events].map((line) => JSON.stringify(line)).join('\n');

describe('a history of fault tests', () => {
  it('is read as it was written', () => {
    const folder = makeTemporaryFolder('history');
    const path = join(folder, 'history.jsonl');
    const writer = new HistoryWriter(path, HEADER);
    for (const event of EVENTS) writer.add(event);
    writer.close();
    expect(readHistory(path)).to.deep.equal({ header: HEADER, events: EVENTS });
    expect(writer.events).to.deep.equal(EVENTS);
    expect(readFileSync(path, 'utf8').split('\n')).to.have.length(EVENTS.length + 2);
    removeFolder(folder);
  });

  it('is a sequence of calls, each with the indexes of its events', () => {
    const calls = callsOf({ events: EVENTS });
    expect(calls.map(({ process, at, endAt, outcome }) => [process, at, endAt, outcome])).to.deep.equal([
      [0, 0, 3, 'info'],
      [1, 1, 4, 'ok'],
      [2, 5, undefined, 'info'],
    ]);
    expect(calls[1]?.completion?.value).to.equal(null);
  });

  for (const [what, content, message] of [
    ['another format', '{"format":"other"}', 'line 1: the format is not raftkv-history'],
    ['no text at all', '', 'line 1: no JSON'],
    ['a torn line', `${text()}\n{"time":1,"pro`, 'line 2: no JSON'],
    ['a time that goes back', text({ ...EVENTS[1] }, { ...EVENTS[0] }), 'line 3: the time goes back'],
    ['an unknown type', text({ ...EVENTS[0], type: 'maybe' }), 'line 2: no type'],
    ['a negative process', text({ ...EVENTS[0], process: -1 }), 'line 2: no process'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      expect(() => parseHistory(content)).to.throw(MalformedHistory, message);
    });
  }

  for (const [what, events, message] of [
    ['has an open call', [{ ...EVENTS[0] }, { ...EVENTS[0], time: 2 }], 'process 0 has an open call'],
    ['completes nothing', [{ ...EVENTS[4] }], 'process 1 has no open call'],
    ['goes on after an unknown outcome', [EVENTS[0], EVENTS[3], { ...EVENTS[0], time: 5 }], 'process 0 continues'],
    ['completes another call', [EVENTS[0], { ...EVENTS[4], process: 0 }], 'completes read, and had begun write'],
  ] as const) {
    it(`is refused if a process ${what}`, () => {
      expect(() => callsOf(parseHistory(text(...(events as readonly object[]))))).to.throw(MalformedHistory, message);
    });
  }
});
