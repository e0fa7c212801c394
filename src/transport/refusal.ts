import { CodecError } from './codec-error.js';
import { frameOf } from './frame.js';

/** Why an acceptor ends a link. */
export const REFUSAL_CODES = {
  /** Bytes that no member sends. */
  malformed: 1,
  /** No hello in time. */
  late: 2,
  /** The caller was removed from the cluster, for good. */
  removed: 3,
  /** Too many links. */
  crowded: 4,
  /** The caller is not, or has not proved to be, a member that this one has links with. */
  unwelcome: 5,
  /** The caller has a newer link. */
  replaced: 6,
  /** This member is starting or stopping, or does not know the caller yet. */
  unavailable: 7,
} as const;

export type RefusalCode = keyof typeof REFUSAL_CODES;

export interface RefusalNotice {
  readonly code: RefusalCode;
  readonly message: string;
}

const CODES: ReadonlyMap<number, RefusalCode> = new Map(
  Object.entries(REFUSAL_CODES).map(([code, number]) => [number, code as RefusalCode]),
);

/** The body is the number of the code, then the text in UTF-8. */
export function encodeRefusal({ code, message }: RefusalNotice): Buffer {
  return frameOf('refusal', Buffer.concat([Buffer.of(REFUSAL_CODES[code]), Buffer.from(message)]));
}

/** @throws CodecError on an unknown code */
export function decodeRefusal(body: Buffer): RefusalNotice {
  const code = CODES.get(body[0] ?? 0);
  if (code === undefined) throw new CodecError(`a refusal with the unknown code ${body[0]}`);
  return { code, message: body.toString('utf8', 1) };
}
