import { ConnectionError, ErrorCode } from './errors.js';
import { Flag, type FrameHeader } from './frames.js';
import { HpackDecoder, type HeaderList } from './hpack-decoder.js';
import type { Http2Limits } from './limits.js';
import { withoutPadding } from './padding.js';

/** One complete header section. */
export interface HeaderBlock {
  readonly streamId: number;
  /** It ends the client's side of the stream. */
  readonly isLast: boolean;
  readonly list: HeaderList;
}

/** Size of the dynamic table for what clients send, in bytes: HTTP/2's default. */
const TABLE_BYTES_MAX = 4096;
const PRIORITY_BYTES = 5;

/** Joins HEADERS with its CONTINUATION frames (RFC 9113, sections 6.2 and 6.10) and decodes them. */
export class HeaderBlocks {
  readonly #limits: Http2Limits;
  readonly #decoder: HpackDecoder;
  #open: { readonly streamId: number; readonly isLast: boolean } | undefined;
  #fragments: Buffer[] = [];
  #bytes = 0;

  constructor(limits: Http2Limits) {
    this.#limits = limits;
    this.#decoder = new HpackDecoder({ tableBytesMax: TABLE_BYTES_MAX, listBytesMax: limits.headerListBytes });
  }

  /** A block has begun; only CONTINUATION frames may follow. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** @returns the block, if it is complete @throws ConnectionError */
  begin({ flags, streamId }: FrameHeader, payload: Buffer): HeaderBlock | undefined {
    let fragment = (flags & Flag.PADDED) === 0 ? payload : withoutPadding(payload);
    if ((flags & Flag.PRIORITY) !== 0) {
      if (fragment.length < PRIORITY_BYTES) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'HEADERS too short');
      fragment = fragment.subarray(PRIORITY_BYTES);
    }
    const isLast = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) !== 0) return { streamId, isLast, list: this.#decoder.decode(fragment) };
    this.#open = { streamId, isLast };
    this.#fragments = [Buffer.from(fragment)];
    this.#bytes = fragment.length;
    return undefined;
  }

  /** @returns the block, if it is complete @throws ConnectionError, also beyond the bounds (CVE-2024-27316) */
  continue({ flags, streamId }: FrameHeader, payload: Buffer): HeaderBlock | undefined {
    const open = this.#open;
    if (open === undefined || open.streamId !== streamId) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'CONTINUATION without its HEADERS');
    }
    this.#bytes += payload.length;
    const isTooLong = this.#fragments.length > this.#limits.continuationFrames;
    if (isTooLong || this.#bytes > this.#limits.headerBlockBytes) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'a header block that is too large');
    }
    this.#fragments.push(Buffer.from(payload));
    if ((flags & Flag.END_HEADERS) === 0) return undefined;
    const block = Buffer.concat(this.#fragments);
    this.#open = undefined;
    this.#fragments = [];
    return { ...open, list: this.#decoder.decode(block) };
  }
}
