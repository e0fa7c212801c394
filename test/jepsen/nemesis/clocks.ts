import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.js';
import type { MemberPlace } from '../cluster/member-settings.js';
import { within } from '../net/span.js';
import { background } from './effects.js';
import { faketimeLibrary } from './needs.js';
import type { Nemesis } from './nemesis.js';
import { anyMember } from './targets.js';

// libfaketime answers a process's questions for the time. The clock of the machine is left alone.

const SHARED = '/dev/shm';
const OFFSET_FILE = 'clock-offset';
const RATE_FILE = 'clock-rate';
/** Rates of fast and slow clocks. They differ by less than the tenth that default reads and leases bear. */
const RATES = [0.96, 1.04] as const;
const JUMP_S_MAX = 4000;

const preload = (): Record<string, string> => {
  const library = faketimeLibrary();
  return library === undefined ? {} : { LD_PRELOAD: library };
};

/** libfaketime shares memory between processes, and leaves it behind if its process is killed. */
function removeLeftovers(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(join(SHARED, name), { force: true });
}

/** Whether a process has loaded the library, without which nothing would happen. */
function isFaked(cluster: Cluster, name: string): boolean {
  return readFileSync(join('/proc', String(cluster.pid(name)), 'maps'), 'latin1').includes('libfaketime');
}

function setOffset(cluster: Cluster, name: string, seconds: number): void {
  const path = join(cluster.folder, name, OFFSET_FILE);
  writeFileSync(`${path}.new`, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
  renameSync(`${path}.new`, path); // a half-written file must not be read
}

const jumps: Nemesis = {
  name: 'clock-jump',
  about: 'the wall clocks of members jump by up to an hour, forwards and backwards',
  needs: ['raftkv', 'faketime'],
  exclusive: 'clocks',
  members: {
    removeLeftovers,
    variables: ({ folder }: MemberPlace) => {
      const file = join(folder, OFFSET_FILE);
      if (!existsSync(file)) writeFileSync(file, '+0\n');
      return {
        ...preload(),
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        // A monotonic clock never jumps.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
    },
  },
  start: async (context) => {
    const { cluster, random, signal } = context;
    let jumped = 0;
    const loop = background(signal, async () => {
      if (cluster.running.length > 0) {
        const name = anyMember(context);
        // Small jumps are as frequent as large ones.
        const size = JUMP_S_MAX ** random.next() / 10;
        setOffset(cluster, name, Number((random.next() < 0.5 ? size : -size).toFixed(3)));
        if (isFaked(cluster, name)) jumped += 1;
      }
      await delay(within([100, 800], random));
    });
    return {
      f: 'clock-jump',
      value: cluster.names,
      stop: async () => {
        await loop();
        for (const name of cluster.names) setOffset(cluster, name, 0);
        return { jumped };
      },
    };
  },
};

/** The rate of a clock is fixed at the start of a process, so members are restarted, one after the other. */
const drift: Nemesis = {
  name: 'clock-drift',
  about: 'all clocks of some members run 4 % too fast or too slow',
  needs: ['raftkv', 'faketime'],
  exclusive: 'clocks',
  members: {
    removeLeftovers,
    variables: ({ folder }: MemberPlace) => {
      const file = join(folder, RATE_FILE);
      if (!existsSync(file)) return {};
      return { ...preload(), FAKETIME: `+0 x${readFileSync(file, 'utf8')}`, FAKETIME_NO_CACHE: '1' };
    },
  },
  holdMs: [6000, 10_000],
  start: async ({ cluster, random }) => {
    const rates: Record<string, number> = {};
    let drifted = 0;
    for (const name of cluster.names) {
      if (random.next() < 1 / 3) continue;
      const rate = random.next() < 0.5 ? RATES[0] : RATES[1];
      rates[name] = rate;
      writeFileSync(join(cluster.folder, name, RATE_FILE), String(rate));
      await restart(cluster, name);
      if (isFaked(cluster, name)) drifted += 1;
    }
    return {
      f: 'clock-drift',
      value: rates,
      stop: async () => {
        for (const name of Object.keys(rates)) {
          rmSync(join(cluster.folder, name, RATE_FILE));
          await restart(cluster, name);
        }
        return { drifted };
      },
    };
  },
};

async function restart(cluster: Cluster, name: string): Promise<void> {
  if (cluster.stateOf(name) === 'up') await cluster.terminate(name);
  await cluster.revive([name]);
  await cluster.someLeader();
}

export const CLOCKS: readonly Nemesis[] = [jumps, drift];
