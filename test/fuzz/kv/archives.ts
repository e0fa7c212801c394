import { MemoryHome } from '../../../src/engine/memory/memory-home.js';
import { roleRow, userRow } from '../../../src/kv/auth/auth-rows.js';
import { historyRow } from '../../../src/kv/format/history-row.js';
import { encodeKeyValue } from '../../../src/kv/format/key-value.js';
import { alarmKey, currentKey } from '../../../src/kv/format/layout.js';
import { confStateRow, memberRow } from '../../../src/kv/membership/members.js';
import { archiveOf } from '../../../src/kv/snapshot/archive.js';
import { readArchive } from '../../../src/kv/snapshot/archive-reader.js';
import { FrameKind, makeFrame, START } from '../../../src/kv/snapshot/frames.js';
import { encodeHeader, encodeTrailer } from '../../../src/kv/snapshot/header.js';
import { importSnapshot, summarize } from '../../../src/kv/snapshot/import.js';
import { readRows, rowBytes, writeRows } from '../../../src/kv/snapshot/rows.js';
import { StagedSnapshot } from '../../../src/kv/snapshot/sink.js';
import type { EngineOperation, EngineRow } from '../../../src/ports/engine.js';
import { SnapshotDamageError, type SnapshotSource } from '../../../src/ports/snapshot.js';
import { AssertionError } from '../../../src/util/assert.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, inPieces, randomBytesOf, randomSize } from '../pick.js';

const CLUSTER_ID = 77;
const META = { appliedIndex: 9, appliedTerm: 2, revision: 8, compactedRevision: 1 };
const CONF = { voters: [1, 2], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const MEMBERS = [1, 2].map((id) => ({
  id,
  name: `m${id}`,
  peerUrls: [`http://m${id}`],
  clientUrls: [],
  isLearner: false,
}));

function randomRow(random: Random, at: number): EngineRow {
  const key = Buffer.from(`k${at}`);
  const modRevision = randomInteger(random, 2, 9);
  const keyValue = encodeKeyValue({
    key,
    createRevision: 2,
    modRevision,
    version: 1,
    value: randomBytesOf(random, randomSize(random, 60)),
    lease: chance(random, 0.2) ? 5n : 0n,
  });
  if (chance(random, 0.3)) return historyRow(key, { end: modRevision + 1, keyValue });
  return { key: currentKey(key), value: keyValue };
}

/** The rows of a state, in the order of their keys. */
function randomRows(random: Random): EngineRow[] {
  const permission = { type: 2, key: Buffer.from('a'), rangeEnd: Buffer.from('b') };
  const operations: EngineOperation[] = [...MEMBERS.map(memberRow), confStateRow(CONF)];
  if (chance(random, 0.5))
    operations.push(
      userRow({ name: 'u', passwordHash: 'x', noPassword: false, roles: ['r'] }),
      roleRow({ name: 'r', permissions: [permission] }),
    );
  const rows = operations.flatMap((row) => (row.type === 'put' ? [{ key: row.key, value: row.value }] : []));
  if (chance(random, 0.3)) rows.push({ key: alarmKey(1, 1), value: Buffer.from([1]) });
  for (let count = randomInteger(random, 0, 12); count > 0; count -= 1) rows.push(randomRow(random, count));
  return [...new Map(rows.map((row) => [Buffer.from(row.key).toString('latin1'), row])).values()].sort((left, right) =>
    Buffer.compare(left.key, right.key),
  );
}

const HEADER = Buffer.from(encodeHeader({ clusterId: CLUSTER_ID, meta: META, confState: CONF }));

/** @param bodies of the frames with rows */
function framesOf(
  bodies: readonly Buffer[],
  { head, trailer }: { readonly head: Uint8Array; readonly trailer: Uint8Array },
): Buffer[] {
  let { frame, position } = makeFrame(FrameKind.header, head, START);
  const frames = [frame];
  for (const body of bodies) {
    ({ frame, position } = makeFrame(FrameKind.rows, body, position));
    frames.push(frame);
  }
  return [...frames, makeFrame(FrameKind.trailer, trailer, position).frame];
}

interface Snapshot {
  readonly rows: readonly EngineRow[];
  readonly bodies: readonly Buffer[];
  readonly frames: readonly Buffer[];
}

function randomSnapshot(random: Random): Snapshot {
  const rows = randomRows(random);
  const bodies: Buffer[] = [];
  for (let at = 0; at < rows.length;) {
    const group = rows.slice(at, at + randomInteger(random, 1, 8));
    at += group.length;
    const body = Buffer.alloc(group.reduce((sum, row) => sum + rowBytes(row), 0));
    writeRows(body, 0, group);
    bodies.push(body);
  }
  return { rows, bodies, frames: framesOf(bodies, { head: HEADER, trailer: encodeTrailer(countOf(rows)) }) };
}

function countOf(rows: readonly EngineRow[]): { readonly rows: number; readonly rowBytes: number } {
  return { rows: rows.length, rowBytes: rows.reduce((sum, { key, value }) => sum + key.length + value.length, 0) };
}

async function archiveBytes(frames: readonly Buffer[]): Promise<Buffer> {
  const source = {
    // eslint-disable-next-line @typescript-eslint/require-await
    async *frames() {
      yield* frames;
    },
  } as unknown as SnapshotSource;
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of archiveOf(source, () => Promise.resolve(1_000))) pieces.push(Uint8Array.from(bytes));
  return Buffer.concat(pieces);
}

