import { expect } from 'chai';
import { RoundPeers } from '../../../src/node/authority/round-peers.js';
import type { Authority } from '../../../src/node/authority/authority.js';
import { PeerSender } from '../../../src/node/loop/peer-sender.js';
import type { SnapshotSender } from '../../../src/node/snapshot/sender.js';
import { SyncExecutor } from '../../../src/node/storage/sync-executor.js';
import type { ExecutorOptions } from '../../../src/node/storage/ready-executor.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { Entry, Message, Ready } from '../../../src/raft/types.js';
import { VirtualTime } from '../../support/virtual-time.js';

const CONFIGURATION = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const QUESTION = new Uint8Array([1]);
const ENTRY: Entry = { type: 'normal', term: 1, index: 8, data: new Uint8Array() };

function readyOf(fields: Partial<Ready>): Ready {
  return {
    softState: undefined,
    hardState: undefined,
    readStates: [],
    entries: [],
    snapshot: undefined,
    committedEntries: [],
    messages: [],
    messagesAfterAppend: [],
    mustSync: false,
    ...fields,
  };
}

/** A leader of three members. Its log ends a write when `written` is called, or in the turn. */
function leader({ inTurn = false } = {}): {
  readonly executor: SyncExecutor;
  readonly sent: Message[];
  readonly committed: number[];
  /** Messages that were sent when committed entries were passed on. */
  readonly sentBefore: number[];
  readonly written: () => void;
} {
  const sent: Message[] = [];
  const committed: number[] = [];
  const sentBefore: number[] = [];
  let written = (): void => undefined;
  const peerSender = new PeerSender({
    transport: { send: (_to, { messages }) => void sent.push(...messages) },
    authority: { roundForTurn: () => () => undefined } as unknown as Authority,
    sender: { settle: () => undefined } as unknown as SnapshotSender,
    rounds: new RoundPeers({ id: 1, confState: CONFIGURATION }),
    clock: new VirtualTime().clock(),
    onDue: () => undefined,
  });
  const executor = new SyncExecutor({
    raw: { advance: () => undefined },
    log: {
      appendInTurn: () => inTurn,
      append: () => new Promise<void>((resolve) => (written = resolve)),
    },
    peerSender,
    commits: {
      send: (entries: readonly Entry[]) => {
        committed.push(...entries.map(({ index }) => index));
        sentBefore.push(sent.length);
      },
    },
  } as unknown as ExecutorOptions);
  return { executor, sent, committed, sentBefore, written: () => written() };
}

describe('SyncExecutor, while the log writes,', () => {
  const commit = makeMessage({ type: 'MsgApp', to: 2, from: 1, term: 1, index: 7, logTerm: 1, commit: 7 });
  const question = makeMessage({ type: 'MsgHeartbeat', to: 3, from: 1, term: 1, context: QUESTION });

  /** The loop waits for the disk, and with it the timer's end: a slow write would hold what waits for a millisecond. */
  it('keeps back neither a commit index nor a question', async () => {
    const { executor, sent, written } = leader();
    const executed = executor.execute(readyOf({ entries: [ENTRY], mustSync: true, messages: [commit, question] }));
    expect(sent.map(({ type }) => type)).to.have.members(['MsgApp', 'MsgHeartbeat']);
    written();
    await executed;
    expect(sent.length).to.equal(2);
  });

  it('lets the applier have what is committed', async () => {
    const { executor, committed, written } = leader();
    const executed = executor.execute(
      readyOf({ entries: [ENTRY], mustSync: true, committedEntries: [{ ...ENTRY, index: 7 }] }),
    );
    expect(committed).to.deep.equal([7]);
    written();
    await executed;
  });

  it('keeps back the acknowledgement of what is written', async () => {
    const { executor, sent, written } = leader();
    const acknowledgement = makeMessage({ type: 'MsgAppResp', to: 2, from: 1, term: 1, index: 8 });
    const executed = executor.execute(
      readyOf({ entries: [ENTRY], mustSync: true, messagesAfterAppend: [acknowledgement] }),
    );
    await new Promise(setImmediate);
    expect(sent).to.deep.equal([]);
    written();
    await executed;
    expect(sent).to.deep.equal([acknowledgement]);
  });
});

describe('SyncExecutor, when the log writes in the turn,', () => {
  it('sends the acknowledgement before the applier gets what is committed', async () => {
    const { executor, sent, committed, sentBefore } = leader({ inTurn: true });
    const acknowledgement = makeMessage({ type: 'MsgAppResp', to: 2, from: 1, term: 1, index: 8 });
    await executor.execute(
      readyOf({
        entries: [ENTRY],
        mustSync: true,
        messagesAfterAppend: [acknowledgement],
        committedEntries: [{ ...ENTRY, index: 7 }],
      }),
    );
    expect(sent).to.deep.equal([acknowledgement]);
    expect(committed).to.deep.equal([7]);
    expect(sentBefore).to.deep.equal([1]);
  });
});
