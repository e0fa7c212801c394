import { createHash } from 'node:crypto';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { asBuffer, EMPTY, equalBytes } from '../../util/bytes.js';
import { frameBytesOf, HEAD_BYTES, MAGIC, paddingOf } from './archive.js';
import { DIGEST_BYTES } from './frames.js';
import { SnapshotReader, type SnapshotPart } from './reader.js';

/**
 * Takes an archive apart, in whatever pieces it comes. Only once it has been read to its end is it known to be whole:
 * what was made of its parts until then must be forgotten if that fails.
 * @param options.checkDigest false: it does not matter what stands behind the last frame, nor whether anything does
 * @throws SnapshotDamageError on one that was cut or altered anywhere
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
      // To a receiver of frames a first one is always welcome; in an archive it comes once.
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
    throw new SnapshotDamageError('the snapshot fails its checksum: its SHA-256 is not what stands at its end');
  }
  const { offset } = input;
  if (!(await input.isAtEnd())) throw new SnapshotDamageError(`the snapshot ends at byte ${offset}, and more follows`);
}

/** Bytes in the portions that are asked for. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #hash = createHash('sha256');
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Of the next byte. */
  offset = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @throws SnapshotDamageError where so many do not come */
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

  /** SHA-256 of what was taken until now. */
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
