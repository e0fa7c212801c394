import { patch } from '../../sim/mutations/mutation.js';
import type { Defect } from './defect.js';

/** Bugs of the kinds that fault tests exist for, each with the workload that is meant for it. */
export const DEFECTS: readonly Defect[] = [
  {
    name: 'leader-reads-without-a-round',
    story: 'a leader answers consistent reads without asking a quorum whether it still leads (etcd 741)',
    patches: [
      patch(
        'src/node/node.ts',
        "    if (level === 'default' && authority.leadsForCertain) {\n",
        "    if (raw.role === 'leader') {\n",
      ),
    ],
    run: { workload: 'register', nemesis: 'pause-leader', seconds: 40, checkers: ['linearizability'] },
  },
  {
    name: 'answer-before-sync',
    story: 'the log keeps what it appends in memory for half a second, and acknowledges it at once; a kill loses it',
    patches: [
      patch(
        'src/wal/node-file.ts',
        '  #direct: DirectAppends | undefined;\n\n  constructor',
        `  #direct: DirectAppends | undefined;
  #late: { offset: number; data: Buffer }[] = [];

  #append(offset: number, data: Uint8Array): void {
    if (this.#late.length === 0) setTimeout(() => this.#open(), 500);
    this.#late.push({ offset, data: Buffer.from(data) });
  }

  constructor`,
      ),
      patch(
        'src/wal/node-file.ts',
        `    const direct = this.#directFor(offset, data);
    if (direct !== undefined && (await this.#with(() => direct.append(offset, data)))) return;
    await this.writeThrough(offset, data);
`,
        '    this.#append(offset, data);\n',
      ),
      patch(
        'src/wal/node-file.ts',
        `    if (this.#directFor(offset, data)?.appendSync(offset, data) === true) return;
    this.#direct?.forget();
`,
        '    if (offset >= 0) return this.#append(offset, data);\n',
      ),
      patch(
        'src/wal/node-file.ts',
        '    this.#options.openFiles.use(this);\n    return this.#descriptor;\n',
        `    this.#options.openFiles.use(this);
    for (const { offset, data } of this.#late.splice(0)) fs.writeSync(this.#descriptor, data, 0, data.length, offset);
    return this.#descriptor;
`,
      ),
    ],
    run: { workload: 'set', nemesis: 'kill-all', seconds: 30, checkers: ['set'] },
  },
  {
    name: 'watch-skips-events',
    story: 'events that were written while a page of the change log was read are lost (etcd 18089)',
    patches: [patch('src/kv/watch/catch-up.ts', '      this.#deliver(watchers, made.value);\n', '')],
    run: { workload: 'watch', nemesis: 'kill-one', seconds: 30, checkers: ['watch'] },
  },
  {
    name: 'lease-ends-early',
    story: 'a new leader gives leases a quarter of their time, although its predecessor may have promised all of it',
    patches: [
      patch(
        'src/server/lease/primary-lessor.ts',
        'for (const lease of options.leases) this.#begin(lease);',
        'for (const lease of options.leases) this.#begin({ ...lease, ttlSeconds: lease.ttlSeconds / 4 });',
      ),
    ],
    run: { workload: 'lease', nemesis: 'kill-leader', seconds: 40, checkers: ['lease'] },
  },
  {
    name: 'member-change-lost',
    story: 'a change of the members is acknowledged and takes effect, and a restart forgets it: its row is not stored',
    patches: [
      patch(
        'src/kv/membership/conf-entry.ts',
        'const rows = [configuration, ...rowsOf(found.change, changed)];',
        'void rowsOf;\n  const rows = [configuration];',
      ),
    ],
    // Without a table in front of the engine, a restart takes the members from the rows, and not from the log.
    run: {
      workload: 'register',
      nemesis: 'member-learner+kill-one',
      seconds: 50,
      checkers: ['members', 'processes'],
      failure: /in vain for the (addition|promotion|removal) of n\d+/,
      flags: ['--engine-table-bytes=0'],
    },
  },
  {
    name: 'permission-not-checked-again',
    story: 'a member goes on with the rights of a user that it looked up, for two seconds',
    patches: [
      patch(
        'src/server/requests/access.ts',
        'const ALL_REFUSALS: ReadonlySet<Status>',
        'const KEPT = new Map();\nconst ALL_REFUSALS: ReadonlySet<Status>',
      ),
      patch(
        'src/server/requests/access.ts',
        '    return auth.rightsOf(found.name) ?? REFUSALS.unknownUser;\n',
        `    const kept = KEPT.get(found.name);
    if (kept !== undefined && performance.now() < kept.untilMs) return kept.rights;
    const rights = auth.rightsOf(found.name) ?? REFUSALS.unknownUser;
    KEPT.set(found.name, { rights, untilMs: performance.now() + 2000 });
    return rights;
`,
      ),
    ],
    run: { workload: 'permissions', nemesis: 'kill-leader', seconds: 30, auth: true, checkers: ['permissions'] },
  },
];
