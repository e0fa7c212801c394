import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { Listeners } from '../../../src/server/startup/listeners.js';
import { defined } from '../../../src/util/assert.js';
import { poll } from '../../support/poll.js';

describe('listeners', () => {
  // A watch over HTTP whose client's machine had gone without a word was kept for as long as nothing happened to it.
  it('have the system ask whether the other side is still there', async function () {
    if (process.platform !== 'linux') this.skip();
    const listeners = await Listeners.bind('listen-client-urls', ['http://127.0.0.1:0']);
    let accepted: Socket | undefined;
    listeners.serve((socket) => (accepted = socket));
    const port = Number(new URL(defined(listeners.urls[0], 'a URL')).port);
    const client = connect(port, '127.0.0.1');
    try {
      await once(client, 'connect');
      await poll('the connection', () => accepted);
      const timer = await poll('its entry', () => timerOf(port, client.localPort ?? 0));
      expect(timer.kind, 'the timer of keep-alives').to.equal('02');
      expect(timer.leftMs).to.be.within(1, 30_000);
    } finally {
      client.destroy();
      await listeners.close();
    }
  });
});

/** Which timer the system runs for a connection, as proc(5) has it. */
function timerOf(local: number, remote: number): { readonly kind: string; readonly leftMs: number } | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const entry = new RegExp(`: [0-9A-F]+:${hex(local)} [0-9A-F]+:${hex(remote)} 01 \\S+ (\\d\\d):([0-9A-F]+) `);
  const [, kind, left] = entry.exec(readFileSync('/proc/net/tcp', 'utf8')) ?? [];
  // In hundredths of a second.
  return kind === undefined || left === undefined ? undefined : { kind, leftMs: Number.parseInt(left, 16) * 10 };
}
