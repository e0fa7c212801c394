import { ConnectionError, ErrorCode, tooMuch } from './errors.js';
import type { Frame } from './frame.js';
import { Flag } from './frames.js';
import { HpackDecoder, type HeaderList } from './hpack-decoder.js';
import type { Http2Limits } from './limits.js';

/** Size of the dynamic table that decodes clients' headers, in bytes: HTTP/2's default. */
const TABLE_BYTES_MAX = 4096;
const PRIORITY_BYTES = 5;

/** Joins HEADERS with its CONTINUATION frames (RFC 9113, sections 6.2 and 6.10) and decodes them. */
export class HeaderBlocks {
  readonly #limits: Http2Limits;
  readonly #decoder: HpackDecoder;
  /** Stream of the last block. */
  streamId = 0;
  /** Whether the last block ends the client's side of its stream. */
  isLast = false;
  #isOpen = false;
  #fragments: Buffer[] = [];
  #bytes = 0;

  constructor(limits: Http2Limits) {
    this.#limits = limits;
    this.#decoder = new HpackDecoder({ tableBytesMax: TABLE_BYTES_MAX, listBytesMax: limits.headerListBytes });
  }

  /** Whether a block has begun, so that only CONTINUATION frames may follow. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @returns the header list, if the block is complete @throws ConnectionError */
  begin(frame: Frame): HeaderList | undefined {
    frame.unpad();
    if (frame.has(Flag.PRIORITY)) {
      if (frame.length < PRIORITY_BYTES) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'HEADERS too short');
      frame.begin += PRIORITY_BYTES;
    }
    this.streamId = frame.streamId;
    this.isLast = frame.has(Flag.END_STREAM);
    if (frame.has(Flag.END_HEADERS)) return this.#decoder.decode(frame.bytes, frame.begin, frame.end);
    this.#isOpen = true;
    this.#fragments = [Buffer.from(frame.payload())];
    this.#bytes = frame.length;
    return undefined;
  }

  /** @returns the header list, if the block is complete @throws ConnectionError, also beyond the bounds (CVE-2024-27316) */
  continue(frame: Frame): HeaderList | undefined {
    if (!this.#isOpen || this.streamId !== frame.streamId) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'CONTINUATION without its HEADERS');
    }
    this.#bytes += frame.length;
    const isTooLong = this.#fragments.length > this.#limits.continuationFrames;
    if (isTooLong || this.#bytes > this.#limits.headerBlockBytes) {
      throw tooMuch('header_block', 'a header block that is too large');
    }
    this.#fragments.push(Buffer.from(frame.payload()));
    if (!frame.has(Flag.END_HEADERS)) return undefined;
    const block = Buffer.concat(this.#fragments);
    this.#isOpen = false;
    this.#fragments = [];
    return this.#decoder.decode(block, 0, block.length);
  }
}
