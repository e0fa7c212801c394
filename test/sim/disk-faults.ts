import { randomInteger, type Random } from '../../src/util/random.js';
import type { DiskOperation } from '../support/faulty-disk.js';
import { rotOneBit } from './bit-rot.js';
import type { Fault } from './fault.js';
import { injectedError } from './injected.js';
import type { Machine } from './machine.js';
import { pick, type FaultKind } from './options.js';
import type { Hindrance, World } from './world.js';

type DiskFault = 'slow-sync' | 'slow-apply' | 'read-error' | 'write-error' | 'sync-error' | 'no-space' | 'bit-rot';

const SYNCS: readonly DiskOperation['kind'][] = ['datasync', 'sync', 'syncFolder'];
const WRITES: readonly DiskOperation['kind'][] = ['write', 'create', 'rename', 'remove', 'truncate'];

export const diskFaults: Readonly<Record<DiskFault & FaultKind, Fault>> = {
  'slow-sync': (world, random) => slow(world, random, SYNCS),
  'slow-apply': (world, random) => slow(world, random, ['batch']),
  'read-error': (world, random) => failing(world, random, ['read']),
  'write-error': (world, random) => failing(world, random, WRITES),
  'sync-error': (world, random) => failing(world, random, SYNCS),
  'no-space': (world, random) => {
    const machine = someMachine(world, random);
    if (machine === undefined) return undefined;
    machine.spaceBytes = machine.member.disk.usedBytes + randomInteger(random, 0, 8192);
    return () => {
      machine.spaceBytes = Infinity;
    };
  },
  'bit-rot': (world, random) => {
    const machine = someMachine(world, random);
    if (machine === undefined || machine.suspect || !world.canLose(machine)) return undefined;
    const where = rotOneBit(machine.member.disk, random);
    if (where === undefined) return undefined;
    machine.rotten++;
    world.trace.line(machine, `a bit rots in ${where}`);
    return () => undefined;
  },
};

function someMachine(world: World, random: Random): Machine | undefined {
  return world.someMachine(random, ({ fate }) => fate === 'wanted');
}

function slow(world: World, random: Random, kinds: readonly string[]): (() => void) | undefined {
  const victim = someMachine(world, random);
  const delayMs = pick(random, [20, 200, 1500]);
  return hinder(world, (machine, operation) => {
    if (machine !== victim || !kinds.includes(operation.kind) || machine.dead) return undefined;
    const { clock } = machine.member;
    const ms = random.next() * delayMs;
    if (!('inTurn' in operation)) return new Promise((resolve) => clock.timeout(ms, resolve));
    clock.stall(ms);
    return undefined;
  });
}

/** Fails the next operation, or many in a row. */
function failing(world: World, random: Random, kinds: readonly string[]): (() => void) | undefined {
  const victim = someMachine(world, random);
  let left = pick(random, [1, 1, 1, 3, 10]);
  return hinder(world, (machine, { kind }) => {
    if (machine !== victim || !kinds.includes(kind) || left === 0) return;
    left--;
    throw injectedError('EIO', `${kind} on ${machine.label}`);
  });
}

function hinder(world: World, hindrance: Hindrance): () => void {
  world.hindrances.add(hindrance);
  return () => {
    world.hindrances.delete(hindrance);
  };
}
