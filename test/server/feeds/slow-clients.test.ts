import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { raftkvpb } from '../../../src/gen/proto.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../lone-member.js';

/** Large pages that a member has in memory. */
const PLACES = 8;
const SLOW = PLACES + 2;
const LARGE = Buffer.alloc(1_200_000, 'v');

describe('clients of feeds that do not read', () => {
  let lone: LoneMember;
  let client: Client;
  const sessions: ClientHttp2Session[] = [];

  beforeEach(async () => {
    lone = await LoneMember.start();
    client = new Client({ endpoints: [endpointOf(lone.member)] });
  });

  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await client.close();
    await lone.dispose();
  });

  /** Subscribes on a connection of its own. */
  const subscribe = (name: string): ClientHttp2Stream => {
    const session = connect(`http://${endpointOf(lone.member)}`);
    sessions.push(session);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/raftkvpb.Feed/Subscribe',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    const body = raftkvpb.FeedSubscribeRequest.encode({ name, worker: 'slow' }).finish();
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([frame, body]));
    return stream;
  };

  /** Whether a stream has more than news of its partition, all of which it keeps unread. */
  const hasLarge = (stream: ClientHttp2Stream): boolean => {
    stream.read(0);
    return stream.readableLength > 10_000;
  };

  // Each held one of the turns in which pages are read, until it had taken its large page: no other feed of the member got any change.
  it('keep their large pages to themselves, as others do, and hold up no other feed', async () => {
    await client.put('large/1', LARGE);
    await client.feeds.create('small', { prefix: 'small/' });
    const names = Array.from({ length: SLOW }, (_, at) => `slow-${at}`);
    for (const name of names) await client.feeds.create(name, { prefix: 'large/', startRevision: 'oldest' });
    const streams = names.map(subscribe);
    await poll('large pages', () => streams.filter(hasLarge).length >= PLACES || undefined);

    await client.put('small/1', 'value');
    const keys: string[] = [];
    for await (const batch of client.feed('small')) {
      keys.push(...batch.events.map(({ key }) => key.toString()));
      if (keys.length > 0) break;
    }
    expect(keys).to.deep.equal(['small/1']);
    expect(streams.filter(hasLarge)).to.have.lengthOf(PLACES);

    // A place that becomes free goes to the next one.
    streams.find(hasLarge)?.close();
    await poll(
      'another large page',
      () => streams.filter((each) => !each.closed && hasLarge(each)).length === PLACES || undefined,
    );
  });
});
