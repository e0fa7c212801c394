import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, RaftKvError } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** A time in which a user may have had a permission. */
interface Window {
  readonly fromMs: number;
  /** Undefined while it may still have it. */
  untilMs: number | undefined;
}

const now = (): number => performance.now();

/** Root: gives a permission and takes it away, and switches authentication off and on, until it is told to stop. */
class Root {
  readonly windows: Window[] = [];
  changes = 0;
  #running = true;
  readonly #client: Client;
  readonly #done: Promise<void>;

  constructor(client: Client) {
    this.#client = client;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** Whether a call was sent or answered in a window, so that it may have had the permission. */
  mayHavePassed(sentMs: number, answeredMs: number): boolean {
    return this.windows.some(
      ({ fromMs, untilMs }) => fromMs <= answeredMs && (untilMs === undefined || untilMs >= sentMs),
    );
  }

  async #run(): Promise<void> {
    const { auth } = this.#client;
    let round = 0;
    while (this.#running) {
      const isOff = ++round % 4 === 0;
      const window: Window = { fromMs: now(), untilMs: undefined };
      this.windows.push(window);
      await untilDone(() =>
        isOff ? auth.disable() : auth.roleGrantPermission('r', { access: 'write', keys: 'gated' }),
      );
      await delay(30);
      await untilDone(() => (isOff ? auth.enable() : auth.roleRevokePermission('r', 'gated')));
      window.untilMs = now();
      this.changes += 2;
      await delay(60);
    }
  }
}

/** Repeats a change until it is made: a repetition of one that was made and not answered finds nothing to do. */
async function untilDone(change: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      if (error.code === 'not-found' || error.message.includes('is not granted')) return;
    }
    await delay(20);
  }
}

describe('users whose permissions change, over kills and restarts', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  const clients: Client[] = [];

  beforeEach(async () => {
    // Tokens expire, and members are compared, many times during the test.
    const flags = ['--bcrypt-cost', '4', '--auth-token-ttl', '1', '--corrupt-check-time', '500ms'];
    cluster = await ProcessCluster.start({ flags });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await cluster.dispose();
  });

  function connect(user?: string): Client {
    const endpoints = cluster.clients.map(({ endpoint }) => endpoint);
    const client = new Client({ endpoints, ...(user === undefined ? {} : { user, password: user }) });
    clients.push(client);
    return client;
  }

  it('may do what they are permitted all the time, and nothing else at any time', async () => {
    const { auth } = connect();
    for (const name of ['root', 'ann']) await auth.userAdd(name, { password: name });
    for (const name of ['root', 'r']) await auth.roleAdd(name);
    await auth.roleGrantPermission('r', { access: 'readwrite', keys: { prefix: 'open/' } });
    await auth.userGrantRole('root', 'root');
    await auth.userGrantRole('ann', 'r');
    await auth.enable();

    const [rootClient, ann] = [connect('root'), connect('ann')];
    const root = new Root(rootClient);
    const wrong: string[] = [];
    let [open, passed, denied] = [0, 0, 0];
    const lane = { isRunning: true };
    const put = async (key: string): Promise<string> => {
      try {
        await ann.put(key, 'x');
        return 'ok';
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        return error.code;
      }
    };
    const openLane = async (): Promise<void> => {
      while (lane.isRunning) {
        const outcome = await put(`open/${open % 10}`);
        if (outcome === 'ok') open++;
        else if (outcome === 'permission-denied' || outcome === 'unauthenticated') wrong.push(`open/: ${outcome}`);
        await delay(2);
      }
    };
    const gatedLane = async (): Promise<void> => {
      while (lane.isRunning) {
        const sentMs = now();
        const outcome = await put('gated');
        if (outcome === 'permission-denied') denied++;
        if (outcome === 'ok' && root.mayHavePassed(sentMs, now())) passed++;
        else if (outcome === 'ok') wrong.push('gated: written without a permission');
        await delay(2);
      }
    };
    const lanes = [openLane(), gatedLane()];
    const progress = async (): Promise<void> => {
      const before = [open, denied, root.changes] as const;
      await poll(
        'calls of the user and of root',
        () => (open > before[0] + 20 && denied > before[1] && root.changes > before[2] + 4 ? true : undefined),
        60_000,
      );
    };
    await progress();
    for (let round = 0; round < 2; round++) {
      const leader = await cluster.leader();
      await cluster.kill9(round === 1 ? defined(cluster.others(leader)[0], 'a follower') : leader);
      await progress();
      for (const index of cluster.all) if (!cluster.running.includes(index)) cluster.spawn(index);
      await cluster.ready();
      await progress();
    }
    lane.isRunning = false;
    await Promise.all(lanes);
    await root.stop();
    expect(wrong).to.deep.equal([]);
    expect(passed, 'writes with the permission').to.be.above(0);

    await poll('equal hashes', async () => {
      const { token } = await rootClient.auth.authenticate({ user: 'root', password: 'root' });
      const answers = await Promise.all(
        cluster.all.map((index) => cluster.client(index).hashKv(0, { metadata: { token } })),
      );
      return new Set(answers.map((answer) => JSON.stringify(expectOk(answer).hash))).size === 1 ? true : undefined;
    });
    expect(await rootClient.alarms(), 'alarms of members that differ').to.deep.equal([]);
  });
});
