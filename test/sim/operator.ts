import { encodeCommand } from '../../src/kv/commands/command.js';
import type { Member } from '../../src/kv/membership/members.js';
import { encodeMemberChange, stepOf } from '../../src/kv/membership/member-change.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { addMember, changeMember, type ChangeResult } from '../support/virtual-calls.js';
import { someTime } from './fault.js';
import type { Machine } from './machine.js';
import { OPERATION_KINDS, pick, type OperationKind } from './options.js';
import type { World } from './world.js';

/** More members than this make a run slow and show nothing new. */
const MEMBERS_MAX = 9;
/** Interval between two checks for repairs, in ms. */
const ROUND_MS = 700;
/** Number of attempts at a removal before the operator gives up. */
const TRIES = 8;

/** Changes the membership, transfers the leadership, restarts members, and replaces members that have lost their data. */
export class Operator {
  readonly #world: World;
  #over = false;
  #added = 0;
  /** Operations in progress. */
  #underWay = 0;
  /** Number of members that were removed and must be replaced. */
  #owed = 0;
  /** The URL of a replacement that was requested and is not known to be a member. */
  #requestedUrl: string | undefined;

  constructor(world: World) {
    this.#world = world;
    for (const kind of OPERATION_KINDS) {
      const everyMs = world.options.operations[kind];
      if (everyMs !== undefined) void this.#live(kind, everyMs);
    }
    void this.#repair();
  }

  /** Makes no more random changes; damaged members are still replaced. */
  finish(): void {
    this.#over = true;
  }

  /** Whether every member has a machine that can run, and no machine waits for the operator. */
  get isDone(): boolean {
    const { machines } = this.#world;
    const members = this.#newestMembers();
    return (
      this.#owed === 0 &&
      this.#underWay === 0 &&
      machines.every(({ fate, held }) => fate !== 'damaged' && !held) &&
      members.every(({ id }) => machines.some((machine) => machine.id === id))
    );
  }

  async #live(kind: OperationKind, everyMs: number): Promise<void> {
    const random = this.#world.random(kind);
    for (;;) {
      await this.#world.sleep(someTime(random, everyMs));
      if (this.#over) return;
      this.#underWay++;
      await this.#operate(kind, random);
      this.#underWay--;
    }
  }

