import { expect } from 'chai';
import { raftkv } from '../../../src/gen/proto.js';
import type { UnaryCall, UnaryMethod } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { peerService, type PeerHandlers } from '../../../src/server/services/peer-service.js';

/** Any caller can request hashes, each of which reads the whole state. */
describe('peerService', () => {
  const MEMBERS = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];
  let nowMs: number;
  let running: (() => void)[];
  let outcomes: string[];
  let ask: (remote: string, cancelled?: boolean) => void;

  beforeEach(() => {
    nowMs = 0;
    running = [];
    outcomes = [];
    const handlers: PeerHandlers = {
      links: () => undefined,
      members: () => ({}),
      hash: () => new Promise((resolve) => running.push(() => resolve({ known: true }))),
      onFatal: (error) => expect.fail(String(error)),
    };
    const methods = peerService({
      handlers: () => handlers,
      clock: { now: () => nowMs },
      isMember: (source) => MEMBERS.includes(source),
    });
    const method = methods.find(({ path }) => path === '/raftkv.Peer/Hash');
    const { handle } = method as unknown as UnaryMethod<raftkv.HashQuestion>;
    ask = (remote, cancelled = false) => {
      const call: UnaryCall = {
        remote,
        certificate: undefined,
        metadata: () => undefined,
        remainingMs: () => undefined,
        cancelled,
        onCancel: () => undefined,
        respond: () => outcomes.push(`${remote} hash`),
        fail: ({ code, message }: Status) => outcomes.push(`${remote} ${code} ${message}`),
      };
      handle(call, raftkv.HashQuestion.decode(Buffer.alloc(0)));
    };
  });

  async function finishOne(): Promise<void> {
    running.shift()?.();
    await new Promise(setImmediate);
  }

  const busy = (remote: string): string => `${remote} 8 this member is busy with other hashes`;

  it('computes one hash for all strangers together, and then rests four times as long', async () => {
    for (const remote of ['1.1.1.1:1', '2.2.2.2:2']) ask(remote);
    expect(outcomes.splice(0)).to.deep.equal([busy('2.2.2.2:2')]);
    nowMs = 100;
    await finishOne();
    ask('1.1.1.1:3');
    expect(outcomes.splice(0)).to.deep.equal(['1.1.1.1:1 hash', busy('1.1.1.1:3')]);
    nowMs = 499;
    ask('1.1.1.1:3');
    nowMs = 500;
    ask('1.1.1.1:4');
    await finishOne();
    expect(outcomes).to.deep.equal([busy('1.1.1.1:3'), '1.1.1.1:4 hash']);
  });

  // Two strangers with a question after the other kept both slots, and a member that started could not compare its state.
  it('computes hashes for members whatever strangers ask, one for each address and two in all', async () => {
    ask('6.6.6.6:1');
    for (const remote of ['10.0.0.2:1', '10.0.0.2:2', '10.0.0.3:1', '10.0.0.4:1']) ask(remote);
    expect(running.length, 'one stranger and two members').to.equal(3);
    await finishOne();
    expect(running.length, 'the stranger is done').to.equal(2);
    while (running.length > 0) await finishOne();
    const order = ['10.0.0.2:1', '10.0.0.3:1', '10.0.0.2:2', '10.0.0.4:1'];
    expect(outcomes).to.deep.equal(['6.6.6.6:1', ...order].map((remote) => `${remote} hash`));
  });

  it('lets a bounded number of questions of one address wait, and computes none for a caller that has gone', async () => {
    ask('10.0.0.2:0');
    for (let at = 1; at <= 9; at++) ask(`10.0.0.2:${at}`, at === 1);
    expect(outcomes.splice(0)).to.deep.equal([busy('10.0.0.2:9')]);
    await finishOne();
    while (running.length > 0) await finishOne();
    expect(outcomes).to.deep.equal([0, 2, 3, 4, 5, 6, 7, 8].map((at) => `10.0.0.2:${at} hash`));
  });
});
