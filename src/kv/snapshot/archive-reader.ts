import { createHash } from 'node:crypto';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { asBuffer, EMPTY, equalBytes } from '../../util/bytes.js';
import { frameBytesOf, HEAD_BYTES, MAGIC, paddingOf } from './archive.js';
import { DIGEST_BYTES } from './frames.js';
import { SnapshotReader, type SnapshotPart } from './reader.js';

/**
 * Reads the frames of an archive, whatever the pieces it comes in. Only at its end is the archive known to be whole: if
 * reading fails, the results so far must be discarded.
 * @param options.checkDigest false to ignore everything after the last frame
 * @throws SnapshotDamageError if the archive is truncated or altered
 */
export async function* readArchive(
  pieces: AsyncIterable<Uint8Array>,
  { checkDigest }: { readonly checkDigest: boolean },
): AsyncGenerator<SnapshotPart, void, undefined> {
  const input = new Input(pieces);
  const reader = new SnapshotReader();
  try {
    if (!equalBytes(await input.take(MAGIC.length), MAGIC)) {
      throw new SnapshotDamageError('this is no snapshot of raftkv; those of etcd cannot be read');
    }
    for (;;) {
      const headOffset = input.offset;
      const frameBytes = frameBytesOf(await input.take(HEAD_BYTES));
      if (frameBytes === undefined) throw new SnapshotDamageError(`the snapshot is damaged at byte ${headOffset}`);
      if (frameBytes === 0) break;
      const frame = await input.take(frameBytes);
      // A receiver accepts a first frame at any time; an archive has one.
      if (reader.ended) throw new SnapshotDamageError('a frame behind the last of the snapshot');
      const part = reader.read(frame);
      if (part.kind === 'header' && headOffset !== MAGIC.length)
        throw new SnapshotDamageError('the snapshot has two beginnings');
      yield part;
    }
    if (!reader.ended) throw new SnapshotDamageError('the snapshot ends before its last frame');
    if (checkDigest) await checkEnd(input);
  } finally {
    await input.close();
  }
}

async function checkEnd(input: Input): Promise<void> {
  const padding = await input.take(paddingOf(input.offset));
  const expected = input.digest();
  const found = await input.take(DIGEST_BYTES);
  if (padding.some((byte) => byte !== 0) || !equalBytes(found, expected)) {
    throw new SnapshotDamageError('the snapshot fails its checksum: its SHA-256 differs from the one at its end');
  }
  const { offset } = input;
  if (!(await input.isAtEnd())) throw new SnapshotDamageError(`the snapshot ends at byte ${offset}, and more follows`);
}

/** Takes a byte stream in portions of requested sizes. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #hash = createHash('sha256');
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Offset of the next byte. */
  offset = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @throws SnapshotDamageError if the stream ends before */
  async take(bytes: number): Promise<Buffer> {
    while (this.#pendingBytes < bytes) {
      if (!(await this.#more()))
        throw new SnapshotDamageError(`the snapshot is cut off at byte ${this.offset + this.#pendingBytes}`);
    }
    const [first = EMPTY, ...others] = this.#pending;
    const all = others.length === 0 ? asBuffer(first) : Buffer.concat(this.#pending);
    const taken = all.subarray(0, bytes);
    this.#pending = [all.subarray(bytes)];
    this.#pendingBytes -= bytes;
    this.offset += bytes;
    this.#hash.update(taken);
    return taken;
  }

  async isAtEnd(): Promise<boolean> {
    return this.#pendingBytes === 0 && !(await this.#more());
  }

  /** SHA-256 of the bytes taken so far. */
  digest(): Buffer {
    return this.#hash.copy().digest();
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    this.#pending.push(next.value);
    this.#pendingBytes += next.value.length;
    return true;
  }
}
