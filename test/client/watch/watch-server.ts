import { etcdserverpb } from '../../../src/gen/proto.js';
import { stream, type StreamCall } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { clampInteger } from '../../../src/util/integer.js';
import { ServedHost } from '../../rpc/served-host.js';
import { poll } from '../../support/poll.js';

const { WatchRequest, WatchResponse } = etcdserverpb;
type Response = etcdserverpb.WatchResponse.$Properties;
type Creation = etcdserverpb.WatchCreateRequest.$Properties;

/** One stream opened by a client, controlled by a test. */
export class ServedWatch {
  readonly creation: Creation;
  readonly hasLeader: string | undefined;
  gone = false;
  progressAsked = 0;
  readonly #call: StreamCall<etcdserverpb.WatchRequest>;

  constructor(call: StreamCall<etcdserverpb.WatchRequest>, creation: Creation) {
    this.#call = call;
    this.creation = creation;
    this.hasLeader = call.metadata('hasleader');
    call.onCancel(() => (this.gone = true));
  }

  get startRevision(): number {
    return clampInteger(this.creation.startRevision);
  }

  created(revision: number): this {
    this.send({ created: true }, revision);
    return this;
  }

  /** Sends events in short form: `key=value @revision`, or `key @revision` for a deletion. */
  tell(...events: readonly string[]): this {
    this.send({ events: events.map(eventOf) });
    return this;
  }

  /** @returns false if the client does not read */
  send(response: Response, revision = 100): boolean {
    const header = { clusterId: 1, memberId: 2, revision, raftTerm: 3 };
    return this.#call.send(WatchResponse.encode({ header, ...response }).finish());
  }

  onDrain(callback: () => void): void {
    this.#call.onDrain(callback);
  }

  fail(status: Status): void {
    this.#call.fail(status);
  }

  end(): void {
    this.#call.end();
  }
}

/** A server whose watches a test controls. */
export class WatchServer {
  readonly watches: ServedWatch[] = [];
  readonly endpoint: string;
  readonly #served: ServedHost;
  #taken = 0;

  private constructor(served: ServedHost) {
    this.#served = served;
    this.endpoint = `127.0.0.1:${served.port}`;
  }

  static async start(): Promise<WatchServer> {
    let server: WatchServer | undefined;
    const served = await ServedHost.start([
      stream<etcdserverpb.WatchRequest>('bidi', {
        path: '/etcdserverpb.Watch/Watch',
        decode: (body) => WatchRequest.decode(body),
        handle: (call) => {
          let watch: ServedWatch | undefined;
          call.onMessage((request) => {
            if (request.createRequest) server?.watches.push((watch = new ServedWatch(call, request.createRequest)));
            if (request.progressRequest && watch !== undefined) watch.progressAsked++;
          });
        },
      }),
    ]);
    server = new WatchServer(served);
    return server;
  }

  /** The next stream that a client opens. */
  async next(): Promise<ServedWatch> {
    const at = this.#taken++;
    return await poll(`watch ${at}`, () => this.watches[at]);
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#served.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    await this.#served.stop();
  }
}

function eventOf(text: string): NonNullable<Response['events']>[number] {
  const [what = '', revision] = text.split(' @');
  const [key = '', value] = what.split('=');
  const modRevision = Number(revision);
  if (value === undefined) return { type: 1, kv: { key: Buffer.from(key), modRevision } };
  return { kv: { key: Buffer.from(key), value: Buffer.from(value), createRevision: 1, modRevision, version: 1 } };
}
