import { expect } from 'chai';
import { Client, compare, op, RaftKvError, txn } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';

/** What a program in plain JavaScript may hand over, whatever the types say. */
type Loose = Record<string, (...args: readonly unknown[]) => unknown>;

describe('arguments that the types do not allow', () => {
  let lone: LoneMember;
  let client: Client;
  let loose: Loose;

  before(async () => {
    lone = await LoneMember.start();
    client = new Client({ endpoints: [endpointOf(lone.member)] });
    loose = client as unknown as Loose;
  });

  after(async () => {
    await client[Symbol.asyncDispose]();
    await lone.dispose();
  });

  const call =
    (name: string, ...args: readonly unknown[]) =>
    async (): Promise<unknown> => {
      const made = loose[name]?.call(client, ...args);
      // A watch and a scan say nothing before they are read.
      if (name === 'watch' || name === 'scan')
        return await (made as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
      return await made;
    };
  const looseOp = op as unknown as Loose;
  const looseCompare = compare as unknown as Loose;

  // A value that was a number was written as an empty one, and the answer was a success.
  const values = [5, true, null, undefined, {}, 12n, new Date(), new ArrayBuffer(2), [1, 2], Uint16Array.of(300)];
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ...values.map(
      (value) =>
        [
          `put of ${Object.prototype.toString.call(value)}`,
          call('put', 'k', value),
          /^a value is text or a Uint8Array, not /,
        ] as const,
    ),
    ['put without a key', call('put', undefined, 'x'), /^a key is text or a Uint8Array, not undefined$/],
    [
      'put with a lease that is a number',
      call('put', 'k', 'v', { lease: 12 }),
      /^a lease id is a bigint, not a number$/,
    ],
    ['put with a lease of 65 bits', call('put', 'k', 'v', { lease: 1n << 64n }), /^a lease id has 64 bits/],
    [
      'get at an unknown level',
      call('get', 'k', { consistency: 'foo' }),
      /^the consistency is one of "default", .*, not "foo"$/,
    ],
    [
      'get at no revision',
      call('get', 'k', { revision: Number.NaN }),
      /^revision is a whole number from 0 on, not NaN$/,
    ],
    [
      'get at a revision that is text',
      call('get', 'k', { revision: 'x' }),
      /^revision is a whole number from 0 on, not a string$/,
    ],
    ['range of nothing', call('range', {}), /^keys are selected by one of prefix, from and all, not by none$/],
    ['range in two ways', call('range', { prefix: 'a', from: 'b' }), /not by prefix and from$/],
    ['range of null', call('range', null), /, not null$/],
    [
      'range of fewer than no keys',
      call('range', { all: true }, { limit: -1 }),
      /^limit is a whole number from 0 on, not -1$/,
    ],
    ['range sorted by something', call('range', { all: true }, { sort: { by: 'size' } }), /^sort\.by is one of /],
    ['scan of nothing', call('scan', {}), /^keys are selected by /],
    ['delete of nothing', call('delete', {}), /^keys are selected by /],
    ['delete of undefined', call('delete', undefined), /, not undefined$/],
    ['watch of nothing', call('watch', {}), /^keys are selected by /],
    ['watch of text', call('watch', 'a'), /^a watch is of .*, not of a string$/],
    ['watch of a key and a range', call('watch', { key: 'a', prefix: 'a' }), /, not of both$/],
    [
      'watch without puts and purges',
      call('watch', { key: 'a', filters: ['purge'] }),
      /^a filter is one of "put", "delete"/,
    ],
    ['compaction at no revision', call('compact', 'x'), /^a revision is a whole number, not a string$/],
    ['compaction between revisions', call('compact', 1.5), /^a revision is a whole number, not 1\.5$/],
    ['lease of less than no time', call('lease', -1), /^a TTL is a whole number from 0 on, not -1$/],
    ['lease of a second and a half', call('leaseGrant', 1.5), /^a TTL is a whole number from 0 on, not 1\.5$/],
    [
      'member removed by a number',
      call('memberRemove', 12),
      /^a member id is a string of hexadecimal digits, not a number$/,
    ],
    [
      'member removed by a bigint',
      call('memberRemove', 12n),
      /^a member id is a string of hexadecimal digits, not a bigint$/,
    ],
    [
      'member removed by its name',
      call('memberRemove', 'n1'),
      /^"n1" is not a member id of 1 to 16 hexadecimal digits$/,
    ],
    ['member id of 17 digits', call('moveLeader', '12345678901234567'), /is not a member id of 1 to 16/],
    ['revoke of a number', call('leaseRevoke', 12), /^a lease id is a bigint, not a number$/],
    ['lock of nothing', call('lock', undefined), /^a value is text or a Uint8Array, not undefined$/],
    ['transaction that is none', call('txn', {}), /^a transaction is begun with txn\(\), and is not an Object$/],
    ['operation of a wrong value', () => looseOp['put']?.('k', 5), /^a value is text/],
    ['comparison by an unknown relation', () => looseCompare['version']?.('k', '==', 0), /^a relation is one of "=", /],
    ['comparison with half a version', () => looseCompare['version']?.('k', '=', 0.5), /^a version is a whole number/],
    ['client without endpoints', () => new Client({} as never), /^endpoints is a list of host:port$/],
    [
      'client with one endpoint, as text',
      () => new Client({ endpoints: 'x' } as never),
      /^endpoints is a list of host:port$/,
    ],
  ];

  for (const [title, attempt, message] of cases) {
    it(`are refused: ${title}`, async () => {
      const error = await Promise.resolve()
        .then(attempt)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      expect(error).to.be.instanceOf(RaftKvError);
      expect(error).to.include({ code: 'invalid-argument', fate: 'not-applied' });
      expect((error as RaftKvError).message).to.match(message);
    });
  }

  it('have written nothing', async () => {
    const { header, count } = await client.range({ all: true });
    expect([count, header.revision]).to.deep.equal([0, 1]);
    await client.txn(txn().do(op.put('k', 'v')));
  });
});
