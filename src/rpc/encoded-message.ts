import type { EncodedMessage } from './service.js';

/** Length of a message in bytes. */
export function messageBytes(message: EncodedMessage): number {
  if (message instanceof Uint8Array) return message.length;
  let bytes = 0;
  for (const piece of message) bytes += piece.length;
  return bytes;
}

/** The message as one array: a copy if it is in several pieces. */
export function wholeMessage(message: EncodedMessage): Uint8Array {
  if (message instanceof Uint8Array) return message;
  const [only] = message;
  return message.length === 1 && only !== undefined ? only : Buffer.concat(message);
}
