import { connect, createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { realClock } from '../../src/util/real-clock.js';

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('A timer of the process', () => {
  // A synchronous write that the disk stalls holds the event loop; Node then runs timers before it reads sockets.
  it('runs after input that arrived while the process did nothing', async () => {
    const order: string[] = [];
    const server = createServer((socket) => socket.on('data', () => order.push('input')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise<void>((resolve) => client.write('first', () => resolve()));
    while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => {
      realClock.timeout(5, () => {
        order.push('timer');
        resolve();
      });
      client.write('second');
      block(60);
    });
    client.destroy();
    server.close();
    expect(order).to.deep.equal(['input', 'input', 'timer']);
  });

  it('can be cancelled while it waits for input to be read', async () => {
    let ran = false;
    const cancel = realClock.timeout(1, () => {
      ran = true;
    });
    setTimeout(cancel, 2);
    block(60);
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).to.equal(false);
  });

  it('runs no earlier than asked', async () => {
    const startMs = performance.now();
    await new Promise<void>((resolve) => void realClock.timeout(30, resolve));
    expect(performance.now() - startMs).to.be.at.least(29);
  });
});
