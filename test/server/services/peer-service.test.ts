import { expect } from 'chai';
import { raftkv } from '../../../src/gen/proto.js';
import type { UnaryCall, UnaryMethod } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { peerService, type PeerHandlers } from '../../../src/server/services/peer-service.js';

/** Any caller can request hashes, each of which reads the whole state. */
describe('peerService', () => {
  it('computes a bounded number of hashes at the same time, and more once they are done', async () => {
    const waiting: (() => void)[] = [];
    const handlers: PeerHandlers = {
      links: () => undefined,
      members: () => ({}),
      hash: () => new Promise((resolve) => waiting.push(() => resolve({ known: true }))),
      onFatal: (error) => expect.fail(String(error)),
    };
    const method = peerService({ handlers: () => handlers }).find(({ path }) => path === '/raftkv.Peer/Hash');
    const { handle } = method as unknown as UnaryMethod<raftkv.HashQuestion>;
    const outcomes: string[] = [];
    const ask = (): void => {
      const call: UnaryCall = {
        metadata: () => undefined,
        remainingMs: () => undefined,
        cancelled: false,
        onCancel: () => undefined,
        respond: () => outcomes.push('hash'),
        fail: ({ message }: Status) => outcomes.push(message),
      };
      handle(call, raftkv.HashQuestion.decode(Buffer.alloc(0)));
    };
    for (let at = 0; at < 4; at += 1) ask();
    expect(outcomes).to.deep.equal(Array.from({ length: 2 }, () => 'this member is busy with other hashes'));
    for (const finish of waiting.splice(0)) finish();
    await new Promise(setImmediate);
    ask();
    for (const finish of waiting.splice(0)) finish();
    await new Promise(setImmediate);
    expect(outcomes.slice(2)).to.deep.equal(['hash', 'hash', 'hash']);
  });
});