/** The rows of an archive; the text of the error if it is refused. */
async function readAll(pieces: readonly Buffer[], checkDigest: boolean): Promise<EngineRow[] | string> {
  const rows: EngineRow[] = [];
  try {
    // eslint-disable-next-line @typescript-eslint/require-await
    const input = (async function* () {
      yield* pieces;
    })();
    for await (const part of readArchive(input, { checkDigest })) if (part.kind === 'rows') rows.push(...part.rows);
    return rows;
  } catch (error) {
    check(error instanceof SnapshotDamageError, String(error));
    return String(error);
  }
}

function textOf(rows: readonly EngineRow[]): string {
  return rows
    .map(({ key, value }) => `${Buffer.from(key).toString('latin1')}=${Buffer.from(value).toString('latin1')}`)
    .join('\n');
}

const ARCHIVES = 10;

/** A changed snapshot file is refused. Without the check of its end, one whose content is changed is refused all the same. */
export async function snapshotArchives(trial: Trial): Promise<void> {
  const { random } = trial;
  const { rows, frames } = randomSnapshot(random);
  const valid = await archiveBytes(frames);
  const wanted = textOf(rows);
  for (let count = 0; count < ARCHIVES; count += 1) {
    const bytes = chance(random, 0.05)
      ? valid
      : chance(random, 0.5)
        ? mutated(random, valid, frames)
        : await archiveBytes(reordered(random, frames));
    await trial.feedSlowly(bytes, async (content) => {
      const pieces = [...inPieces(random, content)];
      const seen = await readAll(pieces, true);
      if (content.equals(valid)) check(typeof seen !== 'string', 'an intact file is refused');
      else check(typeof seen === 'string', 'a changed file is accepted');
      const unchecked = await readAll([content], false);
      check(typeof unchecked === 'string' || textOf(unchecked) === wanted, 'other rows are accepted');
    });
  }
}

/** Whole frames in another order, some missing or twice. */
function reordered(random: Random, frames: readonly Buffer[]): Buffer[] {
  const changed = [...frames];
  const [from, to] = [randomInteger(random, 0, frames.length), randomInteger(random, 0, frames.length)];
  const [frame] = changed.splice(from, 1);
  if (frame !== undefined && chance(random, 0.7))
    changed.splice(to, 0, ...(chance(random, 0.3) ? [frame, frame] : [frame]));
  if (chance(random, 0.3)) changed.push(...frames);
  return changed;
}

const FORGED = 10;

/**
 * Snapshots with digests that hold and content that no member writes: rows are read as they are written, and an import or a
 * member that receives them refuses what it cannot use with the error of a damaged snapshot.
 */
