import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defined } from '../../src/util/assert.js';
import { EtcdClient } from './etcd-client.js';
import type { TurnMeter } from './time-limits.js';

export type ProbeRequest =
  | { readonly kind: 'measure' | 'report' | 'slowness' | 'stop' }
  /** Work without a break, for this time. */
  | { readonly kind: 'hold'; readonly ms: number };

export interface ProbeReport {
  readonly endpoint?: string;
  readonly longestTurnMs?: number;
  readonly term?: number;
  readonly slowness?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Length of the body. */
  readonly bytes: number;
  /** The first characters of the body. */
  readonly start: string;
}

const MAIN = fileURLToPath(new URL('probed-member-main.ts', import.meta.url));
const START_CHARS = 200;

/** A cluster of one in a process of its own, whose event loop is measured there, without the work of its clients. */
export class ProbedMember implements TurnMeter {
  readonly client: EtcdClient;
  readonly #child: ChildProcess;
  readonly #endpoint: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.#endpoint = endpoint;
    this.client = new EtcdClient(endpoint);
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ProbedMember> {
    const child = fork(MAIN, [JSON.stringify(settings)], { execArgv: ['--import', 'tsx'] });
    const [{ endpoint }] = (await once(child, 'message')) as [ProbeReport];
    return new ProbedMember(child, defined(endpoint, 'an endpoint'));
  }

  /** Runs the work of clients. @returns the longest turn of the member's event loop meanwhile, in ms; see TurnProbe */
  async longestTurn(work: () => Promise<unknown>): Promise<number> {
    await this.#ask({ kind: 'measure' });
    await work();
    return defined((await this.#ask({ kind: 'report' })).longestTurnMs, 'a measurement');
  }

  async slowness(): Promise<number> {
    return defined((await this.#ask({ kind: 'slowness' })).slowness, 'a measurement');
  }

  async term(): Promise<number> {
    return defined((await this.#ask({ kind: 'report' })).term, 'a term');
  }

  /** Holds the member's event loop. */
  async hold(ms: number): Promise<void> {
    await this.#ask({ kind: 'hold', ms });
  }

  /** Sends a POST if there is a body. The body of the answer is not kept. */
  http(path: string, body?: string | Buffer): Promise<HttpAnswer> {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(`http://${this.#endpoint}${path}`, { method, agent: this.#agent });
    return new Promise((resolve, reject) => {
      sent.on('error', reject).on('response', (response) => {
        let bytes = 0;
        let start = '';
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (start.length < START_CHARS) start += chunk.toString('latin1', 0, START_CHARS);
        });
        response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, bytes, start }));
      });
      sent.end(body);
    });
  }

  /** Sends a POST whose answer is a stream, and reads this many bytes of it. */
  async stream(path: string, body: string, bytes: number): Promise<void> {
    const sent = request(`http://${this.#endpoint}${path}`, { method: 'POST', agent: this.#agent });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let read = 0;
    for await (const chunk of response) if ((read += (chunk as Buffer).length) >= bytes) break;
  }

  async dispose(): Promise<void> {
    this.client.close();
    this.#agent.destroy();
    this.#child.send({ kind: 'stop' } satisfies ProbeRequest);
    await once(this.#child, 'exit');
  }

  async #ask(question: ProbeRequest): Promise<ProbeReport> {
    this.#child.send(question);
    const [answer] = (await once(this.#child, 'message')) as [ProbeReport];
    return answer;
  }
}