  async #operate(kind: OperationKind, random: Random): Promise<void> {
    const world = this.#world;
    const via = world.someMachine(random, ({ running }) => running);
    if (via === undefined) return;
    const conf = via.member.assembly.node.confState;
    switch (kind) {
      case 'add-voter':
      case 'add-learner':
        if (conf.voters.length + conf.learners.length < MEMBERS_MAX) await this.#add(via, kind === 'add-learner');
        return;
      case 'add-jointly':
        if (conf.voters.length + conf.learners.length < MEMBERS_MAX) this.#addJointly(via, random);
        return;
      case 'promote': {
        const id = conf.learners[0];
        if (id !== undefined)
          this.#note(via, `promote ${this.#label(id)}`, await changeMember(via.member, 'MemberPromote', id));
        return;
      }
      case 'remove': {
        const id = pick(random, [...conf.voters, ...conf.learners]);
        if (conf.voters.length > 1 && !world.hasDoubtfulDisk)
          this.#note(via, `remove ${this.#label(id)}`, await changeMember(via.member, 'MemberRemove', id));
        return;
      }
      case 'replace': {
        const victim = world.someMachine(random, (machine) => machine.fate === 'wanted' && machine !== via);
        if (victim !== undefined && conf.voters.length > 1 && world.canLose(victim))
          await this.#replace(victim, random);
        return;
      }
      case 'transfer': {
        const to = pick(random, conf.voters);
        world.trace.line(via, `OPERATOR transfer to ${this.#label(to)}`);
        via.member.assembly.node.transferLeader(to);
        return;
      }
      case 'restart':
        world.trace.line(via, 'OPERATOR restart');
        // The machine may be killed in the middle of it; then the stop never ends.
        void via.stop();
        return;
    }
  }

  async #add(via: Machine, isLearner: boolean): Promise<void> {
    const url = `http://n${++this.#added}:2380`;
    const result = await addMember(via.member, { url, isLearner });
    this.#note(via, isLearner ? 'add a learner' : 'add a voter', result);
    if (result.kind === 'ok') this.#begin(result.id);
  }

  /** Through a joint configuration, which no service requests, but which core and log must support. */
  #addJointly(via: Machine, random: Random): void {
    const id = randomInteger(random, 2 ** 40, 2 ** 48);
    const member = { id, name: '', peerUrls: [`http://n${++this.#added}:2380`], clientUrls: [], isLearner: false };
    const change = { kind: 'memberAdd', member, maxLearners: 1 } as const;
    const context = encodeCommand({
      origin: { member: 0, boot: 0, sequence: 0 },
      kind: change.kind,
      request: encodeMemberChange(change),
    });
    const proposal = { transition: 'implicit', steps: [stepOf(change)], context } as const;
    via.member.assembly.node.proposeConfChange({ change: proposal, abandoned: false, proposed: false });
    // There is no answer: the next check of the members starts it.
    this.#world.trace.line(via, 'OPERATOR add a voter jointly: proposed');
  }

  /** Wipes the machine once the others have removed its member; a new member takes its place. */
  async #replace(victim: Machine, random: Random): Promise<void> {
    const world = this.#world;
    victim.held = true;
    victim.crash('kill');
    for (let tries = 0; tries < TRIES && !world.wasRemoved(victim.id); tries++) {
      const via = world.someMachine(random, ({ running }) => running);
      if (via !== undefined)
        this.#note(via, `remove ${victim.label}`, await changeMember(via.member, 'MemberRemove', victim.id));
      await world.sleep(randomInteger(random, 100, 500));
    }
    victim.held = false;
    if (world.wasRemoved(victim.id)) {
      victim.fate = 'removed';
      this.#owed++;
    } else victim.startLater();
  }

  /** Repairs that any operator would make. */
  async #repair(): Promise<void> {
    const world = this.#world;
    const random = world.random('repair');
    for (;;) {
      await world.sleep(ROUND_MS * (0.5 + random.next()));
      const via = world.someMachine(random, ({ running }) => running);
      if (via === undefined) continue;
      // A change whose answer was lost may have been applied: its member must be started.
      for (const { id } of this.#newestMembers()) this.#begin(id);
      const damaged = world.machines.find(({ fate }) => fate === 'damaged');
      if (damaged !== undefined && !world.wasRemoved(damaged.id)) {
        this.#note(
          via,
          `remove ${damaged.label}, which is damaged`,
          await changeMember(via.member, 'MemberRemove', damaged.id),
        );
      } else if (damaged !== undefined) {
        damaged.fate = 'removed';
        this.#owed++;
      } else if (this.#owed > 0) await this.#addReplacement(via);
    }
  }

  /** A request that was not answered may have added the member, so another is made under its URL only. */
  async #addReplacement(via: Machine): Promise<void> {
    const url = (this.#requestedUrl ??= `http://n${++this.#added}:2380`);
    let id = this.#newestMembers().find(({ peerUrls }) => peerUrls.includes(url))?.id;
    if (id === undefined) {
      const result = await addMember(via.member, { url });
      this.#note(via, 'add a replacement', result);
      if (result.kind === 'ok') ({ id } = result);
    }
    if (id === undefined) return;
    this.#requestedUrl = undefined;
    this.#owed--;
    this.#begin(id);
  }

  /** The members table of the most advanced member. */
  #newestMembers(): readonly Member[] {
    let newest: Machine | undefined;
    for (const machine of this.#world.running) {
      if ((machine.status?.applied ?? 0) > (newest?.status?.applied ?? -1)) newest = machine;
    }
    return newest?.member.assembly.store.members() ?? [];
  }

  #begin(id: number): void {
    if (this.#world.machines.some((machine) => machine.id === id)) return;
    this.#world.addMachine(id).start();
  }

  #label(id: number): string {
    return this.#world.machines.find((machine) => machine.id === id)?.label ?? String(id);
  }

  #note(via: Machine, what: string, result: ChangeResult): void {
    this.#world.trace.line(via, `OPERATOR ${what}: ${result.kind === 'ok' ? 'ok' : result.message}`);
  }
}
