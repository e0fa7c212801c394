import { patch, type Mutation } from './mutation.js';
import { leases, leasesUnderDeposed, leasesWithSnapshots } from './profiles.js';

const PRIMARY = 'src/server/lease/primary-lessor.ts';

/** Bugs in leases. */
export const LEASES: readonly Mutation[] = [
  {
    name: 'lease-counted-on-by-the-next-leader',
    story: 'a new leader does not give leases their full time, although its predecessor may have promised it',
    patches: [
      patch(
        PRIMARY,
        'for (const lease of options.leases) this.#begin(lease);',
        'for (const lease of options.leases) this.#begin({ ...lease, ttlSeconds: lease.ttlSeconds / 4 });',
      ),
    ],
    profile: leases,
  },
  {
    name: 'lease-not-renewed',
    story: 'a leader answers a renewal without extending the deadline',
    patches: [patch(PRIMARY, '      this.#deadlines.move(running, this.#fullTime(lease));\n')],
    profile: leases,
  },
  {
    name: 'lease-renewed-by-a-deposed-leader',
    story: 'a leader renews leases without a proof that it still leads (etcd 15247)',
    patches: [
      patch(
        PRIMARY,
        "    this.#prove(asked, () => this.#settle(asked, { kind: 'not-leader' }));\n",
        '    asked.ready();\n',
      ),
    ],
    profile: leasesUnderDeposed,
  },
  {
    name: 'lease-ended-by-a-deposed-leader',
    story: 'an expiry takes effect even if another leader applies it (etcd 15247)',
    patches: [
      patch(
        'src/kv/leases/lease-commands.ts',
        "  if (clampInteger(term) !== entry.term) return kvError('lease-expiry-void');\n",
        '  if (clampInteger(term) > entry.term) throw new RangeError();\n',
      ),
      patch(PRIMARY, '    this.#prove(this.#proof, () => then(false));\n', '    then(this.#leads);\n'),
    ],
    profile: leasesUnderDeposed,
  },
  {
    name: 'keys-outlive-their-lease',
    story: 'a lease ends without deleting its keys',
    patches: [patch('src/kv/leases/lease-commands.ts', '      draft.deleteFound(slot);\n', '      void slot;\n')],
    profile: leases,
  },
  {
    name: 'lease-takes-along-what-it-had-once',
    story: 'a key that was detached from its lease is deleted with it',
    patches: [
      patch(
        'src/kv/commands/draft.ts',
        "    if (before !== 0n) this.#rows.addLeased({ type: 'delete', key: leasedKey(before, userKey) });\n",
        '',
      ),
    ],
    profile: leases,
  },
  {
    name: 'leases-not-taken-from-a-snapshot',
    story: 'a member that installs a snapshot keeps its old leases',
    patches: [
      patch(
        'src/kv/state/stored-state.ts',
        '    this.#tables = tables;\n    this.#current = this',
        '    this.#tables = { ...tables, leases: this.#tables.leases };\n    this.#current = this',
      ),
    ],
    profile: leasesWithSnapshots,
  },
];
