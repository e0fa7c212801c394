import { randomInteger, type Random } from '../../src/util/random.js';
import type { Fault } from './fault.js';
import type { Machine } from './machine.js';
import type { FaultKind } from './options.js';
import type { Hindrance, World } from './world.js';

type ProcessFault =
  'kill' | 'kill-leader' | 'power-loss' | 'power-loss-all' | 'crash-inside' | 'pause' | 'pause-leader';

const alive = (machine: Machine): boolean => !machine.dead;
const running = (machine: Machine): boolean => machine.running;

export const processFaults: Readonly<Record<ProcessFault & FaultKind, Fault>> = {
  kill: (world, random) => crash(world.someMachine(random, alive), 'kill'),
  'kill-leader': (world) => crash(world.leader, 'kill'),
  'power-loss': (world, random) => crash(world.someMachine(random, alive), 'power'),
  'power-loss-all': (world) => {
    for (const machine of world.machines) machine.crash('power');
    return () => undefined;
  },
  'crash-inside': (world, random) => crashInside(world, random),
  pause: (world, random) => pause(world.someMachine(random, running)),
  'pause-leader': (world) => pause(world.leader),
};

function crash(machine: Machine | undefined, how: 'kill' | 'power'): (() => void) | undefined {
  if (machine === undefined) return undefined;
  machine.crash(how);
  return () => undefined;
}

/** Crashes a machine in the middle of an operation of its disk or engine, where no other event can happen. */
function crashInside(world: World, random: Random): (() => void) | undefined {
  const victim = world.someMachine(random, alive);
  if (victim === undefined) return undefined;
  const how = random.next() < 0.5 ? 'kill' : 'power';
  let left = randomInteger(random, 1, 40);
  const hindrance: Hindrance = (machine, { kind }) => {
    if (machine !== victim || --left > 0) return;
    world.hindrances.delete(hindrance);
    world.trace.line(machine, `crashes before a ${kind}`);
    machine.crash(how);
  };
  world.hindrances.add(hindrance);
  return () => {
    world.hindrances.delete(hindrance);
  };
}

/** SIGSTOP, and SIGCONT if its process is still the same. */
function pause(machine: Machine | undefined): (() => void) | undefined {
  if (machine === undefined || !machine.running) return undefined;
  const { clock } = machine.member;
  machine.member.pause();
  return () => {
    if (machine.member.isTimedBy(clock)) clock.resume();
  };
}
