import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../../src/util/assert.js';
import { addAgain, addMember, freshName, promote, rejoin, removeMember } from '../cluster/membership.js';
import { background } from './effects.js';
import type { Nemesis } from './nemesis.js';
import { anyMember, leaderOrAny } from './targets.js';

/** Members that are removed are started again without data, and added anew: their addresses are those that clients know. */
const grow: Nemesis = {
  name: 'member-grow',
  about: 'two voters are added, and removed again',
  start: async ({ cluster }) => {
    const added = [freshName(cluster)];
    await addMember(cluster, defined(added[0], 'a name'));
    added.push(freshName(cluster));
    await addMember(cluster, defined(added[1], 'a name'));
    return {
      f: 'member',
      value: { added },
      stop: async () => {
        for (const name of added) await removeMember(cluster, name);
        return { added: added.length, removed: added.length };
      },
    };
  },
};

const shrink: Nemesis = {
  name: 'member-shrink',
  about: 'the leader or another member is removed, and added again without its data',
  start: async (context) => {
    const { cluster, random } = context;
    const name = random.next() < 0.5 ? await leaderOrAny(context) : anyMember(context);
    await removeMember(cluster, name);
    return {
      f: 'member',
      value: { removed: [name] },
      stop: async () => {
        await addAgain(cluster, name);
        return { removed: 1, added: 1 };
      },
    };
  },
};

const replace: Nemesis = {
  name: 'member-replace',
  about: 'a member is replaced by a new one, which is replaced by the old one without its data',
  start: async ({ cluster, random }) => {
    const old = anyMember({ cluster, random });
    const added = freshName(cluster);
    await removeMember(cluster, old);
    await addMember(cluster, added);
    return {
      f: 'member',
      value: { removed: [old], added: [added] },
      stop: async () => {
        await removeMember(cluster, added);
        await addAgain(cluster, old);
        return { removed: 2, added: 2 };
      },
    };
  },
};

const learner: Nemesis = {
  name: 'member-learner',
  about: 'learners are added, caught up, promoted and removed, one after the other',
  start: async ({ cluster, signal }) => {
    let promoted = 0;
    const loop = background(signal, async () => {
      const name = freshName(cluster);
      const id = await addMember(cluster, name, true);
      await promote(cluster, name, id);
      promoted += 1;
      await delay(500);
      await removeMember(cluster, name);
    });
    return {
      f: 'member',
      value: { learners: true },
      stop: async () => {
        await loop();
        return { promoted };
      },
    };
  },
};

const wipe: Nemesis = {
  name: 'wipe',
  about: 'a member loses its data directory; it is removed and added again',
  start: async (context) => {
    const { cluster } = context;
    const name = anyMember(context);
    cluster.spoil(name);
    await cluster.kill(name);
    cluster.wipe(name);
    return {
      f: 'wipe',
      value: [name],
      stop: async () => {
        await rejoin(cluster, name);
        return { wiped: 1 };
      },
    };
  },
};

export const MEMBERSHIP: readonly Nemesis[] = [grow, shrink, replace, learner, wipe];
