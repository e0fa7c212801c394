import { Client } from '../../../src/client/index.js';
import type { ClientOptions } from '../../../src/client/index.js';
import { defined } from '../../../src/util/assert.js';
import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import type { History } from '../history/history.js';
import { RecordedProcess } from './recorder.js';
import type { Recorder } from './recorder.js';
import { randomFor } from './settings.js';
import type {
  CallOptions,
  ClientContext,
  FinishContext,
  Invocation,
  NodeAddress,
  Outcome,
  RunContext,
} from './workload.js';

export interface ContextsOptions {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly history: History;
  readonly seed: number;
  readonly log: (text: string) => void;
}

/** Makes what a workload works with, and closes its clients at the end. */
export class Contexts {
  readonly #options: ContextsOptions;
  readonly #nodes: readonly NodeAddress[];
  readonly #clients: Client[] = [];
  readonly #loadEnds = new AbortController();

  constructor(options: ContextsOptions) {
    this.#options = options;
    const { cluster } = options;
    this.#nodes = cluster.names.map((name) => ({ name, endpoint: cluster.reachedUrl(name) }));
  }

  run(part: string): RunContext {
    const { cluster, seed, recorder, log } = this.#options;
    return {
      target: cluster.target,
      seed,
      random: randomFor(seed, part),
      nodes: this.#nodes,
      now: () => recorder.now(),
      connect: (nodes, options) => this.#connect(nodes ?? this.#nodes, options),
      log,
    };
  }

  worker(worker: number): ClientContext {
    const node = defined(this.#nodes[worker % this.#nodes.length], 'a member');
    const { recorder } = this.#options;
    const part = `worker ${worker}`;
    return new RecordedContext(this.run(part), recorder, { worker, node, signal: this.#loadEnds.signal });
  }

  /** @param signal aborted when the last reads must end */
  finish(signal: AbortSignal): FinishContext {
    const { recorder, history } = this.#options;
    const node = defined(this.#nodes[0], 'a member');
    const place = { worker: -1, node, signal };
    return new LastContext(this.run('finish'), recorder, place, history);
  }

  /** Aborts the signal of the workers. */
  endLoad(): void {
    this.#loadEnds.abort();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #connect(nodes: readonly NodeAddress[], options: Partial<ClientOptions> = {}): Client {
    const own = this.#options.cluster.clientOptions(nodes.map(({ name }) => name));
    const client = new Client({ ...own, ...options });
    this.#clients.push(client);
    return client;
  }
}

type Place = Pick<ClientContext, 'worker' | 'node' | 'signal'>;

class RecordedContext implements ClientContext {
  readonly target: 'raftkv' | 'etcd';
  readonly seed: number;
  readonly random: Random;
  readonly nodes: readonly NodeAddress[];
  readonly worker: number;
  readonly node: NodeAddress;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly connect: RunContext['connect'];
  readonly log: (text: string) => void;
  readonly #place: Place;
  readonly #run: RunContext;
  readonly #recorder: Recorder;
  readonly #process: RecordedProcess;

  constructor(run: RunContext, recorder: Recorder, place: Place) {
    this.#run = run;
    this.#recorder = recorder;
    this.#place = place;
    this.#process = new RecordedProcess(recorder);
    this.target = run.target;
    this.seed = run.seed;
    this.random = run.random;
    this.nodes = run.nodes;
    this.worker = place.worker;
    this.node = place.node;
    this.signal = place.signal;
    this.now = () => run.now();
    this.connect = (nodes, options) => run.connect(nodes, options);
    this.log = (text) => run.log(text);
  }

  get process(): number {
    return this.#process.id;
  }

  async call(invocation: Invocation, run: () => Promise<Outcome>, options: CallOptions = {}): Promise<Outcome> {
    return await this.#process.call(invocation, options.node ?? this.node.name, run);
  }

  fork(): ClientContext {
    return new RecordedContext(this.#run, this.#recorder, this.#place);
  }
}

class LastContext extends RecordedContext implements FinishContext {
  readonly history: History;

  constructor(run: RunContext, recorder: Recorder, place: Place, history: History) {
    super(run, recorder, place);
    this.history = history;
  }
}
