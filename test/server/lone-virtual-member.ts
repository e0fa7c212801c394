import { etcdserverpb } from '../../src/gen/proto.js';
import { DEFAULT_NODE_CONFIG } from '../../src/node/config.js';
import { assert } from '../../src/util/assert.js';
import { seededRandom } from '../../src/util/random.js';
import { MemoryNetwork } from '../support/memory-network.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { GOOD_NETWORK } from '../support/virtual-cluster.js';
import { VirtualMember } from '../support/virtual-member.js';
import { VirtualTime } from '../support/virtual-time.js';

/** A cluster of one in virtual time. */
export interface LoneVirtualMember {
  readonly time: VirtualTime;
  readonly logger: RecordingLogger;
  readonly member: VirtualMember;
}

/** @param keys number of keys to put, a multiple of 100, in transactions of 100 puts each */
export async function startLoneVirtualMember(keys: number): Promise<LoneVirtualMember> {
  const time = new VirtualTime();
  const random = seededRandom(1);
  const logger = new RecordingLogger();
  const network = new MemoryNetwork({ random, clock: time.clock(), faults: GOOD_NETWORK });
  const member = new VirtualMember({
    time,
    random,
    logger,
    id: 1,
    bootstrap: [{ id: 1, name: 'm1', peerUrls: ['http://m1'], clientUrls: [], isLearner: false }],
    node: DEFAULT_NODE_CONFIG,
    requestMs: 3_000,
    rate: 1,
    syncMsMax: 4,
    segmentBytes: 1024 * 1024,
    connect: () => network.transport(1),
  });
  await time.wait(member.start());
  for (let batch = 0; batch < keys / 100; batch++) {
    const success = Array.from({ length: 100 }, (_, i) => ({ requestPut: { key: Buffer.from(`${batch}/${i}`) } }));
    const request = etcdserverpb.TxnRequest.encode({ success }).finish();
    const { kind } = await time.wait(member.call('/etcdserverpb.KV/Txn', request));
    assert(kind === 'ok', 'the keys are put');
  }
  return { time, logger, member };
}

/** The warnings and errors that the member logged. */
export function warningsOf({ logger }: LoneVirtualMember): unknown[] {
  return logger.lines.filter(({ level }) => level === 'error' || level === 'warn');
}
