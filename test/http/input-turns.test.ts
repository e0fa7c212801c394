import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { expect } from 'chai';
import { splitByFirstBytes } from '../../src/http/first-bytes.js';
import type { InputTurns } from '../../src/util/input-turns.js';
import { poll } from '../support/poll.js';
import { ProbedMember } from '../support/probed-member.js';
import { expectShortTurns } from '../support/time-limits.js';

const CONNECTIONS = 600;

describe('many connections whose bytes come together', function () {
  this.timeout(120_000);
  let member: ProbedMember;
  const sockets: Socket[] = [];

  before(async () => {
    member = await ProbedMember.start();
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  after(() => member.dispose());

  async function open(): Promise<{ readonly socket: Socket; received: number }> {
    const { hostname: host, port } = new URL(`http://${member.client.endpoint}`);
    const socket = connect(Number(port), host);
    sockets.push(socket);
    const seen = { socket, received: 0 };
    socket.on('error', () => undefined).on('data', ({ length }: Buffer) => (seen.received += length));
    await once(socket, 'connect');
    return seen;
  }

  /** Opens connections in advance, sends the same bytes on all of them, and waits for an answer on each. */
  async function sendOnAll(bytes: Buffer): Promise<void> {
    const all = await Promise.all(Array.from({ length: CONNECTIONS }, open));
    await expectShortTurns(
      async () => {
        const before = all.map(({ received }) => received);
        for (const { socket } of all) socket.write(bytes);
        await poll(
          'the answers',
          () => all.every(({ received }, at) => received > (before[at] ?? 0)) || undefined,
          60_000,
        );
      },
      { meter: member },
    );
    expect(all.filter(({ socket }) => socket.destroyed)).to.deep.equal([]);
  }

  it('do not hold the event loop with large heads of HTTP/1.1', async () => {
    const fields = Array.from({ length: 300 }, (_, at) => `x-${at}: ${'y'.repeat(40)}\r\n`).join('');
    await sendOnAll(Buffer.from(`GET /version HTTP/1.1\r\nhost: localhost\r\n${fields}\r\n`));
  });
});

describe('splitByFirstBytes', () => {
  // The hosts were set up for 2,000 new connections in one turn of 0.17 s.
  it('passes a connection on in a later turn when this one has no time left', () => {
    const deferred: (() => void)[] = [];
    let hasTime = false;
    const turns: Pick<InputTurns, 'begin' | 'defer'> = {
      begin: () => hasTime,
      defer: (read) => void deferred.push(read),
    };
    const accepted: Duplex[] = [];
    const open = (): Duplex & { setTimeout(): void } => {
      const socket = Object.assign(new PassThrough(), { setTimeout: () => undefined });
      splitByFirstBytes(socket as unknown as Socket, {
        silenceMs: 60_000,
        turns,
        known: [],
        other: (ready) => void accepted.push(ready),
      });
      return socket;
    };
    const [late, gone] = [open(), open()];
    late.emit('data', Buffer.from('GET'));
    gone.emit('data', Buffer.from('GET'));
    expect([accepted.length, deferred.length]).to.deep.equal([0, 2]);
    gone.destroy();
    for (const read of deferred) read();
    hasTime = true;
    const prompt = open();
    prompt.emit('data', Buffer.from('GET'));
    expect(accepted).to.deep.equal([late, prompt]);
  });
});
