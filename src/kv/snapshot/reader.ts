import type { EngineRow } from '../../ports/engine.js';
import { SnapshotDamageError, type SnapshotPosition } from '../../ports/snapshot.js';
import { FrameKind, isFirstFrame, openFrame, START } from './frames.js';
import { decodeHeader, decodeTrailer, type SnapshotHeader } from './header.js';
import { readRows } from './rows.js';

/** The content of one frame. */
export type SnapshotPart =
  | { readonly kind: 'header'; readonly header: SnapshotHeader }
  | { readonly kind: 'rows'; readonly rows: readonly EngineRow[] }
  /** With the digest of the last frame, which covers all frames. */
  | { readonly kind: 'end'; readonly digest: Uint8Array };

/** Reads the frames of a snapshot in order, and refuses any other frame. */
export class SnapshotReader {
  #position: SnapshotPosition = START;
  #header: SnapshotHeader | undefined;
  #rows = 0;
  #rowBytes = 0;
  #ended = false;

  get position(): SnapshotPosition {
    return this.#position;
  }

  get header(): SnapshotHeader | undefined {
    return this.#header;
  }

  /** Whether the last frame was read: the snapshot is complete. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @throws SnapshotDamageError unless it is the next frame. A first frame is always accepted and starts over. */
  read(bytes: Uint8Array): SnapshotPart {
    if (isFirstFrame(bytes)) this.#restart();
    else if (this.#ended) throw new SnapshotDamageError('a frame behind the last of the snapshot');
    const { kind, body, position } = openFrame(bytes, this.#position);
    const part = this.#part(kind, body, position);
    this.#position = position;
    return part;
  }

  #part(kind: FrameKind, body: Uint8Array, { digest }: SnapshotPosition): SnapshotPart {
    const first = this.#position.next === 0;
    if (first !== (kind === FrameKind.header)) {
      throw new SnapshotDamageError(`frame ${this.#position.next} of the snapshot is of kind ${kind}`);
    }
    if (kind === FrameKind.header) {
      this.#header = decodeHeader(body);
      return { kind: 'header', header: this.#header };
    }
    if (kind === FrameKind.rows) {
      const rows = [...readRows(body)];
      for (const { key, value } of rows) this.#rowBytes += key.length + value.length;
      this.#rows += rows.length;
      return { kind: 'rows', rows };
    }
    const { rows, rowBytes } = decodeTrailer(body);
    if (rows !== this.#rows || rowBytes !== this.#rowBytes) {
      throw new SnapshotDamageError(`the snapshot has ${this.#rows} rows instead of ${rows}`);
    }
    this.#ended = true;
    return { kind: 'end', digest };
  }

  #restart(): void {
    this.#position = START;
    this.#header = undefined;
    this.#rows = 0;
    this.#rowBytes = 0;
    this.#ended = false;
  }
}
