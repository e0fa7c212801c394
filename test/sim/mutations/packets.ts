import { patch, type TestedBug } from './mutation.js';

const COLLECTOR = 'src/node/loop/packet-collector.ts';
const SENDER = 'src/node/loop/peer-sender.ts';
const ROUND_PEERS = 'src/node/authority/round-peers.ts';
const LINGER = 'src/node/loop/linger.ts';
const LANE = 'src/transport/lane.ts';
const LANE_QUEUE = 'src/transport/lane-queue.ts';
const ACCEPTOR = 'src/transport/acceptor.ts';

const collectorTests = { file: 'test/node/loop/packet-collector.test.ts' };
const senderTests = { file: 'test/node/loop/peer-sender.test.ts' };
const roundPeerTests = { file: 'test/node/authority/round-peers.test.ts' };
const lingerTests = { file: 'test/node/loop/linger.test.ts' };
const laneTests = { file: 'test/transport/lane-queue.test.ts' };
const laneLinkTests = { file: 'test/transport/busy-lanes.test.ts' };
const replacedLinkTests = { file: 'test/transport/replaced-links.test.ts' };

/**
 * Bugs in what is sent when, and on which lane. Raft repeats what is lost, and the simulator's network has no lanes, so these
 * cost time and packets and break no promise: tests must find them.
 */
