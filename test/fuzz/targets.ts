import type { Random } from '../../src/util/random.js';
import { grpcMessages } from './grpc/messages.js';
import { hpackBlocks, hpackRoundTrip } from './http2/hpack-blocks.js';
import { interleavings } from './http2/interleavings.js';
import { mutatedBytes } from './http2/mutated-bytes.js';
import { againstNghttp2 } from './http2/nghttp2.js';
import { putRequests } from './kv/put-requests.js';
import { linkBytes } from './transport/link-bytes.js';

export interface Target {
  readonly name: string;
  /** One run. @throws when it finds a bug */
  readonly run: (random: Random) => Promise<void> | void;
  /** Number of runs in `make test`. */
  readonly runsInTest: number;
}

export const TARGETS: readonly Target[] = [
  { name: 'http2-interleavings', run: interleavings, runsInTest: 40 },
  { name: 'http2-mutated-bytes', run: mutatedBytes, runsInTest: 300 },
  { name: 'hpack-blocks', run: hpackBlocks, runsInTest: 100 },
  { name: 'hpack-round-trip', run: hpackRoundTrip, runsInTest: 100 },
  { name: 'hpack-nghttp2', run: againstNghttp2, runsInTest: 10 },
  { name: 'grpc-messages', run: grpcMessages, runsInTest: 40 },
  { name: 'put-requests', run: putRequests, runsInTest: 100 },
  { name: 'link-bytes', run: linkBytes, runsInTest: 300 },
];
