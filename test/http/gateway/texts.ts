import { stream, unary, type Method, type StreamCall, type UnaryCall } from '../../../src/rpc/service.js';
import { poll } from '../../support/poll.js';

export function encode(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([10, ...length]), bytes]);
}

/** With any prefix. */
export function decode(body: Uint8Array): string {
  const bytes = Buffer.from(body);
  let at = 1;
  while ((bytes[at] ?? 0) >= 128) at += 1;
  return bytes.toString('utf8', at + 1);
}

export const one = (handle: (call: UnaryCall, text: string) => void): Method[] => [
  unary({ path: '/test.Service/Call', decode, handle }),
];
export const download = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('server-stream', { path: '/test.Service/Read', decode, handle }),
];
export const talk = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('bidi', { path: '/test.Service/Talk', decode, handle }),
];

export const error = (code: number, message: string): string => JSON.stringify({ error: message, message, code });

/** The value, once it is above 0 and has been stable for a while. */
export async function settled(value: () => number): Promise<number> {
  let last = value();
  let sinceMs = performance.now();
  return await poll('a value to settle', () => {
    const now = value();
    if (now !== last) sinceMs = performance.now();
    last = now;
    return now > 0 && performance.now() - sinceMs > 300 ? now : undefined;
  });
}