export const PACKETS: readonly TestedBug[] = [
  {
    name: 'waiting-commit-index-never-sent',
    story: 'a commit index that waits for an append is not sent when its time is over',
    patches: [patch(SENDER, '        this.#isDue = true;\n')],
    tests: senderTests,
  },
  {
    name: 'time-of-waiting-starts-again',
    story: 'each further commit index begins the wait of all again, so none is sent under load',
    patches: [patch(SENDER, 'else if (this.#waitingSinceMs === undefined) {', 'else {')],
    tests: senderTests,
  },
  {
    name: 'commit-index-before-the-append-of-its-turn',
    story: 'a commit index is sent before the append with its entries, and the follower refuses it',
    patches: [
      patch(COLLECTOR, "forwardsFor === 0 && !messages.some(({ type }) => type === 'MsgApp')", 'forwardsFor === 0'),
    ],
    tests: collectorTests,
  },
  {
    name: 'older-commit-index-kept',
    story: 'of two commit indexes that wait, the older one is sent',
    patches: [
      patch(COLLECTOR, 'mayWait(peer)) peer.emptyAppend = message;', 'mayWait(peer)) peer.emptyAppend ??= message;'),
    ],
    tests: collectorTests,
  },
  {
    name: 'commit-index-sent-beside-an-append',
    story: 'a commit index that waits is sent although an append has stated a later one',
    patches: [patch(COLLECTOR, "  if (message.type === 'MsgApp') peer.emptyAppend = undefined;\n")],
    tests: collectorTests,
  },
  {
    name: 'commit-index-of-a-forwarding-peer-waits',
    story: 'the clients of a follower that forwards proposals wait a millisecond longer',
    patches: [
      patch(COLLECTOR, 'return forwardsFor === 0 && !', 'return !'),
      patch(COLLECTOR, 'mayWait({ forwardsFor, messages }', 'mayWait({ messages }'),
    ],
    tests: collectorTests,
  },
  {
    name: 'commit-index-waits-for-a-write',
    story: 'a commit index waits while the leader writes, and its followers apply late',
    patches: [
      patch('src/node/storage/sync-executor.ts', 'all: ready.mustSync || ready.snapshot !== undefined,', 'all: false,'),
    ],
    tests: { file: 'test/node/storage/sync-executor.test.ts' },
  },
  {
    name: 'repeated-acknowledgement-dropped',
    story: 'an acknowledgement that waits for another packet is never sent if there is none',
    patches: [patch(COLLECTOR, '      if (peer.repeated !== undefined) append(peer, peer.repeated);\n')],
    tests: collectorTests,
  },
  {
    name: 'repeated-acknowledgement-left-behind',
    story: 'a packet does not take the acknowledgement along that waits for it',
    patches: [
      patch(COLLECTOR, '[peer.repeated, peer.emptyAppend, peer.question]', '[peer.emptyAppend, peer.question]'),
    ],
    tests: collectorTests,
  },
  {
    name: 'older-acknowledgement-kept',
    story: 'of two acknowledgements that wait, the older one is sent',
    patches: [
      patch(
        COLLECTOR,
        'repeats(message, peer)) peer.repeated = message;',
        'repeats(message, peer)) peer.repeated ??= message;',
      ),
    ],
    tests: collectorTests,
  },
  {
    name: 'acknowledgement-of-another-term-waits',
    story: 'a new leader waits for the acknowledgement of an index that its predecessor has',
    patches: [patch(COLLECTOR, '    acknowledged.term === message.term &&\n')],
    tests: collectorTests,
  },
  {
    name: 'acknowledgement-lost-with-its-link',
    story: 'an acknowledgement counts as sent although its link broke',
    patches: [patch(COLLECTOR, '    this.#peer(peer).acknowledged = undefined;\n', '    this.#peer(peer);\n')],
    tests: collectorTests,
  },
  {
    name: 'half-of-a-joint-configuration-asked',
    story: 'in a joint configuration only as many are asked as make a quorum of the new voters',
    patches: [patch(ROUND_PEERS, 'votersOutgoing.length === 0 && voters.includes(id)', 'voters.includes(id)')],
    tests: roundPeerTests,
  },
  {
    name: 'one-member-too-few-asked',
    story: 'the members that are asked first are not a quorum with the leader, so each round waits for the others',
    patches: [patch(ROUND_PEERS, 'Math.floor(voters.length / 2)', 'Math.floor((voters.length - 1) / 2)')],
    tests: roundPeerTests,
  },
  {
    name: 'learner-asked-first',
    story: 'a learner, which does not count, is asked in place of a voter',
    patches: [patch(ROUND_PEERS, 'return position < 0 || position >= this.#asked;', 'return position >= this.#asked;')],
    tests: roundPeerTests,
  },
  {
    name: 'others-never-asked',
    story: 'the members that were not asked first are not asked when a quorum does not answer',
    patches: [patch(COLLECTOR, '      append(peer, question);\n')],
    tests: senderTests,
  },
  {
    name: 'all-asked-though-one-answered',
    story: 'questions that wait are sent although their round is confirmed',
    patches: [patch(SENDER, '      this.#packets.drop();\n')],
    tests: senderTests,
  },
  {
    name: 'silent-member-asked-first-again',
    story: 'a member that does not answer is asked first in every round',
    patches: [patch(SENDER, '    if (this.#askedAll) this.#options.rounds.answeredInstead(peer);\n')],
    tests: senderTests,
  },
  {
    name: 'linger-without-a-turn',
    story: 'the loop stays awake without a turn of the event loop, and starves sockets and timers',
    patches: [patch(LINGER, 'await new Promise<void>((resolve) => clock.soon(resolve));', 'await Promise.resolve();')],
    tests: lingerTests,
  },
  {
    name: 'linger-without-end',
    story: 'the loop turns without a pause for as long as a round is under way',
    patches: [patch(LINGER, 'clock.now() < untilMs)', '(reads.underWay || clock.now() < untilMs))')],
    tests: lingerTests,
  },
  {
    name: 'linger-over-input',
    story: 'what arrives waits for the end of the time for which the loop stays awake',
    patches: [patch(LINGER, '!signal.isSet && ', '')],
    tests: lingerTests,
  },
  {
    name: 'round-behind-large-appends',
    story: 'a round waits in the append lane behind everything that is there',
    patches: [
      patch(
        LANE,
        'if (appendIdle && calls === undefined && isShortBulk(messages))',
        'if (calls === undefined && isShortBulk(messages))',
      ),
    ],
    tests: laneTests,
  },
  {
    name: 'round-with-a-long-append',
    story: 'a round travels with an append of any length',
    patches: [patch(LANE, 'return bytes <= SHARED_BYTES_MAX;', 'return bytes >= 0;')],
    tests: laneTests,
  },
  {
    name: 'bytes-of-the-socket-forgotten',
    story: 'the append lane counts as idle while its socket holds unsent bytes, and a round waits behind them',
    patches: [patch('src/transport/lane-link.ts', ' && this.#state.link.idle;', ';')],
    tests: laneLinkTests,
  },
  {
    name: 'queue-of-the-lane-forgotten',
    story: 'the append lane counts as idle while packets wait in its queue',
    patches: [
      patch('src/transport/lane-link.ts', ' && !this.#joining && this.#state.link.idle;', ' && this.#state.link.idle;'),
    ],
    tests: laneLinkTests,
  },
  {
    name: 'empty-append-overtakes',
    story: 'an append without entries takes the fast lane, and arrives before the entries that it follows',
    patches: [
      patch(LANE, 'function isBulk({ type }: Message)', 'function isBulk({ type, entries }: Message)'),
      patch(LANE, "return type === 'MsgApp' ||", "return (type === 'MsgApp' && entries.length > 0) ||"),
    ],
    tests: laneTests,
  },
  {
    name: 'urgent-message-on-the-append-lane',
    story: 'a heartbeat or vote beside short appends waits in their lane',
    patches: [patch(LANE, '    if (!isBulk(message)) return false;\n')],
    tests: laneTests,
  },
  {
    name: 'round-before-its-messages',
    story: 'a packet that is cut sends its round with the first piece, so an answer acknowledges what has not arrived',
    patches: [
      patch(
        LANE_QUEUE,
        'messages, round: undefined, ack: undefined };\n      pieces',
        'messages, round: packet.round, ack: undefined };\n      pieces',
      ),
    ],
    tests: laneTests,
  },
  {
    name: 'old-link-heard-after-a-newer-one',
    story: 'a link that its sender gave up stays open when a newer one of its lane arrives',
    patches: [
      patch(
        ACCEPTOR,
        'link !== opened && link.from === hello.from && link.lane === hello.lane',
        'link !== opened && link.from === hello.from && link.lane === undefined',
      ),
    ],
    tests: replacedLinkTests,
  },
  {
    name: 'older-link-opened-last',
    story: 'a hello that arrives after a newer one opens its link',
    patches: [
      patch(
        ACCEPTOR,
        'if (newest === undefined) return false;',
        'if (newest === undefined || newest.number > 0) return false;',
      ),
    ],
    tests: replacedLinkTests,
  },
];
