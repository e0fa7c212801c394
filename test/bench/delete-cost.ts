import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openLevelHome } from '../../src/engine/level/level-home.js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { encodeCommand, type CommandKind } from '../../src/kv/commands/command.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { KvStore } from '../../src/kv/store.js';
import { silentLogger } from '../../src/util/logger.js';
import { encode } from '../kv/support/fixture.js';

// `node --import tsx test/bench/delete-cost.ts`: one store on LevelDB holds KEYS= keys (100000) with VALUE= bytes (100),
// which one command deletes: MODE=lease, range or txn. Prints the processor time of a key in all threads, the time
// of the event loop, and the longest turn. PREV=1 asks for the deleted values. ROUNDS= repeats it. PROFILE=FILE writes a
// profile of the last round's command.

const KEYS = Number(process.env['KEYS'] || 100_000);
const MODE = process.env['MODE'] || 'lease';
const ROUNDS = Number(process.env['ROUNDS'] || 3);
const VALUE = 'x'.repeat(Number(process.env['VALUE'] || 100));
const PREV = process.env['PREV'] === '1';
const PROFILE = process.env['PROFILE'];
const LEASE = 0x7587_1234_5678_9abcn;
const PUTS = 2000;

const directory = await mkdtemp(join(tmpdir(), 'raftkv-delete-cost-'));
const home = await openLevelHome({ directory, logger: silentLogger });
const store = await KvStore.open({
  home,
  clusterId: 1,
  logger: silentLogger,
  bootstrap: {
    members: [],
    confState: { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
  },
  isWaiting: () => true,
  waiter: () => undefined,
  pause: () => nextTurn(),
});
let index = 0;

try {
  for (let round = 0; round < ROUNDS; round++) {
    if (MODE === 'lease') await apply([encode.leaseGrant(LEASE, 1000)]);
    for (let at = 0; at < KEYS; at += PUTS) {
      const puts = Array.from({ length: Math.min(PUTS, KEYS - at) }, (_, each) =>
        encode.put(
          `k/${String(at + each).padStart(8, '0')}`,
          VALUE,
          MODE === 'lease' ? { lease: wireLeaseId(LEASE) } : {},
        ),
      );
      await apply(puts);
    }
    await store.whenCounted();
    await store.barrier();
    globalThis.gc?.();
    const stop = round === ROUNDS - 1 && PROFILE !== undefined ? await profile(PROFILE) : undefined;
    const begun = performance.now();
    const before = process.cpuUsage();
    const loopBefore = loopMicroseconds();
    const turns = monitorEventLoopDelay({ resolution: 5 });
    turns.enable();
    await apply([command()]);
    turns.disable();
    const loop = loopMicroseconds() - loopBefore;
    const { user, system } = process.cpuUsage(before);
    const tookMs = performance.now() - begun;
    await stop?.();
    const perKey = `${((user + system) / KEYS).toFixed(1)} us a key (${(loop / KEYS).toFixed(1)} on the event loop)`;
    console.log(
      `${MODE} of ${KEYS}: ${perKey}, ${tookMs.toFixed(0)} ms, longest turn ${(turns.max / 1e6).toFixed(1)} ms`,
    );
  }
} finally {
  await store.close();
  await home.close();
  await rm(directory, { recursive: true, force: true });
}

function command(): readonly [CommandKind, Uint8Array] {
  if (MODE === 'lease') return encode.leaseRevoke(LEASE);
  const range = { key: Buffer.from('k/'), rangeEnd: Buffer.from('k0'), prevKv: PREV };
  if (MODE === 'range') return ['deleteRange', etcdserverpb.DeleteRangeRequest.encode(range).finish()];
  return encode.txn({ success: [{ requestDeleteRange: range }] });
}

async function apply(commands: readonly (readonly [CommandKind, Uint8Array])[]): Promise<void> {
  const entries = commands.map(([kind, request]) => {
    index++;
    const origin = { member: 1, boot: 1, sequence: index };
    return { term: 1, index, type: 'normal' as const, data: encodeCommand({ origin, kind, request }) };
  });
  await store.apply(entries);
}

/** Time so far in which the event loop was active. */
function loopMicroseconds(): number {
  return performance.eventLoopUtilization().active * 1000;
}

async function profile(file: string): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return async () => {
    const { profile: found } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(found));
    session.disconnect();
  };
}
