import { expect } from 'chai';
import { Launcher } from '../../cluster/launcher.js';
import type { LauncherOptions } from '../../cluster/launcher.js';
import type { Member } from '../../cluster/members.js';
import { defined } from '../../src/util/assert.js';

const members: readonly Member[] = ['a', 'b', 'c'].map((name, i) => ({ name, clientPort: i, peerPort: i }));
const [first, second] = [defined(members[0], 'a'), defined(members[1], 'b')];

// Stand-ins for a node: the launcher does not depend on raftkv.
const STOPS_CLEANLY = `process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1000)`;
const FAILS_AT_START = `console.error('no'); process.exit(3)`;
const IGNORES_SIGTERM = `process.on('SIGTERM', () => console.log('never')); console.log('up'); setInterval(() => {}, 1000)`;

/** A launcher of three scripts, each ready once it has printed `up`; ends with the test. */
class Fixture {
  readonly lines: string[] = [];
  readonly said: string[] = [];
  readonly launcher: Launcher;
  readonly #waiting: { count: number; line: string; resolve: () => void }[] = [];

  constructor(scriptOf: (member: Member) => string, options: Partial<LauncherOptions> = {}) {
    this.launcher = new Launcher({
      members,
      commandOf: (member) => [process.execPath, '-e', scriptOf(member)],
      findLeader: () => Promise.resolve(this.#count('up') >= members.length ? first : undefined),
      onLine: (member, line) => {
        this.lines.push(`${member.name} ${line}`);
        for (const { count, line: wanted, resolve } of this.#waiting) if (this.#count(wanted) >= count) resolve();
      },
      say: (line) => this.said.push(line),
      notReadyReason: () => 'the reason',
      onReady: (leader) => this.said.push(`ready ${leader.name}`),
      restart: true,
      restartDelayMs: 10,
      readyLimitMs: 10_000,
      leaderPollMs: 10,
      stopLimitMs: 5000,
      ...options,
    });
  }

  /** Waits until the nodes have printed this text a number of times. */
  seen(line: string, count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#count(line) >= count) resolve();
      this.#waiting.push({ count, line, resolve });
    });
  }

  kill(member: Member, signal: NodeJS.Signals): void {
    process.kill(defined(this.launcher.pid(member), 'its pid'), signal);
  }

  #count(line: string): number {
    return this.lines.filter((other) => other.endsWith(` ${line}`)).length;
  }
}

