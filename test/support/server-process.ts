import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { LineSplitter } from '../../cluster/lines.js';
import { assert, defined } from '../../src/util/assert.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built command, as it is published: `make build` comes first. */
export const RAFTKV = [process.execPath, new URL('../../dist/cli/main.js', import.meta.url).pathname] as const;

/** One run of a program, with everything that it printed. It never outlives the process that started it. */
export class ServerProcess {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #running = true;

  /** @param variables of its environment, beside those of this process */
  constructor(command: readonly string[], folder: string, variables: Readonly<Record<string, string>> = {}) {
    const [program, ...args] = command;
    const env = { ...process.env, ...variables };
    const child = spawn(defined(program, 'the program'), args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const [pipe, lines] of [
      [child.stdout, this.stdout],
      [child.stderr, this.stderr],
    ] as const) {
      const splitter = new LineSplitter((line) => lines.push(line));
      pipe.on('data', (chunk: Buffer) => splitter.push(chunk));
      pipe.on('end', () => splitter.end());
    }
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    this.exited = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.#running = false;
        process.removeListener('exit', killAtExit);
        resolve({ code, signal });
      });
    });
  }

  get running(): boolean {
    return this.#running;
  }

  get pid(): number {
    return defined(this.#child.pid, 'the process id');
  }

  signal(signal: NodeJS.Signals): void {
    assert(this.#running, `the process is gone: ${signal} cannot reach it`);
    this.#child.kill(signal);
  }

  /** Ends it whatever it does, a stopped process too. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** The last lines that it printed, for the message of a failure. */
  log(lines = 40): string {
    return [...this.stdout, ...this.stderr].slice(-lines).join('\n');
  }
}

/** Ports that nothing listens on. They are held together and let go together, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
