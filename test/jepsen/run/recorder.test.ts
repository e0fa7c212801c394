import { expect } from 'chai';
import { RaftKvError } from '../../../src/client/index.js';
import { assert } from '../../../src/util/assert.js';
import type { HistoryEvent } from '../history/event.js';
import { callsOf } from '../history/history.js';
import { RecordedProcess, Recorder } from './recorder.js';
import type { Outcome } from './workload.js';

const failure = (fate: 'unknown' | 'not-applied') =>
  new RaftKvError({ code: 'unavailable', message: 'gone', fate, retryable: true });

describe('the recorder of client processes', () => {
  let events: HistoryEvent[];
  let recorder: Recorder;
  let process: RecordedProcess;

  beforeEach(() => {
    events = [];
    let time = 0;
    recorder = new Recorder({ history: { add: (event) => events.push(event) }, now: () => time++ });
    process = new RecordedProcess(recorder);
  });

  const write = (run: () => Promise<Outcome>) => process.call({ f: 'write', key: 'k', value: 1 }, 'n2', run);

  it('records the start and the end of a call, with the value of the answer or else of the request', async () => {
    await write(async () => ({ type: 'ok', revision: 7 }));
    await process.call({ f: 'read', key: 'k' }, 'n1', async () => ({ type: 'ok', value: null }));
    expect(events).to.deep.equal([
      { time: 0, process: 0, type: 'invoke', f: 'write', key: 'k', value: 1, node: 'n2' },
      { time: 1, process: 0, type: 'ok', f: 'write', key: 'k', value: 1, revision: 7, node: 'n2' },
      { time: 2, process: 0, type: 'invoke', f: 'read', key: 'k', node: 'n1' },
      { time: 3, process: 0, type: 'ok', f: 'read', key: 'k', value: null, node: 'n1' },
    ]);
    expect(recorder.counts).to.deep.equal({ ok: 2, fail: 0, info: 0 });
  });

  it('begins a new process after an unknown outcome, and not after a failure', async () => {
    const throwing = (error: Error) => async (): Promise<Outcome> => Promise.reject(error);
    await write(throwing(failure('not-applied')));
    expect(process.id).to.equal(0);
    await write(throwing(failure('unknown')));
    expect(process.id).to.equal(1);
    await write(async () => ({ type: 'ok' }));
    expect(callsOf({ events }).map((call) => [call.process, call.outcome])).to.deep.equal([
      [0, 'fail'],
      [0, 'info'],
      [1, 'ok'],
    ]);
    expect(events[1]?.error).to.equal('unavailable: gone');
  });

  it('throws what no failure of the client is', async () => {
    const error = await write(async () => Promise.reject(new TypeError('a bug'))).catch((thrown: unknown) => thrown);
    assert(error instanceof TypeError, 'the error');
  });
});
