import { expect } from 'chai';
import { Client, compare, op } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { clientErrorOf } from '../../support/rejections.js';

/** The client as plain JavaScript uses it. */
type Loose = Record<string, (...args: readonly unknown[]) => unknown>;

describe('The client refuses arguments that its types do not allow:', () => {
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
      // Watches and scans fail when they are read.
      if (name === 'watch' || name === 'scan')
        return await (made as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
      return await made;
    };
  const looseOp = op as unknown as Loose;
  const looseCompare = compare as unknown as Loose;

  // A value that was a number was written as an empty value, and the put succeeded.
  const values = [5, true, null, undefined, {}, 12n, new Date(), new ArrayBuffer(2), [1, 2], Uint16Array.of(300)];
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ...values.map(
      (value) =>
        [
          `a put of ${Object.prototype.toString.call(value)}`,
          call('put', 'k', value),
          /^a value must be a string or a Uint8Array, not /,
        ] as const,
    ),
    ['a put without a key', call('put', undefined, 'x'), /^a key must be a string or a Uint8Array, not undefined$/],
    [
      'a put with a lease that is a number',
      call('put', 'k', 'v', { lease: 12 }),
      /^a lease id must be a bigint, not a number$/,
    ],
    ['a put with a lease of 65 bits', call('put', 'k', 'v', { lease: 1n << 64n }), /^a lease id has 64 bits/],
    ['hot keys without an endpoint', call('hotKeys'), /^an endpoint must be a string, not undefined$/],
    [
      'a get at an unknown level',
      call('get', 'k', { consistency: 'foo' }),
      /^the consistency must be one of "default", .*, not "foo"$/,
    ],
    [
      'a get at revision NaN',
      call('get', 'k', { revision: Number.NaN }),
      /^revision must be an integer of at least 0, not NaN$/,
    ],
    [
      'a get at a revision that is text',
      call('get', 'k', { revision: 'x' }),
      /^revision must be an integer of at least 0, not a string$/,
    ],
    ['a range without a selector', call('range', {}), /^a range takes one of prefix, from and all, not none$/],
    ['a range with two selectors', call('range', { prefix: 'a', from: 'b' }), /not prefix and from$/],
    ['a range of null', call('range', null), /, not null$/],
    [
      'a range with a negative limit',
      call('range', { all: true }, { limit: -1 }),
      /^limit must be an integer of at least 0, not -1$/,
    ],
    [
      'a range with an unknown sort target',
      call('range', { all: true }, { sort: { by: 'size' } }),
      /^sort\.by must be one of /,
    ],
    ['a scan without a selector', call('scan', {}), /^a range takes /],
    ['a delete without a selector', call('delete', {}), /^a range takes /],
    ['a delete of undefined', call('delete', undefined), /, not undefined$/],
    ['a watch without a selector', call('watch', {}), /^a range takes /],
    ['a watch of a string', call('watch', 'a'), /^a watch takes .*, not a string$/],
    ['a watch of a key and a prefix', call('watch', { key: 'a', prefix: 'a' }), /, not both$/],
    [
      'a watch with an unknown filter',
      call('watch', { key: 'a', filters: ['purge'] }),
      /^a filter must be one of "put", "delete"/,
    ],
    ['a compaction at a revision that is text', call('compact', 'x'), /^a revision must be an integer, not a string$/],
    ['a compaction at a fractional revision', call('compact', 1.5), /^a revision must be an integer, not 1\.5$/],
    ['a lease with a negative TTL', call('lease', -1), /^a TTL must be an integer of at least 0, not -1$/],
    ['a lease with a fractional TTL', call('leaseGrant', 1.5), /^a TTL must be an integer of at least 0, not 1\.5$/],
    [
      'the removal of a member whose id is a number',
      call('memberRemove', 12),
      /^a member id must be a string of hexadecimal digits, not a number$/,
    ],
    [
      'the removal of a member whose id is a bigint',
      call('memberRemove', 12n),
      /^a member id must be a string of hexadecimal digits, not a bigint$/,
    ],
    [
      'the removal of a member by its name',
      call('memberRemove', 'n1'),
      /^"n1" is not a member id of 1 to 16 hexadecimal digits$/,
    ],
    ['a member id of 17 digits', call('moveLeader', '12345678901234567'), /is not a member id of 1 to 16/],
    [
      'a revocation of a lease whose id is a number',
      call('leaseRevoke', 12),
      /^a lease id must be a bigint, not a number$/,
    ],
    ['a lock without a name', call('lock', undefined), /^a value must be a string or a Uint8Array, not undefined$/],
    [
      'a transaction that is a plain object',
      call('txn', {}),
      /^a transaction must be made with txn\(\), and is an Object$/,
    ],
    ['an operation with a value that is a number', () => looseOp['put']?.('k', 5), /^a value must be a string/],
    [
      'a comparison with an unknown relation',
      () => looseCompare['version']?.('k', '==', 0),
      /^a relation must be one of "=", /,
    ],
    [
      'a comparison with a fractional version',
      () => looseCompare['version']?.('k', '=', 0.5),
      /^a version must be an integer/,
    ],
    ['a client without endpoints', () => new Client({} as never), /^endpoints must be a list of host:port$/],
    [
      'a client whose endpoints are a string',
      () => new Client({ endpoints: 'x' } as never),
      /^endpoints must be a list of host:port$/,
    ],
  ];

  for (const [title, attempt, message] of cases) {
    it(title, async () => {
      const { header: before } = await client.range({ all: true });
      const error = await clientErrorOf(Promise.resolve().then(attempt));
      expect(error).to.include({ code: 'invalid-argument', fate: 'not-applied' });
      expect(error.message).to.match(message);
      const { header } = await client.range({ all: true });
      expect(header.revision, 'the revision of the store').to.equal(before.revision);
    });
  }
});
