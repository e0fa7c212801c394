import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { assert } from '../../../../src/util/assert.js';
import { atExit } from '../../../support/at-exit.js';
import { makeTemporaryFolder, removeFolder } from '../../../support/temporary-folder.js';

type Fields = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

/** The first Chromium on the PATH. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((each) => join(each, name)),
  );
  return paths.find((path) => existsSync(path));
}

/** A headless Chromium with one page, spoken to in its DevTools protocol over two pipes. It does not outlive this process. */
export class Chromium {
  /** Errors of the console, exceptions, and what the browser logged about the page. */
  readonly problems: string[] = [];
  /** Addresses that the page asked for. */
  readonly requests: string[] = [];
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #profile = makeTemporaryFolder('chromium');
  readonly #waiting = new Map<number, Waiting>();
  readonly #loaded = new Set<() => void>();
  readonly #exited: Promise<void>;
  #calls = 0;
  #session: string | undefined;

  static async start(program: string): Promise<Chromium> {
    const chromium = new Chromium(program);
    try {
      await chromium.#open();
      return chromium;
    } catch (error) {
      await chromium.close();
      throw error;
    }
  }

  private constructor(program: string) {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage'];
    const args = [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`, 'about:blank'];
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const ended = atExit(() => this.#child.kill('SIGKILL'));
    this.#input = this.#child.stdio[3] as Writable;
    this.#input.on('error', () => undefined); // the exit says more
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', () => {
        ended();
        for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has ended'));
        resolve();
      });
    });
    let rest = '';
    (this.#child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message) as Fields);
    });
  }

  /** Calls a method of the protocol on the page. @throws Error with the text of the browser */
  async call(method: string, params: Fields = {}): Promise<Fields> {
    const id = ++this.#calls;
    const sent = { id, method, params, ...(this.#session === undefined ? {} : { sessionId: this.#session }) };
    return await new Promise<Fields>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(`${JSON.stringify(sent)}\0`);
    });
  }

  /** Loads a page. @returns the time until its `load` event, in ms */
  async load(url: string): Promise<number> {
    const began = performance.now();
    let done: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => (done = resolve));
    this.#loaded.add(done);
    await this.call('Page.navigate', { url });
    await loaded;
    this.#loaded.delete(done);
    return performance.now() - began;
  }

  /** The JSON value of an expression in the page. @throws Error if it throws */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, returnByValue: true });
    assert(exceptionDetails === undefined, `${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as Fields)['value'];
  }

  async setScheme(scheme: 'light' | 'dark'): Promise<void> {
    await this.call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  async setSize(width: number, height: number): Promise<void> {
    await this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** A PNG of the whole page. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    removeFolder(this.#profile);
  }

  async #open(): Promise<void> {
    const { targetInfos } = await this.call('Target.getTargets');
    const page = (targetInfos as readonly Fields[]).find((each) => each['type'] === 'page');
    const { sessionId } = await this.call('Target.attachToTarget', { targetId: page?.['targetId'], flatten: true });
    this.#session = String(sessionId);
    await this.call('Emulation.setFocusEmulationEnabled', { enabled: true });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Accessibility']) await this.call(`${domain}.enable`);
  }

  #receive({ id, result, error, method, params }: Fields): void {
    if (typeof id === 'number') {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve((result ?? {}) as Fields);
      else waiting?.reject(new Error(JSON.stringify(error)));
      return;
    }
    const fields = (params ?? {}) as Fields;
    if (method === 'Page.loadEventFired') for (const done of this.#loaded) done();
    if (method === 'Network.requestWillBeSent') this.requests.push(String((fields['request'] as Fields)['url']));
    if (method === 'Runtime.exceptionThrown') this.problems.push(JSON.stringify(fields['exceptionDetails']));
    if (method === 'Log.entryAdded') this.problems.push(JSON.stringify(fields['entry']));
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(String(fields['type']))) {
      this.problems.push(JSON.stringify(fields['args']));
    }
  }
}
