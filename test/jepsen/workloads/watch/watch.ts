import { defined } from '../../../../src/util/assert.js';
import type { Client } from '../../../../src/client/index.js';
import type { FinishContext, Workload } from '../../run/workload.js';
import { CALL, realSleep, untilOk } from '../common.js';
import type { WorkloadParts } from '../common.js';
import { Watcher } from './watcher.js';
import { WatchedWriter } from './writer.js';

const PREFIXES = ['w/0/', 'w/1/', 'w/2/'];
const WATCHERS = 6;
const WRITERS = 8;
const LAST_WATCH_MS = 2000;
const LAST_WATCHES = 15;

/**
 * Writers of keys under three prefixes, which also compact the history, and two watchers of each prefix. A watcher watches for some
 * time, pauses now and then, and continues after the last revision that it has; if that is compacted, it reads the prefix and
 * watches from there on.
 */
export function watchWorkload({ check, sleep = realSleep }: WorkloadParts): Workload {
  const watchers: Watcher[] = [];
  return {
    name: 'watch',
    about: 'watches of prefixes that resume while the history is compacted',
    concurrency: WATCHERS + WRITERS,
    rate: 350,
    client: (context) => {
      if (context.worker >= WATCHERS) {
        return new WatchedWriter(context, context.connect([context.node], { consistency: 'consistent' }), PREFIXES);
      }
      const prefix = defined(PREFIXES[context.worker % PREFIXES.length], 'a prefix');
      // Half of them stay at their member, the others go to any that answers.
      const client = context.worker < PREFIXES.length ? context.connect([context.node]) : context.connect();
      const watcher = new Watcher({ client, prefix, sleep });
      watchers.push(watcher);
      return { step: () => watcher.step(context) };
    },
    finish: async (context) => {
      const revision = await lastRevision(context.connect());
      await Promise.all(watchers.map((watcher) => catchUp(context, watcher, revision)));
      for (const prefix of PREFIXES) {
        await untilOk(() => new Watcher({ client: context.connect(), prefix, sleep }).snapshot(context));
      }
    },
    check,
  };
}

async function lastRevision(client: Client): Promise<number> {
  const { header } = await client.get('w', { ...CALL, timeoutMs: 5000, consistency: 'consistent' });
  return header.revision;
}

/** Makes a watcher pass a revision. @throws Error if it does not get there */
async function catchUp(context: FinishContext, watcher: Watcher, revision: number): Promise<void> {
  const process = context.fork();
  for (let attempt = 0; attempt < LAST_WATCHES; attempt++) {
    if (watcher.next === undefined) await watcher.snapshot(process);
    else if (watcher.next <= revision) await watcher.watch(process, { ms: LAST_WATCH_MS, until: revision });
    else return;
  }
  throw new Error(`a watcher of ${watcher.prefix} does not get from ${watcher.next} to revision ${revision}`);
}
