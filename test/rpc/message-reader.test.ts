import { expect } from 'chai';
import { MessageReader } from '../../src/rpc/native/message-reader.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';

function framed(body: Buffer, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

describe('MessageReader', () => {
  it('returns the messages of a stream, however it is cut and whenever they are taken', function () {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    for (let round = 0; round < 200; round += 1) {
      const sent = Array.from({ length: randomInteger(random, 1, 8) }, (_, index) =>
        Buffer.alloc(randomInteger(random, 0, randomInteger(random, 1, 400)), index + 1),
      );
      const stream = Buffer.concat(sent.map((body) => framed(body)));
      const reader = new MessageReader(1_000);
      const received: Buffer[] = [];
      const take = (): void => {
        for (;;) {
          const next = reader.next();
          if (next === undefined) return;
          if ('kind' in next) throw new Error(`seed ${seed}: ${next.kind}`);
          received.push(next.bytes);
        }
      };
      for (let at = 0; at < stream.length;) {
        const end = Math.min(stream.length, at + randomInteger(random, 1, randomInteger(random, 2, 300)));
        reader.add(Buffer.from(stream), at, end);
        if (randomInteger(random, 0, 3) > 0) take();
        reader.keep();
        at = end;
      }
      take();
      expect(received, `seed ${seed}, round ${round}`).to.deep.equal(sent);
      expect([reader.isEmpty, reader.bufferBytes]).to.deep.equal([true, 0]);
    }
  });

  it('returns a message within one chunk as a view of it', () => {
    const chunk = framed(Buffer.from('hello'));
    const reader = new MessageReader(100);
    reader.add(chunk, 0, chunk.length);
    const next = reader.next();
    if (next === undefined || 'kind' in next) throw new Error('no message');
    expect(next.bytes.buffer).to.equal(chunk.buffer);
  });

  // A chunk of a socket has up to 64 KiB. Streams that had each received a byte or two of a message held on to one each, and
  // counted as a few bytes.
  it('holds on to no chunk for a part of a message', () => {
    const chunk = Buffer.alloc(65_536);
    const reader = new MessageReader(100_000);
    framed(Buffer.alloc(1_000)).copy(chunk, 0, 0, 10);
    reader.add(chunk, 0, 10);
    expect(reader.next()).to.equal(undefined);
    reader.keep();
    expect([reader.isEmpty, reader.bufferBytes]).to.deep.equal([false, 64]);
  });

  it('reports a message that is too large, and a bad flag, by the prefix alone', () => {
    const large = new MessageReader(100);
    large.add(framed(Buffer.alloc(101)), 0, 5);
    expect(large.next()).to.deep.equal({ kind: 'too-large', bytes: 101 });
    const bad = new MessageReader(100);
    bad.add(framed(Buffer.alloc(1), 7), 0, 4);
    bad.keep();
    bad.add(framed(Buffer.alloc(1), 7), 4, 5);
    expect(bad.next()).to.deep.equal({ kind: 'bad-flag', flag: 7 });
  });
});
