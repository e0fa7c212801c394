import { once } from 'node:events';
import { etcdserverpb as pb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import { poll } from '../../support/poll.js';
import { asBytes, rawClient } from '../../support/raw-client.js';
import { endpointOf, type LoneMember } from '../lone-member.js';
import { CALLS } from './calls.js';

/** What a member answered, in hex: the bytes of every message, and the codes and texts of errors. */
export interface Answers {
  readonly calls: readonly string[];
  /** The messages of a watch that was open meanwhile. */
  readonly live: readonly string[];
  /** The messages of a watch that began afterwards, at the oldest revision that is left. */
  readonly history: readonly string[];
}

const COMPACTED_REVISION = 6;

/** Makes the calls of the script, one after the other. */
export async function answersOf(lone: LoneMember): Promise<Answers> {
  const live = await watch(lone, {});
  const calls: string[] = [];
  for (const { path, body } of CALLS) {
    const answer = await lone.raw(path, body);
    calls.push(answer.code === 0 ? answer.body.toString('hex') : `${answer.code} ${answer.details}`);
    if (answer.code === 0) await live.reach(revisionIn(answer.body));
  }
  const history = await watch(lone, { startRevision: COMPACTED_REVISION });
  await history.reach(live.revision());
  return { calls, live: live.end(), history: history.end() };
}

/** The first field of every answer is its header. */
function revisionIn(body: Buffer): number {
  return clampInteger(pb.PutResponse.decode(body).header?.revision);
}

/** Watches all keys, with previous values. */
async function watch(lone: LoneMember, more: Pick<pb.WatchCreateRequest.$Properties, 'startRevision'>) {
  const client = rawClient(endpointOf(lone.member));
  const stream = client.makeBidiStreamRequest('/etcdserverpb.Watch/Watch', asBytes, asBytes);
  const messages: Buffer[] = [];
  let revision = 1;
  stream.on('error', () => undefined);
  stream.on('data', (message: Buffer) => {
    messages.push(message);
    for (const { kv } of pb.WatchResponse.decode(message).events ?? []) {
      revision = Math.max(revision, clampInteger(kv?.modRevision));
    }
  });
  const all = Buffer.of(0);
  const createRequest = { key: all, rangeEnd: all, prevKv: true, ...more };
  stream.write(Buffer.from(pb.WatchRequest.encode({ createRequest }).finish()));
  await once(stream, 'data');
  return {
    revision: () => revision,
    /** Waits for the events of the revision, so that no message holds those of two. */
    reach: async (wanted: number): Promise<void> => {
      await poll(`the events of revision ${wanted}`, () => revision >= wanted || undefined);
    },
    end: (): readonly string[] => {
      stream.cancel();
      client.close();
      return messages.map((message) => message.toString('hex'));
    },
  };
}
