import { patiently } from '../cluster/patience.js';
import { within } from '../net/span.js';
import type { Fault, Nemesis, NemesisContext } from './nemesis.js';
import { anyMember, leaderOrAny } from './targets.js';
import { SYNCS, Tracer } from './tracer.js';

/** Size of each member's file system: some segments of the log, and the engine. */
const DISK_BYTES = 64 * 1024 * 1024;
/** Size of a file system that loses power: its journal, some segments of the log, and the engine. */
const LOSING_BYTES = 512 * 1024 * 1024;
/** Time in which a member must have ended after a failed write or sync, in ms. */
const STOP_MS_MAX = 10_000;

/** A full disk is found when the log needs its next segment, so segments are small. */
const full: Nemesis = {
  name: 'disk-full',
  about: 'the file system of a member is full; the member stops, and is started when there is space again',
  needs: ['root', 'raftkv'],
  exclusive: 'file systems',
  members: { disk: { kind: 'small', bytes: DISK_BYTES }, flags: ['--wal-segment-bytes=65536'] },
  holdMs: [5000, 9000],
  start: async (context) => {
    const { cluster } = context;
    const name = context.random.next() < 0.5 ? await leaderOrAny(context) : anyMember(context);
    const disk = cluster.smallDisk(name);
    cluster.excuse(name, 'its disk was full');
    const filledBytes = disk.fill();
    return {
      f: 'disk-full',
      value: { node: name, filledBytes },
      stop: async () => {
        const isFull = (await disk.freeBytes()) === 0;
        disk.free();
        const stopped = cluster.stateOf(name) === 'down' ? 1 : 0;
        await cluster.revive([name]);
        context.log(`disk-full: ${name} ${stopped === 1 ? 'had stopped' : 'needed no space'}`);
        return { full: isFull || stopped === 1 ? 1 : 0, stopped };
      },
    };
  },
};

const slow: Nemesis = {
  name: 'disk-slow',
  about: 'each write and sync of one member takes tens to hundreds of ms',
  needs: ['strace'],
  exclusive: 'tracing',
  start: async (context) => {
    const { cluster, random } = context;
    const name = random.next() < 0.5 ? await leaderOrAny(context) : anyMember(context);
    const delayMs = Math.round(within([20, 300], random));
    const tracer = await Tracer.attach(cluster.pid(name), SYNCS, `delay_enter=${delayMs * 1000}`);
    return {
      f: 'disk-slow',
      value: { node: name, delayMs },
      stop: async () => {
        await tracer.detach();
        return { delayed: tracer.injected };
      },
    };
  },
};

const failing: Nemesis = {
  name: 'disk-error',
  about: 'a write or sync of one member fails with EIO; the member stops, and is started again',
  needs: ['strace', 'raftkv'],
  exclusive: 'tracing',
  start: async (context) => {
    const { cluster, random } = context;
    const name = random.next() < 0.5 ? await leaderOrAny(context) : anyMember(context);
    cluster.excuse(name, 'its disk failed');
    const first = Math.floor(within([1, 20], random));
    const tracer = await Tracer.attach(cluster.pid(name), SYNCS, `error=EIO:when=${first}`);
    return { f: 'disk-error', value: { node: name, call: first }, stop: () => restarted(context, name, tracer) };
  },
};

/** After one failed write or sync a member must stop: the next one could succeed although data are lost. */
async function restarted({ cluster }: NemesisContext, name: string, tracer: Tracer): ReturnType<Fault['stop']> {
  const { injected } = tracer;
  if (injected > 0) {
    const stopped = async (): Promise<true | undefined> => cluster.stateOf(name) === 'down' || undefined;
    await patiently(`${name} to stop after a failed write or sync`, STOP_MS_MAX, stopped);
  }
  await tracer.detach();
  await cluster.revive([name]);
  return { failed: injected };
}

/** kill -9 alone loses nothing: the kernel keeps what was written. */
const powerLoss: Nemesis = {
  name: 'power-loss',
  about: 'all members, or one, are killed and lose what they did not sync',
  needs: ['root', 'raftkv'],
  exclusive: 'file systems',
  members: { disk: { kind: 'losing', bytes: LOSING_BYTES }, flags: ['--wal-segment-bytes=4194304'] },
  start: async (context) => {
    const { cluster, random } = context;
    const targets = random.next() < 0.6 ? [...cluster.running] : [anyMember(context)];
    for (const name of targets) cluster.spoil(name);
    for (const name of targets) cluster.losingDisk(name).losePower();
    await cluster.kill(...targets);
    for (const name of targets) {
      cluster.losingDisk(name).comeBack();
      cluster.unspoil(name);
    }
    return {
      f: 'power-loss',
      value: targets,
      stop: async () => {
        await cluster.revive(targets);
        return { powerLost: targets.length };
      },
    };
  },
};

export const DISKS: readonly Nemesis[] = [full, slow, failing, powerLoss];
