import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Where a member is, and how its clients prove themselves. Passed between processes as JSON. */
export interface Target {
  readonly port: number;
  /** The certificate of the authority, in PEM; undefined without TLS. */
  readonly ca: string | undefined;
  /** Of a user. */
  readonly token: string | undefined;
}

/** Durations, in ms. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(durationsMs: readonly number[]): Spread {
  const sorted = [...durationsMs].sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** A program of this folder in a process of its own, which answers each message with one. */
export class Helper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(program: string, target: Target): Promise<Helper> {
    const file = new URL(program, import.meta.url).pathname;
    const child = fork(file, [JSON.stringify(target)], { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    return new Helper(child);
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.#child.send(question);
    const [answer] = (await once(this.#child, 'message')) as [Answer];
    return answer;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill();
    await exit;
  }
}

/** The other side of `Helper`: calls `answer` with each message. Ends with its parent. */
export function serveHelper(answer: (question: unknown, target: Target) => Promise<object>): void {
  const target = JSON.parse(process.argv[2] ?? '{}') as Target;
  process.on('message', (question: unknown) => {
    answer(question, target).then(
      (found) => process.send?.(found),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({});
}
