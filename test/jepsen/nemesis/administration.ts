import { setTimeout as delay } from 'node:timers/promises';
import { RaftKvError } from '../../../src/client/index.js';
import { defined } from '../../../src/util/assert.js';
import { within } from '../net/span.js';
import type { Span } from '../net/span.js';
import { background } from './effects.js';
import type { Nemesis, NemesisContext } from './nemesis.js';
import { anyMember, oneOf, shuffled } from './targets.js';

interface Storm {
  readonly f: string;
  readonly about: string;
  readonly pauseMs: Span;
  readonly needs?: Nemesis['needs'];
  readonly exclusive?: Nemesis['exclusive'];
  /** One action. @returns whether it succeeded @throws RaftKvError, which counts as a failure */
  readonly act: (context: NemesisContext) => Promise<boolean>;
}

/** Something that administrators do, again and again. */
const storm = (name: string, { f, about, pauseMs, needs = [], exclusive, act }: Storm): Nemesis => ({
  name,
  about,
  needs,
  ...(exclusive !== undefined && { exclusive }),
  start: async (context) => {
    const { random, signal } = context;
    let done = 0;
    let failed = 0;
    const loop = background(signal, async () => {
      try {
        if (context.cluster.running.length > 0 && (await act(context))) done += 1;
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        failed += 1; // another fault may be at work at the same time
      }
      await delay(within(pauseMs, random));
    });
    return {
      f,
      value: { [name]: true },
      stop: async () => {
        await loop();
        if (failed > 0) context.log(`${name}: ${failed} attempts failed`);
        return { [name]: done };
      },
    };
  },
});

async function moveLeader({ cluster, random }: NemesisContext): Promise<boolean> {
  const leader = await cluster.leader();
  const target = shuffled(cluster.running, random).find((name) => name !== leader);
  if (leader === undefined || target === undefined) return false;
  const id = (await cluster.status(target))?.header.memberId;
  if (id === undefined) return false;
  await cluster.admin(leader).moveLeader(id, { timeoutMs: 2000 });
  return true;
}

async function compact(context: NemesisContext): Promise<boolean> {
  const { cluster, random } = context;
  const name = anyMember(context);
  const status = await cluster.status(name);
  if (status === undefined) return false;
  // Sometimes everything, sometimes all but the newest.
  const revision = Math.max(1, status.header.revision - Math.floor(within([0, 50], random) * random.next()));
  context.record({ f: 'compaction', value: revision, node: name });
  await cluster.admin(name).compact(revision, { physical: random.next() < 0.3, timeoutMs: 3000 });
  return true;
}

async function defragment(context: NemesisContext): Promise<boolean> {
  const { cluster } = context;
  const name = anyMember(context);
  await cluster.admin(name).defragment(cluster.directUrl(name), { timeoutMs: 10_000 });
  return true;
}

const rolling: Nemesis = {
  name: 'rolling-restart',
  about: 'SIGTERM and a new start, one member after the other',
  holdMs: [5000, 9000],
  start: async ({ cluster, signal }) => {
    const loop = background(signal, async (round) => {
      const name = defined(cluster.names[round % cluster.names.length], 'a member');
      if (cluster.running.includes(name)) await cluster.terminate(name);
      await cluster.revive([name]);
      await cluster.someLeader();
    });
    return {
      f: 'rolling-restart',
      value: cluster.names,
      stop: async () => {
        const { rounds } = await loop();
        return { restarts: rounds };
      },
    };
  },
};

/**
 * About once a minute, for a soak: half of the members end cleanly. The first member runs for the whole time: a process that is often
 * started anew would not show that its memory grows.
 */
const restarts: Nemesis = {
  name: 'restarts',
  about:
    'now and then a member, never the first, is killed or stopped, and started again, and the history is compacted',
  pauseMs: [20_000, 60_000],
  holdMs: [1000, 5000],
  start: async (context) => {
    const { cluster, random } = context;
    const [first] = cluster.names;
    const others = cluster.running.filter((each) => each !== first);
    const name = oneOf(others, random);
    const isClean = random.next() < 0.5;
    if (isClean) await cluster.terminate(name);
    else await cluster.kill(name);
    return {
      f: isClean ? 'restart' : 'kill',
      value: [name],
      stop: async () => {
        await cluster.revive([name]);
        await compact(context).catch((error: unknown) => {
          if (!(error instanceof RaftKvError)) throw error; // there may be no leader
        });
        return { restarts: 1 };
      },
    };
  },
};

/** New certificates in place of the old ones; connections are broken, so that they are used. */
async function renewCertificates(context: NemesisContext): Promise<boolean> {
  const { cluster, random } = context;
  const certificates = defined(cluster.certificates, 'certificates');
  const name = anyMember(context);
  await certificates.issue(name);
  await delay(within([0, 100], random));
  for (const other of cluster.names.filter((each) => each !== name)) {
    await cluster.network.cut(name, other, 'reject');
    await cluster.network.restore(name, other);
  }
  return true;
}

export const ADMINISTRATION: readonly Nemesis[] = [
  storm('transfer', {
    f: 'transfer',
    about: 'the leadership is moved to a random member again and again',
    pauseMs: [200, 1000],
    act: moveLeader,
  }),
  storm('compact', {
    f: 'compact',
    about: 'the history is compacted several times a second',
    pauseMs: [50, 400],
    act: compact,
  }),
  storm('defrag', {
    f: 'defrag',
    about: 'members are defragmented again and again',
    pauseMs: [100, 600],
    act: defragment,
  }),
  storm('certificates', {
    f: 'certificates',
    about: 'the certificates of members are replaced while they run',
    pauseMs: [300, 1000],
    // Other networks do not break connections that are open.
    needs: ['tls', 'proxy'],
    exclusive: 'cuts',
    act: renewCertificates,
  }),
  rolling,
  restarts,
];
