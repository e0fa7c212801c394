import { request } from 'node:http';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { answerTo } from '../http/served-port.js';
import { ConnectionAnswers } from '../../src/rpc/answer-room.js';
import { RawHttp2, wholeCall } from '../rpc/raw-http2.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { endpointOf, LoneMember } from './lone-member.js';

const MIB = 1024 * 1024;
const VALUE_BYTES = MIB;
const KEYS = 10;
const RANGES = 50;
/** Ranges per connection that are read in the end. */
const READ = 10;

/**
 * Two clients with windows of zero and 50 ranges of 10 MB each grew a member by 1.8 GB; larger ranges grew it to 7.9
 * GB.
 */
describe('a member whose clients do not read their answers', function () {
  this.timeout(300_000);
  let lone: LoneMember;
  const idle: RawHttp2[] = [];

  before(async () => {
    lone = await LoneMember.start();
    for (let i = 0; i < KEYS; i++) expectOk(await lone.client.put(`large-${i}`, 'x'.repeat(VALUE_BYTES)));
  });

  after(async () => {
    for (const client of idle) client.socket.destroy();
    await lone.dispose();
  });

  it('counts answers while they are made', async () => {
    const { grow } = ConnectionAnswers.prototype;
    let largest = 0;
    ConnectionAnswers.prototype.grow = function (this: ConnectionAnswers) {
      const growth = grow.call(this);
      return {
        holds: (bytes) => {
          largest = Math.max(largest, bytes);
          return growth.holds(bytes);
        },
        end: () => growth.end(),
      };
    };
    try {
      expect(
        expectOk(await lone.client.range({ key: Buffer.from('large-'), rangeEnd: Buffer.from('large.') })).kvs,
      ).to.have.length(KEYS);
    } finally {
      ConnectionAnswers.prototype.grow = grow;
    }
    expect(largest).to.be.at.least(KEYS * VALUE_BYTES);
  });

  it('holds a bounded part of the answers in memory, and serves others', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const range = { key: Buffer.from('large-'), rangeEnd: Buffer.from('large.') };
    const body = etcdserverpb.RangeRequest.encode(range).finish();
    const path = '/etcdserverpb.KV/Range';
    const heldBytes = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const beforeBytes = heldBytes();
    for (let connection = 0; connection < 2; connection++) {
      const client = await RawHttp2.open(Number(endpointOf(lone.member).split(':')[1]), 0);
      idle.push(client);
      client.write(...Array.from({ length: RANGES }, (_, i) => wholeCall({ path, streamId: 2 * i + 1, body })));
    }
    let lastBytes = -1;
    await poll('the memory to stay', async () => {
      // Other clients are served meanwhile.
      expect(expectOk(await lone.client.get('large-0')).kvs).to.have.length(1);
      const bytes = heldBytes();
      if (bytes === lastBytes || (lastBytes > 0 && Math.abs(bytes - lastBytes) < MIB)) return true;
      lastBytes = bytes;
      return undefined;
    });
    const all = 2 * RANGES * KEYS * VALUE_BYTES;
    const { body: metrics } = await answerTo(request(`${lone.member.clientUrls[0]}/metrics`).end());
    const unsent = Number(/^raftkv_unsent_answer_bytes (\S+)$/m.exec(metrics)?.[1]);
    expect(unsent, 'the metric').to.be.within(2 * KEYS * VALUE_BYTES, all / 4);
    expect(heldBytes() - beforeBytes, `of ${all} bytes asked for`).to.be.below(all / 4);
    for (const client of idle) {
      for (let i = 0; i < READ; i++) client.openWindow(2 * i + 1, 2 * KEYS * VALUE_BYTES);
    }
    await poll('answers that are read', () => idle.every(({ ended }) => ended === READ) || undefined, 30_000);
    expect(idle.every(({ dataBytes }) => dataBytes > READ * KEYS * VALUE_BYTES)).to.equal(true);
  });
});
