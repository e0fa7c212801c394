import { raftkvpb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import type { Random } from '../../../src/util/random.js';
import { pick } from '../options.js';
import type { Machine } from '../machine.js';
import type { World } from '../world.js';
import { INDEXES, type SimIndex } from './documents.js';
import { ask } from './index-call.js';
import { IndexWriter } from './index-writer.js';
import { LEVELS, READ_LEVELS, someLimit, someSelection, wordsOf, type Level, type Selection } from './index-queries.js';
import { KnownIndexes, type Moment } from './known-indexes.js';
import { listingError, type Listing } from './listing.js';
import { membersErrors } from './members-check.js';
import { StateBook } from './state-book.js';

const { IndexCreateRequest, IndexDropRequest, IndexQueryRequest, IndexQueryResponse } = raftkvpb;
type Response = ReturnType<typeof IndexQueryResponse.decode>;

/** Attempts for one page of a listing. */
const PAGE_ATTEMPTS = 5;

/**
 * Clients that write documents, create and drop indexes over them, and query those at any member. In the end each listing is
 * compared with the documents of its revision, as range reads show them.
 */
export class IndexClients {
  readonly writer: IndexWriter;
  readonly #world: World;
  readonly #book = new StateBook();
  readonly #known: KnownIndexes;
  readonly #listings: Listing[] = [];
  readonly #done: Promise<unknown>;
  #running = true;

  constructor(world: World) {
    this.#world = world;
    const { indexClients, users } = world.options;
    // Without a user the calls would be refused.
    const count = users > 0 ? 0 : indexClients;
    if (count > 0) world.onApplied = (machine) => this.#book.note(machine);
    this.#known = new KnownIndexes(world);
    this.writer = new IndexWriter(world, this.#book);
    this.#done = Promise.all(Array.from({ length: count }, (_, at) => this.#live(`i${at + 1}`)));
  }

  /** Begins no more calls; resolves when those in progress have ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** Whether no index is being built any more, and the entries of dropped ones are gone. */
  get areBuilt(): boolean {
    const { leader } = this.#world;
    if (leader === undefined) return false;
    return [...leader.member.assembly.store.indexes().byName.values()].every(({ state }) => state.kind !== 'building');
  }

  /** Compares the answers with the book, and members that have applied the same with it. */
  async check(members: readonly Machine[]): Promise<readonly string[]> {
    const wrong = this.#listings.flatMap((listing) => listingError(this.#book, listing) ?? []);
    wrong.push(...this.writer.errors());
    for (const { label, member } of members)
      wrong.push(...(await membersErrors(label, member.assembly.store, this.#book)));
    return wrong.slice(0, 3);
  }

  async #live(client: string): Promise<void> {
    const { options } = this.#world;
    const random = this.#world.random(client);
    while (this.#running) {
      await this.#world.sleep(random.next() * 2 * options.paceMs);
      const machine = this.#world.someMachine(random, ({ dead }) => !dead);
      if (!this.#running || machine === undefined) continue;
      const index = pick(random, INDEXES);
      const chance = random.next();
      if (chance < 0.45) await this.writer.write({ client, machine, random });
      else if (chance < 0.9) await this.#query({ client, machine, random, index });
      else if (chance < 0.96) await this.#create(client, machine, index);
      else await this.#drop(client, machine, index);
    }
  }

  async #create(client: string, machine: Machine, { definition, name }: SimIndex): Promise<void> {
    const body = IndexCreateRequest.encode({ definition }).finish();
    const result = await ask(this.#world, machine, {
      client,
      what: `create index ${name}`,
      path: '/raftkvpb.Index/Create',
      body,
    });
    // The definition of a name is always the same.
    if (result?.kind === 'error' && result.status.message.includes('exists')) {
      this.#world.violated(`${client}: ${result.status.message}`);
    }
  }

  async #drop(client: string, machine: Machine, { name }: SimIndex): Promise<void> {
    this.#known.dropCalled(name);
    const body = IndexDropRequest.encode({ name }).finish();
    const result = await ask(this.#world, machine, {
      client,
      what: `drop index ${name}`,
      path: '/raftkvpb.Index/Drop',
      body,
    });
    this.#known.dropEnded(name, result?.kind === 'ok');
  }

  /** Lists some entries in pages, each from some member at some level. */
  async #query(options: {
    readonly client: string;
    readonly machine: Machine;
    readonly random: Random;
    readonly index: SimIndex;
  }): Promise<void> {
    const { client, random, index } = options;
    const selection = someSelection(random, index, this.writer.mails);
    const level = pick(random, LEVELS);
    const since = this.#known.now(index.name);
    const floor = this.writer.floor;
    const words: string[] = [];
    let first: Omit<Listing, 'words' | 'isComplete'> | undefined;
    let pageToken: Uint8Array = new Uint8Array(0);
    let machine: Machine | undefined = options.machine;
    for (let attempt = 0; attempt < PAGE_ATTEMPTS && machine !== undefined; attempt++) {
      const pageLevel: Level = first === undefined ? level : pick(random, LEVELS);
      const asked = { selection, level: pageLevel, limit: someLimit(random), pageToken };
      const page = await this.#page(client, machine, asked);
      if (typeof page === 'string') {
        const isKnown = this.#isOrdered(level) && (first !== undefined || since.wasReady);
        this.#refused({ client, index, message: page, isKnown, since });
        // A page may be asked for again; a listing begins anew.
        if (first === undefined || isFinal(page)) break;
      } else {
        attempt = 0;
        // A stale page may be of an index that was dropped before.
        if (this.#isOrdered(level)) this.#known.seenReady(index.name, since);
        const revision = clampInteger(page.revision);
        first ??= { client, selection, level, revision, ...this.#promised(level, { floor, page, machine }) };
        if (first.revision !== revision) {
          this.#world.violated(
            `${client}: a page of ${index.name} is from revision ${revision}, the first from ${first.revision}`,
          );
        }
        words.push(...page.entries.map(wordsOf));
        pageToken = page.nextPageToken;
        if (pageToken.length === 0) break;
        if (asked.limit > 0 && page.entries.length !== asked.limit) {
          this.#world.violated(
            `${client}: a page of ${index.name} holds ${page.entries.length} entries of ${asked.limit}, and there are more`,
          );
        }
      }
      await this.#world.sleep(random.next() * 60);
      machine = this.#world.someMachine(random, ({ dead }) => !dead);
    }
    if (first !== undefined) this.#listings.push({ ...first, words, isComplete: pageToken.length === 0 });
  }

  async #page(
    client: string,
    machine: Machine,
    asked: {
      readonly selection: Selection;
      readonly level: Level;
      readonly limit: number;
      readonly pageToken: Uint8Array;
    },
  ): Promise<Response | string> {
    const { level, limit, pageToken, selection } = asked;
    const body = IndexQueryRequest.encode({
      ...selection.request,
      limit,
      pageToken,
      readLevel: READ_LEVELS[level],
    }).finish();
    const what = `query ${selection.index.name} ${level} ${limit}${pageToken.length > 0 ? ' from a token' : ''}`;
    const result = await ask(this.#world, machine, { client, what, path: '/raftkvpb.Index/Query', body });
    if (result?.kind !== 'ok') return result?.status.message ?? 'no answer';
    const page = IndexQueryResponse.decode(result.body);
    this.#world.trace.line(machine, `${client} gets ${page.entries.length} at ${clampInteger(page.revision)}`);
    return page;
  }

  /** The revision that a listing must not be older than. */
  #promised(
    level: Level,
    { floor, page, machine }: { readonly floor: number; readonly page: Response; readonly machine: Machine },
  ): Pick<Listing, 'floor' | 'isOrdered'> {
    if (this.#isOrdered(level)) return { floor, isOrdered: true };
    const { stalenessMs } = page.header ?? {};
    if (level !== 'stale' || stalenessMs === undefined || stalenessMs === null) return { floor, isOrdered: false };
    const atMs = this.#world.time.nowMs - clampInteger(stalenessMs) / machine.rate;
    return { floor: this.writer.floorAt(atMs), isOrdered: true };
  }

  #isOrdered(level: Level): boolean {
    return level === 'consistent' || (level === 'default' && this.#world.clocksKeepBound);
  }

  /** An index that was ready, and that nothing has dropped since, can be queried. */
  #refused(options: {
    readonly client: string;
    readonly index: SimIndex;
    readonly message: string;
    readonly isKnown: boolean;
    readonly since: Moment;
  }): void {
    const { client, index, message, isKnown, since } = options;
    if (/internal|invalid|not of its type|belongs to no page|is ready from/.test(message)) {
      this.#world.violated(`${client}: a query of ${index.name} gets: ${message}`);
    }
    const isOfIndex = message.startsWith('raftkv: index');
    if (!isOfIndex || !isKnown || !this.#known.isUndropped(index.name, since)) return;
    this.#world.violated(`${client}: ${index.name} was ready, and is not dropped, but a query gets: ${message}`);
  }
}

/** Whether no other member gives the page either. */
function isFinal(message: string): boolean {
  return message.startsWith('raftkv: index') || message.includes('compacted');
}