export async function snapshotContents(trial: Trial): Promise<void> {
  const { random } = trial;
  const { bodies, rows } = randomSnapshot(random);
  for (let count = 0; count < FORGED; count += 1) {
    const changed = [...bodies];
    const at = randomInteger(random, 0, bodies.length);
    const isHead = chance(random, 0.2);
    if (!isHead) changed[at] = mutated(random, bodies[at] ?? Buffer.alloc(0), bodies);
    const head = isHead ? mutated(random, HEADER) : HEADER;
    const trailer = chance(random, 0.05) ? mutated(random, Buffer.from(encodeTrailer(countOf(rows)))) : undefined;
    const forged = Buffer.concat([changed[at] ?? Buffer.alloc(0)]);
    await trial.feedSlowly(forged, async () => {
      const parsed = changed.map(rowsIn);
      const all = parsed.includes(undefined) ? rows : parsed.flatMap((found) => found ?? []);
      const frames = framesOf(changed, { head, trailer: trailer ?? encodeTrailer(countOf(all)) });
      const isKnown = !isHead && trailer === undefined;
      await checkImport(await archiveBytes(frames), isKnown && !parsed.includes(undefined) ? all : undefined, isKnown);
      await checkSink(frames);
    });
  }
}

/** Undefined for a body that rows do not fill. */
function rowsIn(body: Buffer): EngineRow[] | undefined {
  try {
    return [...readRows(body)];
  } catch (error) {
    check(error instanceof SnapshotDamageError, String(error));
    return undefined;
  }
}

async function checkImport(archive: Buffer, rows: readonly EngineRow[] | undefined, isKnown: boolean): Promise<void> {
  const seen = await readAll([archive], true);
  if (isKnown)
    check((typeof seen === 'string') === (rows === undefined), `rows: ${typeof seen === 'string' ? seen : 'accepted'}`);
  if (rows !== undefined && typeof seen !== 'string') check(textOf(seen) === textOf(rows), 'other rows');
  const { engine } = new MemoryHome();
  // eslint-disable-next-line @typescript-eslint/require-await
  const input = async function* (): AsyncGenerator<Buffer> {
    yield archive;
  };
  await orDamaged(() =>
    importSnapshot(readArchive(input(), { checkDigest: true }), engine, { members: MEMBERS, bumpRevision: 0 }),
  );
  await orDamaged(() => summarize(readArchive(input(), { checkDigest: true })));
}

/** As a member receives a snapshot. */
async function checkSink(frames: readonly Buffer[]): Promise<void> {
  const sink = new StagedSnapshot({ home: new MemoryHome(), clusterId: CLUSTER_ID });
  await orDamaged(async () => {
    for (const frame of frames) await sink.take(frame);
    check(sink.complete !== undefined, 'a whole snapshot is not complete');
  });
}

async function orDamaged(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    check(error instanceof SnapshotDamageError && !(error.cause instanceof AssertionError), String(error));
  }
}

/** Single frames, changed or in the wrong place, as a peer may send them: none is taken but the next one. */
export async function snapshotFrames(trial: Trial): Promise<void> {
  const { random } = trial;
  const { frames } = randomSnapshot(random);
  const sink = new StagedSnapshot({ home: new MemoryHome(), clusterId: CLUSTER_ID });
  let taken = 0;
  for (let count = 0; count < 3 * frames.length; count += 1) {
    const next = frames[taken] ?? Buffer.alloc(0);
    const frame = chance(random, 0.3)
      ? next
      : chance(random, 0.3)
        ? (frames[randomInteger(random, 1, frames.length)] ?? next)
        : mutated(random, next, frames);
    await trial.feedSlowly(frame, async (bytes) => {
      const isNext = taken < frames.length && bytes.equals(next);
      const before = sink.position.next;
      try {
        await sink.take(bytes);
        check(isNext || bytes.equals(frames[0] ?? next), 'another frame is taken');
        taken = sink.position.next;
      } catch (error) {
        check(error instanceof SnapshotDamageError && !isNext, String(error));
        // One that claims to be the first begins the snapshot anew, even if it is damaged.
        check(sink.position.next === before || sink.position.next === 0, 'a refused frame moves the position');
        taken = sink.position.next;
      }
    });
  }
}
