import { expect } from 'chai';
import type { Clock } from '../../src/ports/clock.js';
import type { Packet, TransportListener } from '../../src/ports/transport.js';
import type { NodeId } from '../../src/raft/types.js';
import { seededRandom } from '../../src/util/random.js';
import { MemoryNetwork, type NetworkFaults } from '../support/memory-network.js';
import { message, packet } from './members.js';

/** A clock that the test advances. Callbacks run in order of time, then of request. */
class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  timeout(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  soon(callback: () => void): void {
    this.timeout(0, callback);
  }

  runFor(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= endMs);
      const next = due.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }
}

const IDS = [1, 2, 3, 4, 5];

function build(faults: Partial<NetworkFaults> = {}, seed = 1) {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ random: seededRandom(seed), clock, faults });
  const events: string[] = [];
  const add = (id: NodeId) => {
    const transport = network.transport(id);
    const listener: TransportListener = {
      onPacket: (from, { messages }) => events.push(...messages.map(({ index }) => `${from}>${id} ${index}`)),
      onUnreachable: (peer) => events.push(`${id}: ${peer} unreachable`),
      onLink: (peer, state) => events.push(`${id}: ${peer} ${state}`),
      onSnapshot: () => Promise.resolve('not here'),
      onRemoved: (by) => events.push(`${id}: removed, says ${by}`),
    };
    transport.start(listener);
    transport.setPeers(IDS.filter((other) => other !== id).map((other) => ({ id: other, urls: [] })));
    return transport;
  };
  const transports = new Map(IDS.map((id) => [id, add(id)]));
  const say = (from: NodeId, to: NodeId, index: number): void => transports.get(from)?.send(to, note(from, to, index));
  clock.runFor(1);
  events.length = 0;
  return { clock, network, events, say, add, transports };
}

const note = (from: NodeId, to: NodeId, index: number): Packet =>
  packet([message('MsgHeartbeat', { from, to, index })]);

describe('MemoryNetwork', () => {
  it('delivers copies, in order, in a later turn', () => {
    const { clock, events, transports } = build({ delayMs: [1, 9] });
    const context = new Uint8Array([1]);
    const sent = message('MsgHeartbeat', { from: 1, to: 2, context });
    const received: Packet[] = [];
    for (let i = 0; i < 20; i++) transports.get(1)?.send(2, note(1, 2, i));
    expect(events).to.deep.equal([]);
    clock.runFor(20);
    expect(events).to.deep.equal(Array.from({ length: 20 }, (_, i) => `1>2 ${i}`));
    transports
      .get(2)
      ?.close()
      .catch(() => undefined);
    const network = new MemoryNetwork({ random: seededRandom(1), clock });
    const [a, b] = [network.transport(1), network.transport(2)];
    const ignore = {
      onUnreachable: () => undefined,
      onLink: () => undefined,
      onSnapshot: () => Promise.resolve('not here'),
      onRemoved: () => undefined,
    };
    a.start({ ...ignore, onPacket: () => undefined });
    b.start({ ...ignore, onPacket: (_, got) => received.push(got) });
    a.setPeers([{ id: 2, urls: [] }]);
    b.setPeers([{ id: 1, urls: [] }]);
    a.send(2, packet([sent]));
    context[0] = 99;
    clock.runFor(1);
    expect([...(received[0]?.messages[0]?.context ?? [])]).to.deep.equal([1]);
  });

  it('cuts one direction of a link, reports it to the sender, and heals it', () => {
    const { clock, network, events, say } = build();
    network.cut(1, 2);
    say(1, 2, 7);
    say(2, 1, 8);
    clock.runFor(1);
    expect(events).to.deep.equal(['1: 2 down', '1: 2 unreachable', '2>1 8']);
    network.heal();
    say(1, 2, 9);
    clock.runFor(1);
    expect(events.slice(3)).to.deep.equal(['1: 2 up', '1>2 9']);
  });

  it('partitions groups, with bridges, and isolates members', () => {
    const { network } = build();
    const reach = (): string[] =>
      IDS.map((from) => IDS.filter((to) => to !== from && network.reaches(from, to)).join(''));
    network.partition([1, 2], [3, 4]);
    expect(reach()).to.deep.equal(['2', '1', '4', '3', '']);
    network.bridge([1, 2], 3, [4, 5]);
    expect(reach()).to.deep.equal(['23', '13', '1245', '35', '34']);
    network.heal();
    network.isolate(2);
    expect(reach()).to.deep.equal(['345', '', '145', '135', '134']);
  });

  it('loses packets in flight when a link is cut or the receiver restarts', () => {
    const { clock, network, events, say, add } = build({ delayMs: [5, 5] });
    say(1, 2, 1);
    say(1, 3, 2);
    network.cut(1, 2);
    add(3);
    clock.runFor(10);
    expect(events.filter((event) => event.includes('>'))).to.deep.equal([]);
  });

  it('drops by kind, loses, duplicates and reorders packets, reproducibly by seed', () => {
    const run = (seed: number): string[] => {
      const { clock, events, say } = build(
        { delayMs: [0, 50], lossRate: 0.2, duplicateRate: 0.2, reorder: true, drop: ({ index }) => index === 13 },
        seed,
      );
      for (let i = 0; i < 100; i++) say(1, 2, i);
      clock.runFor(100);
      return events;
    };
    const first = run(7);
    expect(run(7)).to.deep.equal(first);
    expect(run(8)).to.not.deep.equal(first);
    expect(first).to.not.include('1>2 13');
    expect(new Set(first).size).to.be.within(60, 95);
    expect(first.length).to.be.greaterThan(new Set(first).size);
    const indexes = first.map((event) => Number(event.split(' ')[1]));
    expect(indexes).to.not.deep.equal(indexes.toSorted((a, b) => a - b));
  });
});
