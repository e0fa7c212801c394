import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { poll } from '../../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Cluster } from '../cluster/cluster.js';
import type { HistoryEvent } from '../history/event.js';
import type { Effects, Nemesis } from '../nemesis/nemesis.js';
import { FaultSchedule } from './fault-schedule.js';
import { Recorder } from './recorder.js';

describe('the schedule of faults', () => {
  let events: HistoryEvent[];
  let healed: number;

  beforeEach(() => {
    events = [];
    healed = 0;
  });

  const folder = makeTemporaryFolder('fault-schedule');
  after(() => removeFolder(folder));

  /** Members that are always well. */
  const cluster = {
    running: ['n1'],
    network: { heal: async () => undefined },
    folder,
    restore: async () => {
      healed += 1;
      return false;
    },
    admin: () => ({ delete: async () => undefined }),
  } as unknown as Cluster;

  const nemesis = (name: string, effects: Effects): Nemesis => ({
    name,
    about: 'a test',
    pauseMs: [1, 2],
    holdMs: [1, 2],
    start: async () => ({ f: 'kill', value: [name], stop: async () => effects }),
  });

  function schedule(...nemeses: Nemesis[]): FaultSchedule {
    let time = 0;
    const recorder = new Recorder({ history: { add: (event) => events.push(event) }, now: () => time++ });
    return new FaultSchedule({ nemeses, cluster, recorder, seed: 1, log: () => undefined });
  }

  /** Runs never ended: the signal of the end of the load was collected as garbage. */
  it('ends after its time, even if garbage is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 20);
    try {
      await schedule().run(0.3, 0);
    } finally {
      clearInterval(collecting);
    }
    expect(healed).to.equal(1);
  });

  it('records the start and the end of a fault, the heal, and the first write after it', async () => {
    const faults = schedule(nemesis('one', { killed: 2 }));
    await faults.run(0.02, 0);
    expect(events.map(({ process, f, phase }) => [process, f, phase])).to.deep.equal([
      ['nemesis', 'kill', undefined],
      ['nemesis', 'kill', 'end'],
      ['nemesis', 'heal', undefined],
      ['cluster', 'first-write', undefined],
    ]);
    const { faults: counts, effects, recoveries } = faults.tally;
    expect([counts, effects]).to.deep.equal([{ one: 1 }, { one: { killed: 2 } }]);
    expect(recoveries.map(({ node }) => node)).to.deep.equal(['n1']);
  });

  // It counted from when all members had answered, which a member that had only been paused could delay.
  it('counts the time of the first write from the last effect of a fault, not from the end of the wait for members', async () => {
    const paused: Nemesis = {
      ...nemesis('paused', { killed: 1 }),
      start: async ({ undone }) => ({
        f: 'pause',
        value: [],
        stop: async () => {
          undone();
          await delay(60);
          return { stopped: 1 };
        },
      }),
    };
    const waited = schedule(paused);
    await waited.run(0.02, 0);
    expect(waited.tally.recoveries[0]?.ms).to.be.at.least(60);
  });

  it('heals once at the end if there are several kinds of fault, and begins none shortly before', async () => {
    const faults = schedule(nemesis('one', { killed: 1 }), nemesis('two', { killed: 1 }));
    await faults.run(2.6, 0);
    expect(healed).to.equal(1);
    expect(events.filter(({ f }) => f === 'heal')).to.have.length(1);
    expect(faults.tally.faults['two']).to.be.at.least(2);
    expect(events.at(-1)?.f).to.equal('first-write');
  });

  it('fails if a fault did nothing', async () => {
    const error = await schedule(nemesis('idle', { held: 0 }))
      .run(0.02, 0)
      .catch((thrown: unknown) => String(thrown));
    expect(error).to.equal('Error: the fault idle did nothing');
  });

  /** A nemesis whose faults last for a minute, unless they are ended. */
  const lasting = (stopped: string[]): Nemesis => ({
    ...nemesis('lasting', { killed: 1 }),
    holdMs: [60_000, 60_000],
    start: async () => ({
      f: 'kill',
      value: [],
      stop: async () => {
        stopped.push('lasting');
        return { killed: 1 };
      },
    }),
  });

  // The other fault went on, and started members of a cluster that was removed already.
  it('undoes the other faults if one fails', async () => {
    const stopped: string[] = [];
    const failing: Nemesis = {
      ...nemesis('failing', {}),
      start: async () => {
        throw new Error('no such process');
      },
    };
    const error = await schedule(lasting(stopped), failing)
      .run(60, 0)
      .catch((thrown: unknown) => String(thrown));
    expect(error).to.equal('Error: no such process');
    expect(stopped).to.deep.equal(['lasting']);
  });

  it('undoes faults as soon as it is ended', async () => {
    const stopped: string[] = [];
    const faults = schedule(lasting(stopped));
    const running = faults.run(60, 0.01);
    await poll('the fault', async () => events.length > 0 || undefined);
    faults.end();
    await running;
    expect(stopped).to.deep.equal(['lasting']);
    expect(healed).to.equal(0);
  });

  it('without faults lets time pass, and heals', async () => {
    await schedule().run(0.02, 0);
    expect(events.map(({ f }) => f)).to.deep.equal(['heal', 'first-write']);
  });
});
