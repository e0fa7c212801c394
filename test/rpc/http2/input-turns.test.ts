import { expect } from 'chai';
import { Connection } from '../../../src/rpc/http2/connection.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { InputTurns } from '../../../src/util/input-turns.js';
import { DEFAULT_LIMITS } from '../../../src/rpc/http2/limits.js';
import { block, frame } from './peer.js';
import { ScriptedStream, type Script } from './scripted-stream.js';
import { ClientEnd } from './wire.js';

const request = (streamId: number, path: string): Buffer =>
  frame(
    FrameType.HEADERS,
    Flag.END_HEADERS | Flag.END_STREAM,
    streamId,
    block([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
    ]),
  );

describe('the input of many connections', () => {
  let nowMs = 0;
  let served: string[];
  let turns: InputTurns;
  let closed: number;

  /** A client, whose every request takes the server 4 ms. */
  const open = (script: Script = { onOpen: (stream) => stream.end() }): ClientEnd => {
    const client = new ClientEnd();
    const connection: Connection = new Connection({
      socket: client.socket.socket,
      handler: {
        open: (id, head) => {
          nowMs += 4;
          served.push(head.path);
          return new ScriptedStream(connection, { id, head }, script);
        },
      },
      limits: DEFAULT_LIMITS,
      now: () => nowMs,
      turns,
      onClose: () => (closed += 1),
    });
    connection.start();
    client.begin();
    return client;
  };

  beforeEach(() => {
    nowMs = 0;
    served = [];
    closed = 0;
    turns = new InputTurns(() => nowMs);
  });

  // All input that had arrived was read in one turn: 200 connections that sent as fast as they could delayed timers, and with
  // them a leader's heartbeats, by a second and more.
  it('is read for some milliseconds in each turn, in order of arrival', async () => {
    const clients = Array.from({ length: 20 }, () => open());
    await new Promise((resolve) => setImmediate(resolve));
    for (const [at, client] of clients.entries()) client.send(request(1, `first ${at}`));
    const perTurn = [served.length];
    // More arrives while the first waits.
    for (const [at, client] of clients.entries()) client.send(request(3, `second ${at}`));
    for (let before = served.length; served.length < 40 && perTurn.length < 50; before = served.length) {
      await new Promise((resolve) => setImmediate(resolve));
      perTurn.push(served.length - before);
    }
    expect(Math.max(...perTurn)).to.be.within(1, 3);
    expect(served.slice(0, 20)).to.deep.equal(clients.map((_, at) => `first ${at}`));
    expect([...served].sort()).to.deep.equal(clients.flatMap((_, at) => [`first ${at}`, `second ${at}`]).sort());
    for (const client of clients) {
      await client.turn();
      expect(client.of(FrameType.HEADERS, 3)).to.have.length(1);
    }
  });

  // The ends of 2,000 connections with 20,000 watches, whose clients left at once, took one turn of 120 ms.
  for (const how of ['end', 'destroy'] as const) {
    it(`gives way in time to the ends of connections (${how})`, async () => {
      const aborted: number[] = [];
      const clients = Array.from({ length: 20 }, (_, at) =>
        open({
          onAbort: () => {
            nowMs += 4;
            aborted.push(at);
          },
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
      for (const client of clients) client.send(request(1, 'watch'));
      for (let turn = 0; served.length < 20 && turn < 50; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      for (const { socket } of clients) {
        if (how === 'end') socket.emit('end');
        else socket.destroy();
      }
      const perTurn: number[] = [];
      for (let before = 0; aborted.length < 20 && perTurn.length < 50; before = aborted.length) {
        await new Promise((resolve) => setImmediate(resolve));
        perTurn.push(aborted.length - before);
      }
      expect(Math.max(...perTurn)).to.be.within(1, 6);
      expect(aborted).to.deep.equal(clients.map((_, at) => at));
      expect(closed).to.equal(how === 'end' ? 0 : 20);
    });
  }

  it('is dropped if its connection has closed', async () => {
    const clients = Array.from({ length: 6 }, () => open());
    await new Promise((resolve) => setImmediate(resolve));
    for (const [at, client] of clients.entries()) client.send(request(1, String(at)));
    clients[4]?.socket.destroy();
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(served).to.deep.equal(['0', '1', '2', '3', '5']);
  });
});
