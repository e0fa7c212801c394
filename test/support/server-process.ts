import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { LineSplitter } from '../../cluster/lines.js';
import { assert, defined } from '../../src/util/assert.js';
import { isSystemError } from '../../src/util/system-error.js';
import { atExit } from './at-exit.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built command, as it is published; requires `make build`. */
export const RAFTKV = [process.execPath, new URL('../../dist/cli/main.js', import.meta.url).pathname] as const;

/** Variables of the tests themselves. A server would warn of them, as of every unknown RAFTKV_ variable. */
const TEST_VARIABLES = new Set(['RAFTKV_HISTORIES', 'RAFTKV_SCENARIOS', 'RAFTKV_TEST_SYSTEM']);

function withoutTestVariables(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !TEST_VARIABLES.has(name)));
}

/** One run of a program, with its output. It does not outlive the process that started it. */
export class ServerProcess {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #running = true;

  /** @param variables added to this process's environment */
  constructor(command: readonly string[], folder: string, variables: Readonly<Record<string, string>> = {}) {
    const [program, ...args] = command;
    const env = { ...withoutTestVariables(process.env), ...variables };
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
    const ended = atExit(() => child.kill('SIGKILL'));
    this.exited = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.#running = false;
        ended();
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

  /** Kills it, even if it is stopped. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** The last lines of its output, for failure messages. */
  log(lines = 40): string {
    return [...this.stdout, ...this.stderr].slice(-lines).join('\n');
  }
}

/**
 * The ports that are given out. The system takes those of outgoing connections from above them (from 32768 on Linux, 49152 on
 * macOS and Windows), so that none takes a port before its server does.
 */
const PORTS = { from: 10_000, to: 32_000 };

/** Free ports. They are bound and released together, so that no two are equal. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer();
    if (await listens(server, randomInt(PORTS.from, PORTS.to))) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** @returns whether the port was free */
function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (isSystemError(error) && error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
