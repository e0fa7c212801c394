import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import type { RawSettings } from '../../../src/server/settings/table.js';
import type { Limit } from '../../../src/util/limit-hits.js';
import { FRAME, frame, RawHttp2 } from '../../rpc/raw-http2.js';
import { poll } from '../../support/poll.js';
import { samples } from '../../support/samples.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

/** A cluster of one for each test, whose limits are exceeded and whose metrics are read. */
export class LimitedMember {
  /** Limits whose count has been seen to rise. */
  readonly seen = new Set<Limit>();
  readonly #sockets: Socket[] = [];
  #lone: LoneMember | undefined;

  get lone(): LoneMember {
    if (this.#lone === undefined) throw new Error('not started');
    return this.#lone;
  }

  get clientPort(): number {
    return portOf(this.lone.member.clientUrls[0]);
  }

  get peerPort(): number {
    return portOf(this.lone.member.peerUrls[0]);
  }

  get metricsPort(): number {
    return portOf(this.lone.member.metricsUrls[0]);
  }

  get httpUrl(): string {
    return `http://${endpointOf(this.lone.member)}`;
  }

  /** Starts a member in place of the last one. */
  async start(settings: RawSettings = {}): Promise<void> {
    await this.dispose();
    this.#lone = await LoneMember.start(settings);
    await this.lone.member.ready;
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    const lone = this.#lone;
    this.#lone = undefined;
    await lone?.dispose();
  }

  /** The counts in the metrics, which are read at the metrics URL if there is one. */
  async hits(): Promise<Map<string, number>> {
    const url = this.lone.member.metricsUrls[0] ?? this.httpUrl;
    const answer = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
    const all = samples(await answer.text());
    return new Map(
      [...all].flatMap(([name, value]) => {
        const [, limit] = /^raftkv_limit_hits_total\{limit="(.*)"\}$/.exec(name) ?? [];
        return limit === undefined ? [] : [[limit, value] as const];
      }),
    );
  }

  /** Waits until a limit has been hit, and expects that no other has. @returns the number of hits */
  async expectHit(limit: Limit): Promise<number> {
    const found = await poll(`a hit of ${limit}`, async () => {
      const now = await this.hits();
      return (now.get(limit) ?? 0) > 0 ? now : undefined;
    });
    const others = [...found].filter(([name, count]) => count > 0 && name !== limit);
    expect(others).to.deep.equal([]);
    this.seen.add(limit);
    return found.get(limit) ?? 0;
  }

  async open(port: number, bytes = ''): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1' });
    this.keep(socket);
    socket.resume();
    await once(socket, 'connect');
    if (bytes !== '') socket.write(bytes);
    return socket;
  }

  /** Destroys the socket at the end of the test, and ignores its errors. */
  keep(socket: Socket): void {
    this.#sockets.push(socket);
    socket.on('error', () => undefined);
  }

  /** @param window of each stream, in bytes. Default 65,535 */
  async http2(window?: number): Promise<RawHttp2> {
    const client = await RawHttp2.open(this.clientPort, window);
    this.#sockets.push(client.socket);
    client.write(frame(FRAME.settings, 1, 0));
    return client;
  }
}

/** Waits until the server has announced the end of a connection. */
export async function goneAway(client: RawHttp2): Promise<void> {
  await poll('GOAWAY', () => client.has(0, FRAME.goAway) || undefined);
}
