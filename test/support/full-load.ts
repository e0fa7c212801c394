import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { etcdserverpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk, type EtcdClient } from './etcd-client.js';
import { poll } from './poll.js';

/** Puts of one key: each is sent after the answer of the one before, and the last may be without an answer. */
interface KeyPuts {
  sent: number;
  acknowledged: number;
}

export interface FullLoadOptions {
  /** Members, as host:port; each is sent puts over a connection of its own. */
  readonly endpoints: readonly string[];
  /** Puts in flight at each member. */
  readonly atOnce: number;
  /** Length of a value, in bytes. */
  readonly valueBytes: number;
}

/** Puts of a key before its writer takes another. */
const PUTS_OF_KEY = 20;
/** Pause of a writer after a failure, in ms. */
const RETRY_PAUSE_MS = 25;
/** Time limit of a put, in ms. Its outcome is unknown then. */
const PUT_MS = 10_000;
const PREFIX = 'load/';
const PAGE_KEYS = 10_000;
const MESSAGE_HEAD_BYTES = 5;

/**
 * Puts many keys as fast as the members answer, and knows what each key may hold. The n-th put of a key writes its name and n, and
 * no key is put again after a put without an answer. So a key of version n must hold the value of put n, and n may only be the
 * number of answered puts, or of those that were sent.
 */
export class FullLoad {
  readonly #options: FullLoadOptions;
  readonly #keys = new Map<string, KeyPuts>();
  readonly #sessions: (ClientHttp2Session | undefined)[] = [];
  readonly #writers: Promise<unknown>;
  #acknowledged = 0;
  #stopped = false;

  constructor(options: FullLoadOptions) {
    this.#options = options;
    const writers = options.endpoints.flatMap((_, member) =>
      Array.from({ length: options.atOnce }, (__, number) => this.#write(member, `${PREFIX}${member}-${number}-`)),
    );
    this.#writers = Promise.all(writers);
  }

  /** Number of acknowledged puts. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Waits for this many further acknowledged puts. */
  async more(count: number): Promise<void> {
    const enough = this.#acknowledged + count;
    await poll(`${count} more acknowledged puts`, () => (this.#acknowledged >= enough ? true : undefined), 60_000);
  }

  /** Begins no more puts; resolves when the last has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writers;
    for (const session of this.#sessions) session?.destroy();
  }

  /** Reads all keys, linearizably. @returns what contradicts the answers, in words */
  async contradictions(client: EtcdClient): Promise<string[]> {
    const wrong: string[] = [];
    const unseen = new Set(this.#keys.keys());
    let from = Buffer.from(PREFIX);
    for (;;) {
      const range = {
        key: from,
        rangeEnd: Buffer.from('load0'),
        limit: PAGE_KEYS,
        readLevel: etcdserverpb.ReadLevel.CONSISTENT,
      };
      const { kvs, more } = expectOk(await client.range(range, { timeoutMs: 30_000 }));
      for (const kv of kvs) {
        const key = Buffer.from(kv.key ?? []).toString();
        unseen.delete(key);
        wrong.push(...this.#wrongAbout(key, clampInteger(kv.version), Buffer.from(kv.value ?? [])));
      }
      const last = kvs.at(-1)?.key;
      if (!more || !last) break;
      from = Buffer.concat([last, Buffer.of(0)]);
    }
    for (const key of unseen) {
      const acknowledged = this.#keys.get(key)?.acknowledged ?? 0;
      if (acknowledged > 0) wrong.push(`${key} is absent, ${acknowledged} puts were acknowledged`);
    }
    return wrong;
  }

  #wrongAbout(key: string, version: number, value: Buffer): string[] {
    const puts = this.#keys.get(key);
    if (puts === undefined) return [`${key} was never sent`];
    if (version < puts.acknowledged || version > puts.sent)
      return [`${key} has version ${version}, ${puts.acknowledged} puts of ${puts.sent} were acknowledged`];
    if (value.equals(this.#valueOf(key, version))) return [];
    return [`${key} holds ${value.subarray(0, 40).toString()}, which is not put ${version}`];
  }

  #valueOf(key: string, put: number): Buffer {
    return Buffer.from(`${key} put ${put} `.padEnd(this.#options.valueBytes, '.'));
  }

  async #write(member: number, prefix: string): Promise<void> {
    for (let number = 0; !this.#stopped; number += 1) {
      const key = `${prefix}${number}`;
      const puts: KeyPuts = { sent: 0, acknowledged: 0 };
      this.#keys.set(key, puts);
      while (!this.#stopped && puts.sent < PUTS_OF_KEY) {
        puts.sent += 1;
        if (!(await this.#put(member, key, this.#valueOf(key, puts.sent)))) {
          await delay(RETRY_PAUSE_MS);
          break;
        }
        puts.acknowledged += 1;
        this.#acknowledged += 1;
      }
    }
  }

  /** @returns whether it was acknowledged */
  #put(member: number, key: string, value: Buffer): Promise<boolean> {
    const message = etcdserverpb.PutRequest.encode({ key: Buffer.from(key), value }).finish();
    const body = Buffer.alloc(MESSAGE_HEAD_BYTES + message.length);
    body.writeUInt32BE(message.length, 1);
    body.set(message, MESSAGE_HEAD_BYTES);
    return new Promise((resolve) => {
      const stream = this.#request(member);
      let isGood = false;
      stream.on('trailers', (trailers) => (isGood = trailers['grpc-status'] === '0'));
      // Errors of the connection: the outcome is unknown.
      stream.on('error', () => undefined);
      stream.on('close', () => resolve(isGood));
      stream.setTimeout(PUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
      stream.resume();
      stream.end(body);
    });
  }

  #request(member: number): ClientHttp2Stream {
    let session = this.#sessions[member];
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(`http://${this.#options.endpoints[member]}`);
      session.on('error', () => undefined);
      this.#sessions[member] = session;
    }
    return session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.KV/Put',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
  }
}
