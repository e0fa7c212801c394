/** Bytes that no member of this version sends. The receiver ends the link. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/** The other side does not begin as a link does: it speaks another protocol. */
export class PrefaceError extends CodecError {}
