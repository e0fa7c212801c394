import { expect } from 'chai';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { put } from '../support/virtual-calls.js';

describe('the stop of a node', () => {
  /**
   * The compaction of the log was waiting for the engine to flush. The stop did not wait for it and closed the log;
   * then the compaction found the log closed and reported that as fatal. If the transport was slow to close, the clean
   * stop ended with that error.
   */
  it('waits for a cut of the log, and succeeds', async () => {
    const cluster = new VirtualCluster({
      members: 1,
      seed: 1,
      node: { snapshotCount: 10, logTailEntries: 1, logFlushBytes: 0 },
    });
    await cluster.start();
    const member = cluster.member(1);
    const { store, node } = member.assembly;
    const barrier = store.barrier.bind(store);
    let began: (() => void) | undefined;
    let flushed = false;
    const cutting = new Promise<void>((resolve) => (began = resolve));
    store.barrier = async () => {
      began?.();
      await new Promise<void>((resolve) => member.clock.timeout(100, resolve));
      flushed = true;
      return barrier();
    };
    for (let i = 0; i < 20; i++) await cluster.time.wait(put(member, 'key', String(i)));
    await cluster.time.wait(cutting);
    await cluster.time.wait(member.stop());
    await node.closed;
    expect(flushed, 'the stop waits for the cut').to.equal(true);
  });
});

describe('the log of a cluster with one member', () => {
  /**
   * The match of every member was updated on each send. The only member of a cluster sends nothing, so its log grew
   * forever, with a warning that a member was away.
   */
  it('is cut', async () => {
    const cluster = new VirtualCluster({
      members: 1,
      seed: 1,
      node: { snapshotCount: 10, logTailEntries: 1, logFlushBytes: 0 },
    });
    await cluster.start();
    const member = cluster.member(1);
    for (let i = 0; i < 40; i++) await cluster.time.wait(put(member, 'key', String(i)));
    const { firstIndex, lastIndex } = member.assembly.node.status();
    expect(lastIndex - firstIndex).to.be.at.most(12);
    await cluster.stop();
  });
});
