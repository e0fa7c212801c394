import { Metadata, type Client, type ClientDuplexStream } from '@grpc/grpc-js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { clampInteger, toBigInt } from '../../src/util/integer.js';

const { LeaseKeepAliveRequest, LeaseKeepAliveResponse } = etcdserverpb;

/** A stream that keeps leases alive. */
export class KeepAliveStream {
  readonly answers: { readonly id: bigint; readonly ttl: number; readonly revision: number }[] = [];
  /** The status that the stream ended with. */
  status: { readonly code: number; readonly details: string } | undefined;
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;

  constructor(client: Client, token?: string) {
    const same = (bytes: Buffer): Buffer => bytes;
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('token', token);
    this.#stream = client.makeBidiStreamRequest('/etcdserverpb.Lease/LeaseKeepAlive', same, same, metadata);
    this.#stream.on('error', () => undefined); // the status has the error
    this.#stream.on('status', ({ code, details }) => (this.status = { code, details }));
    this.#stream.on('data', (bytes: Buffer) => {
      const { ID, TTL, header } = LeaseKeepAliveResponse.decode(bytes);
      this.answers.push({ id: toBigInt(ID), ttl: clampInteger(TTL), revision: clampInteger(header?.revision) });
    });
  }

  send(id: bigint): void {
    this.#stream.write(Buffer.from(LeaseKeepAliveRequest.encode({ ID: wireLeaseId(id) }).finish()));
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end();
  }
}
