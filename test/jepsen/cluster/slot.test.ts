import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import type { Client } from '../../../src/client/index.js';
import { defined } from '../../../src/util/assert.js';
import { Slot } from './slot.js';

const ENDPOINT = { host: '127.0.0.1', clientPort: 1, peerPort: 2 };

/** A member whose process is this script of the shell, and the ends that it reports. */
function started(script: string): { readonly slot: Slot; readonly ends: unknown[] } {
  const ends: unknown[] = [];
  const slot = new Slot({
    node: { name: 'n1', listening: ENDPOINT, reached: ENDPOINT },
    client: {} as Client,
    logFile: '/dev/null',
    onEnd: (_, exit) => ends.push(exit),
    onGone: () => undefined,
  });
  slot.start(['sh', '-c', script], '.', {});
  return { slot, ends };
}

/** A member that ended with an error right before it was killed was taken for one that the kill had ended. */
describe('a member of a fault test', () => {
  it('has ended by itself if it ended by an error right before it was killed', async () => {
    const { slot, ends } = started('exit 3');
    const pid = defined(slot.process, 'the process').pid;
    // Without a turn of the event loop, in which the end would be noticed.
    spawnSync('sh', ['-c', `while ps -o stat= -p ${pid} | grep -qv Z; do :; done`]);
    await slot.kill();
    expect(ends).to.deep.equal([{ code: 3, signal: null }]);
    expect(slot.endedByItself).to.equal(true);
  });

  it('has not if it is killed', async () => {
    const { slot, ends } = started('exec sleep 60');
    await slot.kill();
    expect(ends).to.deep.equal([]);
    expect([slot.endedByItself, slot.state]).to.deep.equal([false, 'down']);
  });
});
