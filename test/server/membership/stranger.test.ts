import { join } from 'node:path';
import { expect } from 'chai';
import type { Entry } from '../../../src/raft/types.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { startMember, type Member } from '../../../src/server/member.js';
import { frameOf } from '../../../src/transport/frame.js';
import { defined } from '../../../src/util/assert.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { freePorts } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { ChallengeTrap } from '../../transport/members.js';
import { endpointOf } from '../lone-member.js';
import { publicIds, Stranger } from './stranger.js';

/**
 * `/raftkv.Peer/Members` returned its ids to any caller, and a link was accepted from any caller that stated ids. One
 * heartbeat of term 2^53-1 left the cluster without a leader for good; a forged append with a committed invalid entry
 * ended a follower, then and at each start; a heartbeat of term 2,000 deposed a leader.
 */
describe('a stranger on the peer port of a cluster', () => {
  let folder = '';
  let members: Member[] = [];
  let loggers: RecordingLogger[] = [];
  let clusterId = 0;
  let closed: unknown[] = [];
  const strangers: Stranger[] = [];

  before(async () => {
    folder = makeTemporaryFolder('stranger');
    const ports = await freePorts(3);
    const cluster = ports.map((port, at) => `n${at + 1}=http://127.0.0.1:${port}`).join(',');
    loggers = ports.map(() => new RecordingLogger());
    const settings = ports.map((port, at) =>
      resolveConfig({
        name: `n${at + 1}`,
        'data-dir': join(folder, `n${at + 1}`),
        'listen-client-urls': 'http://127.0.0.1:0',
        'listen-peer-urls': `http://127.0.0.1:${port}`,
        'initial-advertise-peer-urls': `http://127.0.0.1:${port}`,
        'initial-cluster': cluster,
        'wal-segment-bytes': String(8 * 1024 * 1024),
      }),
    );
    members = await Promise.all(settings.map((each, at) => startMember(each, loggers[at])));
    closed = [];
    for (const member of members) member.closed.catch((error: unknown) => closed.push(error));
    await poll('a leader that all know', () => agreed() || undefined, 20_000);
    ({ clusterId } = await publicIds(urlOf(leader())));
  });

  after(async () => {
    await Promise.all(members.map((member) => member.stop()));
    removeFolder(folder);
  });

  afterEach(() => {
    for (const stranger of strangers.splice(0)) stranger.close();
  });

  const agreed = (): boolean =>
    members.every((member) => {
      const { term, leader: known } = member.status();
      return known !== undefined && known === members[0]?.status().leader && term === members[0].status().term;
    });
  const leader = (): Member =>
    defined(
      members.find(({ id }) => id === members[0]?.status().leader),
      'the leader',
    );
  const followers = (): [Member, Member] => {
    const [one, two] = members.filter(({ id }) => id !== leader().id);
    return [defined(one, 'a follower'), defined(two, 'a follower')];
  };
  const urlOf = (member: Member): string => defined(member.peerUrls[0], 'a peer URL');
  const stranger = (from: number, to: Member, proofs: Uint8Array[] = []): Stranger => {
    const made = new Stranger({ url: urlOf(to), clusterId, from, to: number(to), proofs });
    strangers.push(made);
    return made;
  };

  const number = ({ id }: Member): number => Number(`0x${id}`);

  /** Runs an attack, then proves with a write through each member that leader and term are unchanged. */
  const staysAsItIs = async (attack: () => unknown): Promise<void> => {
    const before = members.map((member) => member.status());
    attack();
    // A message takes effect on arrival, before the following writes.
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const member of members) {
      const client = new EtcdClient(endpointOf(member));
      expectOk(await client.put(`by-${member.name}`, 'v'));
      client.close();
    }
    const after = members.map((member) => member.status());
    const view = (all: typeof before): unknown => all.map(({ term, leader: known, role }) => ({ term, known, role }));
    expect(view(after)).to.deep.equal(view(before));
    expect(closed).to.deep.equal([]);
  };

  const noiseAt = (term: number, index: number): Entry => ({
    term,
    index,
    type: 'normal',
    data: Buffer.from('noise'),
  });

  const UNKNOWN = 0x5757;
  const MAX_TERM = Number.MAX_SAFE_INTEGER;

  it('raises no term with a heartbeat in the name of an unknown member', async () => {
    const [follower] = followers();
    await staysAsItIs(() => {
      const caller = stranger(UNKNOWN, follower);
      void caller.link([caller.message('MsgHeartbeat', { term: MAX_TERM })]);
    });
  });

  it('raises no term with a heartbeat in the name of the leader', async () => {
    const [follower] = followers();
    await staysAsItIs(() => {
      const caller = stranger(number(leader()), follower);
      void caller.link([caller.message('MsgHeartbeat', { term: MAX_TERM })]);
    });
  });

  it('forces no election with a heartbeat of term 2,000 to the leader', async () => {
    const [follower] = followers();
    await staysAsItIs(() => {
      for (const from of [UNKNOWN, number(follower)]) {
        const caller = stranger(from, leader());
        void caller.link([caller.message('MsgHeartbeat', { term: 2_000 })]);
      }
    });
  });

  it('forces no election with a MsgTimeoutNow to a follower', async () => {
    const [follower] = followers();
    const { term } = follower.status();
    await staysAsItIs(() => {
      for (const from of [UNKNOWN, number(leader())]) {
        const caller = stranger(from, follower);
        void caller.link([caller.message('MsgTimeoutNow', { term })]);
      }
    });
  });

  it('ends no follower with a forged append of a committed entry that is noise', async () => {
    const [follower] = followers();
    const { term, lastIndex } = follower.status();
    await staysAsItIs(() => {
      for (const from of [UNKNOWN, number(leader())]) {
        const caller = stranger(from, follower);
        const append = { term: term + 1, index: lastIndex, logTerm: term, commit: lastIndex + 1 };
        const entries = [noiseAt(term + 1, lastIndex + 1)];
        void caller.link([caller.message('MsgApp', { ...append, entries })], 'append');
      }
    });
  });

  it('replaces no state with a forged snapshot', async () => {
    const [follower] = followers();
    const { term, lastIndex } = follower.status();
    const codes: Promise<number>[] = [];
    await staysAsItIs(() => {
      for (const from of [UNKNOWN, number(leader())]) {
        const caller = stranger(from, follower);
        const lists = { learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
        const confState = { voters: members.map(number), ...lists };
        const metadata = { index: lastIndex + 1_000, term: term + 1, confState };
        const snap = caller.message('MsgSnap', { term: term + 1, snapshot: { metadata, data: Buffer.alloc(0) } });
        codes.push(caller.snapshot(snap, [Buffer.from('noise')]));
      }
    });
    for (const code of await Promise.all(codes)) expect(code).to.be.oneOf([9, 10]);
    const receiving = loggers.flatMap((logger) => logger.messages('info')).filter((text) => /receives a/.test(text));
    expect(receiving).to.deep.equal([]);
  });

  it('does not take the place of a link between members', async () => {
    const broken = (): number =>
      loggers.flatMap(({ lines }) => lines).filter(({ message }) => message === 'peer link broke').length;
    const before = broken();
    const [follower] = followers();
    await staysAsItIs(() => {
      for (let at = 0; at < 100; at += 1) {
        const caller = stranger(number(leader()), follower);
        void caller.link([]);
        void caller.link([], 'append');
      }
    });
    expect(broken()).to.equal(before);
  });

  it('is closed at once when its first frame is larger than a hello', async () => {
    const [follower] = followers();
    const caller = stranger(UNKNOWN, follower);
    const codes: Promise<string>[] = [];
    await staysAsItIs(() => codes.push(caller.noise([frameOf('hello', Buffer.alloc(8 * 1024 * 1024))])));
    expect(await Promise.all(codes)).to.deep.equal(['malformed']);
    // Not by the end of the time for a hello.
    const reasons = loggers.flatMap(({ lines }) => lines).map(({ fields }) => String(fields['reason']));
    expect(reasons.filter((reason) => reason.startsWith('a frame of 8388608 bytes, where at most'))).to.have.length(1);
  });

  /** A message of tens of megabytes was buffered whole before any check. */
  it('is closed when a call sends more than a new member needs', async () => {
    const [follower] = followers();
    const caller = stranger(UNKNOWN, follower);
    const codes: Promise<number>[] = [];
    await staysAsItIs(() => codes.push(caller.call(8 * 1024 * 1024)));
    // UNAVAILABLE, or INTERNAL if the client finds the socket closed while it writes.
    expect((await Promise.all(codes)).every((code) => code === 14 || code === 13)).to.equal(true);
    // Neither by the hello timeout nor by the decoder.
    const reasons = loggers.flatMap(({ lines }) => lines).map(({ fields }) => fields['reason']);
    expect(reasons).to.include('more than 65536 bytes from 127.0.0.1 without a proof');
  });

  /** A caller with the challenge of a member is that member: only messages that no member can send are refused. */
  it('does no harm even with the proof of a member, by absurd terms and entries that are noise', async () => {
    const [gone, follower] = followers();
    const port = Number(new URL(urlOf(gone)).port);
    await gone.stop();
    members = members.filter((member) => member !== gone);
    const trap = await ChallengeTrap.start(port);
    const { term, lastIndex } = follower.status();
    const from = number(gone);
    const proof = await poll('the challenge', () => trap.challenges.get(number(follower)));
    const position = { term: term + 1, index: lastIndex, logTerm: term, commit: lastIndex + 1 };
    await staysAsItIs(() => {
      const caller = stranger(from, follower, [proof]);
      void caller.link([MAX_TERM, term].map((each) => caller.message('MsgHeartbeat', { term: each })));
      const entries = [noiseAt(term + 1, lastIndex + 1)];
      void caller.link([caller.message('MsgApp', { ...position, entries })], 'append');
    });
    const refused = loggers
      .flatMap(({ lines }) => lines)
      .filter(({ message }) => message === 'refused a message')
      .map(({ fields }) => fields['reason']);
    expect(new Set(refused)).to.deep.equal(
      new Set(['MsgHeartbeat: absurd-term', 'MsgApp: unreadable-entry', 'MsgHeartbeat: not-the-leader']),
    );
    await trap.stop();
  });
});
