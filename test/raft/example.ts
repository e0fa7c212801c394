import { MemoryStorage, RawNode, seededRandom } from '../../src/raft/index.js';
import type { Message } from '../../src/raft/index.js';

const VOTERS = [1, 2, 3];

const members = VOTERS.map((id) => {
  // The disk. All members start from the same configuration and an empty log.
  const storage = new MemoryStorage({ voters: VOTERS });
  // Random election timeouts, from a different seed for each member. `{ next: Math.random }` works too, but does not replay.
  const node = new RawNode({ id, storage, random: seededRandom(id) });
  const words: string[] = []; // the state machine
  return { id, storage, node, words, up: true };
});
type Member = (typeof members)[number];

// The network delivers at once, unless the receiver is down.
function send(messages: readonly Message[]): void {
  for (const message of messages) members.find(({ id, up }) => up && id === message.to)?.node.step(message);
}

// Does the work that a node requests, in the required order.
function work({ node, storage, words }: Member): void {
  const ready = node.ready();
  send(ready.messages);
  if (ready.snapshot !== undefined) storage.applySnapshot(ready.snapshot);
  storage.append(ready.entries);
  if (ready.hardState !== undefined) storage.setHardState(ready.hardState);
  send(ready.messagesAfterAppend);
  for (const { data } of ready.committedEntries) if (data.length > 0) words.push(new TextDecoder().decode(data));
  node.advance();
}

const isBusy = ({ node, up }: Member): boolean => up && node.hasReady();

// Advances time. A program would tick from a timer, for example every 100 ms.
function run(ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    for (const { node, up } of members) if (up) node.tick();
    while (members.some(isBusy)) members.filter(isBusy).forEach(work);
  }
}

// Any member accepts a proposal and forwards it. Proposing to the leader saves that hop.
function propose(word: string): Member {
  const leader = members.find(({ node, up }) => up && node.role === 'leader');
  if (leader === undefined) throw new Error('no leader yet');
  const outcome = leader.node.propose(new TextEncoder().encode(word));
  console.log(`${word}: ${outcome.kind}, proposed to member ${leader.id} in term ${leader.node.term}`);
  return leader;
}

run(50); // An election timeout is 10 to 19 ticks.
const first = propose('hello');
run(1);
first.up = false; // The others notice only that its heartbeats are missing.
run(50);
propose('world');
run(1);
first.up = true; // It learns the new term, and receives the entries that it has missed.
run(5);
for (const { id, node, words } of members) console.log(`member ${id}, ${node.role}: ${words.join(' ')}`);
