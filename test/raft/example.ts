import { MemoryStorage, RawNode, seededRandom } from '../../src/raft/index.js';
import type { Message } from '../../src/raft/index.js';

const VOTERS = [1, 2, 3];

const members = VOTERS.map((id) => {
  // The disk. All members start from the same configuration, and with an empty log.
  const storage = new MemoryStorage({ voters: VOTERS });
  // Chance spreads the election timeouts: each member has its own. `{ next: Math.random }` is one that does not replay.
  const node = new RawNode({ id, storage, random: seededRandom(id) });
  const words: string[] = []; // the state machine
  return { id, storage, node, words, up: true };
});
type Member = (typeof members)[number];

// The network: what is sent arrives at once, unless its receiver is down.
function send(messages: readonly Message[]): void {
  for (const message of messages) members.find(({ id, up }) => up && id === message.to)?.node.step(message);
}

// What a node asks for, in the order that it has to be done in.
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

// Lets time pass: a program would tick from a timer, every 100 ms say.
function run(ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    for (const { node, up } of members) if (up) node.tick();
    while (members.some(isBusy)) members.filter(isBusy).forEach(work);
  }
}

// Any member takes a proposal, and passes it on. Asked at the leader, it has one way less to go.
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
first.up = false; // The others do not hear of it, but they miss its heartbeats.
run(50);
propose('world');
run(1);
first.up = true; // It hears of the new term, and gets what it has missed.
run(5);
for (const { id, node, words } of members) console.log(`member ${id}, ${node.role}: ${words.join(' ')}`);
