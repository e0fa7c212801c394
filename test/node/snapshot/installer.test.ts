import { expect } from 'chai';
import { SnapshotInstaller } from '../../../src/node/snapshot/installer.js';
import type { SnapshotReceiver } from '../../../src/node/snapshot/receiver.js';
import type { SnapshotMetadata } from '../../../src/raft/types.js';
import { FaultyDisk } from '../../support/faulty-disk.js';
import { append, entriesOf, open } from '../../wal/fixtures.js';

const SNAPSHOT: SnapshotMetadata = {
  index: 18,
  term: 2,
  confState: { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
};
const COMMITTED = 14;

/**
 * A leader that was cut off had an entry at 15 that no one else had. The next leader committed other entries there, and
 * sent it a snapshot at 18. Before its log was moved behind the snapshot, the member wrote the new term, and with it the
 * commit index of the snapshot, as far as its log went: 15. It lost power then, discarded the snapshot at the next start,
 * and applied its own entry at 15 as committed.
 */
describe('the installation of a snapshot over entries that were replaced', () => {
  /** A member's log whose entry at 15 is its own, and what is on its disk when the log is about to be moved. */
  async function installed(): Promise<{ readonly before: FaultyDisk; readonly after: FaultyDisk }> {
    const disk = new FaultyDisk();
    const log = await open(disk);
    await append(log, entriesOf(1, COMMITTED + 2, 1), { term: 1, vote: 1, commit: COMMITTED });
    let before: FaultyDisk | undefined;
    const resetTo = log.resetTo.bind(log);
    log.resetTo = async (position) => {
      before = disk.copy();
      await resetTo(position);
    };
    const installer = new SnapshotInstaller({
      log,
      stateMachine: { restore: () => Promise.resolve() },
      receiver: { restored: () => undefined } as SnapshotReceiver,
      onRestored: () => undefined,
    });
    await installer.install(SNAPSHOT, { term: 2, vote: 0, commit: SNAPSHOT.index });
    await log.close();
    if (before === undefined) throw new Error('the log was not moved');
    return { before, after: disk };
  }

  it('leaves them uncommitted if the member loses power before its log is moved', async () => {
    const log = await open((await installed()).before);
    expect(log.lastIndex()).to.equal(COMMITTED + 1);
    expect(log.hardState()).to.deep.equal({ term: 2, vote: 0, commit: COMMITTED });
    await log.close();
  });

  it('leaves none of them once the log is moved', async () => {
    const log = await open((await installed()).after);
    expect([log.firstIndex(), log.lastIndex()]).to.deep.equal([SNAPSHOT.index + 1, SNAPSHOT.index]);
    expect(log.hardState().term).to.equal(2);
    await log.close();
  });
});
