import { expect } from 'chai';
import { Flag, FrameType } from '../../../../src/rpc/http2/frames.js';
import { block, frame } from '../peer.js';
import { Wire } from '../wire.js';

type Fields = readonly (readonly [name: string, value: string])[];

/** The header fields of a plain request. */
export const REQUEST: Fields = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a'],
  [':authority', 'x'],
];

/** HEADERS that begin a request. */
export function headers(streamId: number, flags: number = Flag.END_HEADERS, fields: Fields = REQUEST): Buffer {
  return frame(FrameType.HEADERS, flags, streamId, block(fields));
}

/** A request without a body. */
export function whole(streamId: number): Buffer {
  return headers(streamId, Flag.END_HEADERS | Flag.END_STREAM);
}

/** A connection whose preface and settings are exchanged. */
export function started(script: ConstructorParameters<typeof Wire>[0] = {}, limits = {}): Wire {
  const wire = new Wire(script, { pingMinMs: 0, ...limits });
  wire.begin();
  return wire;
}

/** Expects that the connection has refused nothing. */
export async function unharmed(wire: Wire): Promise<void> {
  await wire.turn();
  expect(wire.violations).to.deep.equal([]);
  expect(wire.goAwayCode).to.equal(undefined);
}
