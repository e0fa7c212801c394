import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isZero } from '../../util/bytes.js';
import type { Logger } from '../../util/logger.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { EngineOpenError } from '../errors.js';
import { syncFolder } from '../home/generations.js';
import { BLOCK_BYTES, HEADER_BYTES, soundFragment } from './log-format.js';
import { readEdit } from './version-edit.js';
import type { VersionEdit } from './version-edit.js';

/*
 * LevelDB lists its tables in a manifest, which CURRENT names. It syncs folder and manifest after each record, before
 * it removes files that the record makes obsolete. The states that a loss of power can still leave are repaired here,
 * before LevelDB opens.
 */

/** Bytes that a disk writes atomically. */
const SECTOR_BYTES = 512;

/**
 * Truncates an unsynced end of the manifest.
 * @throws EngineOpenError if a synced record is damaged. LevelDB would skip one with a zero header, open at an older
 * state, and remove the tables that this state does not know
 */
export async function repairManifest(folder: string, logger: Logger): Promise<void> {
  const path = join(folder, await findManifest(folder, logger));
  const manifest = await readFile(path);
  const { end, stop } = soundPart(manifest);
  if (end === manifest.length && end > 0) return;
  if (!isTornTail(manifest, end, stop)) throw damaged(`${path} is damaged at byte ${end}, where it was synced`);
  logger.warn('cut the unsynced end off the manifest of the engine', {
    path,
    lengthBefore: manifest.length,
    length: end,
  });
  const file = await open(path, 'r+');
  try {
    await file.truncate(end);
    await file.sync();
  } finally {
    await file.close();
  }
}

function damaged(what: string): EngineOpenError {
  return new EngineOpenError('damaged', `${what}; ${REBUILD_ADVICE}`);
}

/**
 * The manifest that CURRENT names. LevelDB renames CURRENT and removes the old manifest without a sync in between, so a
 * crash may keep only the removal. The new manifest was synced before and is complete.
 */
async function findManifest(folder: string, logger: Logger): Promise<string> {
  const named = (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd();
  if (!/^MANIFEST-\d+$/.test(named)) throw damaged(`${join(folder, 'CURRENT')} names no manifest`);
  const present = (await readdir(folder)).filter((name) => /^MANIFEST-\d+$/.test(name));
  if (present.includes(named)) return named;
  const [only, ...others] = present;
  if (only === undefined || others.length > 0 || numberOf(only) < numberOf(named)) {
    throw damaged(`${join(folder, named)} is gone`);
  }
  logger.warn('the engine points to a manifest that is gone; took its successor', { named, successor: only });
  const temporary = join(folder, 'CURRENT.tmp');
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${only}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, 'CURRENT'));
  await syncFolder(folder);
  return only;
}

/**
 * Reads the manifest of a database that is not open, and changes nothing.
 * @returns its records, without an unsynced end
 * @throws EngineOpenError if there is none, or a synced record is damaged
 */
export async function readManifest(folder: string): Promise<readonly VersionEdit[]> {
  const named = (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd();
  const present = (await readdir(folder)).filter((name) => /^MANIFEST-\d+$/.test(name));
  const [only, ...others] = present;
  // As in findManifest: a crash may leave a pointer to the predecessor of the only manifest.
  const name = present.includes(named) ? named : others.length === 0 ? only : undefined;
  if (name === undefined || numberOf(name) < numberOf(named)) throw damaged(`${join(folder, named)} is missing`);
  const path = join(folder, name);
  const manifest = await readFile(path);
  const { end, stop } = soundPart(manifest);
  if (end === 0 || (end < manifest.length && !isTornTail(manifest, end, stop))) {
    throw damaged(`${path} is damaged at byte ${end}, where it was synced`);
  }
  return records(manifest.subarray(0, end)).map(readEdit);
}

/** The records of a manifest without damage, each joined from its fragments. */
function records(manifest: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let start = 0; start < manifest.length;) {
    const leftInBlock = BLOCK_BYTES - (start % BLOCK_BYTES);
    const fragment = leftInBlock < HEADER_BYTES ? undefined : soundFragment(manifest, start, leftInBlock);
    if (fragment === undefined) {
      start += leftInBlock;
      continue;
    }
    parts.push(manifest.subarray(start + HEADER_BYTES, start + fragment.bytes));
    start += fragment.bytes;
    if (!fragment.endsRecord) continue;
    found.push(Buffer.concat(parts));
    parts = [];
  }
  return found;
}

const numberOf = (name: string): number => Number(name.slice('MANIFEST-'.length));

/** The end of the last sound record, and the start of the first damaged fragment in the next one. */
function soundPart(manifest: Buffer): { end: number; stop: number } {
  let start = 0;
  let record = 0;
  while (start < manifest.length) {
    const leftInBlock = BLOCK_BYTES - (start % BLOCK_BYTES);
    if (leftInBlock < HEADER_BYTES) {
      start += leftInBlock;
      continue;
    }
    const fragment = soundFragment(manifest, start, leftInBlock);
    if (fragment === undefined) break;
    start += fragment.bytes;
    if (fragment.endsRecord) record = start;
  }
  return { end: record, stop: start };
}

/**
 * Whether the bytes from `end` on are the one record whose sync had not returned: it ends early, or sectors are
 * missing. Truncating other damage would remove synced data.
 */
function isTornTail(manifest: Buffer, end: number, stop: number): boolean {
  if (end === 0 || anotherRecordBegins(manifest, end + 1)) return false;
  if (endsEarly(manifest, stop)) return true;
  for (let sector = end - (end % SECTOR_BYTES); sector < manifest.length; sector += SECTOR_BYTES) {
    const from = Math.max(sector, end);
    const to = Math.min(sector + SECTOR_BYTES, manifest.length);
    if (isZero(manifest.subarray(from, to))) return true;
  }
  return false;
}

function endsEarly(manifest: Buffer, start: number): boolean {
  const left = manifest.length - start;
  return left < HEADER_BYTES || left < HEADER_BYTES + manifest.readUInt16LE(start + 4);
}

function anotherRecordBegins(manifest: Buffer, from: number): boolean {
  for (let start = from; start < manifest.length; start++) {
    const leftInBlock = BLOCK_BYTES - (start % BLOCK_BYTES);
    if (soundFragment(manifest, start, leftInBlock)?.beginsRecord === true) return true;
  }
  return false;
}