describe('the launcher of make cluster', () => {
  const fixtures: Fixture[] = [];
  const start = (...args: ConstructorParameters<typeof Fixture>): Fixture => {
    const fixture = new Fixture(...args);
    fixtures.push(fixture);
    return fixture;
  };

  afterEach(async () => {
    for (const { launcher } of fixtures.splice(0)) {
      launcher.stop();
      launcher.killAll();
      await launcher.closed;
    }
  });

  it('starts all nodes, prints their output, and stops them together with exit code 0', async () => {
    const { launcher, lines, said } = start(() => STOPS_CLEANLY);
    await launcher.run();
    launcher.stop();
    expect(await launcher.closed).to.equal(0);
    expect(said).to.deep.equal(['ready a']);
    expect(lines.sort()).to.deep.equal(['a up', 'b up', 'c up']);
  });

  it('stops the other nodes, with exit code 1, when one fails to start', async () => {
    const { launcher, said, lines } = start((member) => (member === second ? FAILS_AT_START : STOPS_CLEANLY));
    await launcher.run();
    expect(await launcher.closed).to.equal(1);
    expect(said[0]).to.equal('b stopped while it was starting (exit code 3); stopping the others');
    expect(lines).to.include('b no');
  });

  it('reports a program that cannot be run', async () => {
    const { launcher, said } = start(() => '', { commandOf: () => ['/nonexistent/raftkv'] });
    await launcher.run();
    expect(await launcher.closed).to.equal(1);
    expect(said[0]).to.equal('a cannot be started: /nonexistent/raftkv: it does not exist');
  });

  it('gives up if no leader is elected, and prints why', async () => {
    const { launcher, said } = start(() => STOPS_CLEANLY, {
      findLeader: () => Promise.resolve(undefined),
      readyLimitMs: 300,
    });
    await launcher.run();
    expect(await launcher.closed).to.equal(1);
    expect(said[0]).to.equal('the nodes were not ready within 0.3 s: the reason');
  });

  it('starts a killed node again, and leaves the others alone', async () => {
    const fixture = start(() => STOPS_CLEANLY);
    const { launcher } = fixture;
    await launcher.run();
    const untouched = launcher.pid(first);
    fixture.kill(second, 'SIGKILL');
    await fixture.seen('up', 4);
    expect(launcher.pid(first)).to.equal(untouched);
    const restarted = launcher.pid(second);
    launcher.stop();
    expect(await launcher.closed).to.equal(0);
    expect(fixture.said).to.deep.equal([
      'ready a',
      'b was killed (SIGKILL); it starts again in 0.01 s',
      `b was started again (pid ${restarted})`,
    ]);
  });

  // A user killed the leader that the launcher had named, and then could not find the next one: only the first leader's
  // process id was printed.
  it('prints the new leader, as a majority reports it, after the leader was killed', async () => {
    let leader: Member | undefined = first;
    const asked: number[] = [];
    let tellChange: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (tellChange = resolve));
    const fixture = start(() => STOPS_CLEANLY, {
      restart: false,
      findLeader: (needed) => {
        asked.push(needed);
        return Promise.resolve(fixture.launcher.pid(second) === undefined ? undefined : leader);
      },
      say: (line) => {
        fixture.said.push(line);
        if (line.includes('leads now')) tellChange();
      },
    });
    const { launcher, said } = fixture;
    await launcher.run();
    await fixture.seen('up', 3);
    fixture.kill(first, 'SIGKILL');
    // Until the others have elected a leader, they may still name the dead one.
    while (launcher.pid(first) !== undefined) await new Promise(setImmediate);
    leader = second;
    await changed;
    expect(said.filter((line) => line.includes('leads'))).to.deep.equal([`b leads now (pid ${launcher.pid(second)})`]);
    expect(asked[0]).to.equal(3);
    expect(new Set(asked.slice(1))).to.deep.equal(new Set([2]));
  });

  it('prints a leader again that leads as another process', async () => {
    let tell: (line: string) => void = () => undefined;
    const told = new Promise<string>((resolve) => (tell = resolve));
    const fixture = start(() => STOPS_CLEANLY, { say: (line) => line.includes('leads now') && tell(line) });
    await fixture.launcher.run();
    fixture.kill(first, 'SIGKILL');
    expect(await told).to.equal(`a leads now (pid ${fixture.launcher.pid(first)})`);
  });

  it('leaves a killed node down with --no-restart, and prints how to start it', async () => {
    const fixture = start(() => STOPS_CLEANLY, { restart: false });
    const { launcher, said } = fixture;
    await launcher.run();
    for (const member of members) fixture.kill(member, 'SIGKILL');
    expect(await launcher.closed).to.equal(1);
    expect(said.find((line) => line.startsWith('b was killed'))).to.match(
      /^b was killed \(SIGKILL\); the others continue\. To start it by hand: \S+ -e process/,
    );
    expect(said.at(-1)).to.equal('no node is left');
  });

  it('does not restart a node that exited by itself', async () => {
    const fixture = start(() => STOPS_CLEANLY);
    const { launcher, said } = fixture;
    await launcher.run();
    for (const member of members) fixture.kill(member, 'SIGTERM');
    expect(await launcher.closed).to.equal(1);
    expect(said.filter((line) => line.includes('stopped by itself (exit code 0)'))).to.have.length(3);
  });

  it('kills nodes that do not stop in time, and at once on a second signal', async () => {
    const patient = start((member) => (member === second ? IGNORES_SIGTERM : STOPS_CLEANLY), { stopLimitMs: 200 });
    await patient.launcher.run();
    patient.launcher.stop();
    expect(await patient.launcher.closed).to.equal(1);
    expect(patient.said).to.deep.equal([
      'ready a',
      'b did not stop within 0.2 s: killing it',
      'b did not stop cleanly (SIGKILL)',
    ]);
    const hasty = start(() => IGNORES_SIGTERM, { stopLimitMs: 60_000 });
    await hasty.launcher.run();
    hasty.launcher.stop();
    hasty.launcher.stop();
    expect(hasty.launcher.stopping).to.equal(true);
    hasty.launcher.killAll();
    expect(await hasty.launcher.closed).to.equal(1);
  });
});
