import { grpc } from '../../gen/proto.js';
import { stream, unary, type Method, type StreamCall } from '../../rpc/service.js';
import { Code } from '../../rpc/status.js';
import { Errors } from '../requests/errors.js';

const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse.ServingStatus;
const HEALTH_SERVICE = 'grpc.health.v1.Health';
type HealthRequest = ReturnType<typeof HealthCheckRequest.decode>;

/** Health of one member, as defined by grpc.health.v1: it serves while it knows a leader. */
export class Health {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Map<StreamCall<HealthRequest>, () => void>();
  #serving = false;
  #stopped = false;

  /** @param services full names of the other services of the member */
  constructor(services: Iterable<string>) {
    // The empty name means the member as a whole.
    this.#services = new Set(['', HEALTH_SERVICE, ...services]);
  }

  set(serving: boolean): void {
    if (serving === this.#serving || this.#stopped) return;
    this.#serving = serving;
    for (const notify of [...this.#watchers.values()]) notify();
  }

  /** Reports for the last time that the member does not serve, and ends all watches. */
  stop(): void {
    this.set(false);
    this.#stopped = true;
    for (const call of this.#watchers.keys()) call.fail(Errors.stopped);
    this.#watchers.clear();
  }

  methods(): readonly Method[] {
    return [
      unary({
        path: '/grpc.health.v1.Health/Check',
        decode: (body) => HealthCheckRequest.decode(body),
        handle: (call, { service }) => {
          if (!this.#services.has(service)) return call.fail({ code: Code.NOT_FOUND, message: 'unknown service' });
          call.respond(this.#answer(service));
        },
      }),
      stream<HealthRequest>('server-stream', {
        path: '/grpc.health.v1.Health/Watch',
        decode: (body) => HealthCheckRequest.decode(body),
        handle: (call) => call.onMessage(({ service }) => this.#watch(call, service)),
      }),
    ];
  }

  /** While the buffer is full, states are skipped. The newest is sent once there is room. */
  #watch(call: StreamCall<HealthRequest>, service: string): void {
    let room = true;
    let behind = false;
    const notify = (): void => {
      behind = !room;
      if (room) room = call.send(this.#answer(service));
    };
    call.onDrain(() => {
      room = true;
      if (behind) notify();
    });
    notify();
    if (this.#stopped) return call.fail(Errors.stopped);
    this.#watchers.set(call, notify);
    call.onCancel(() => this.#watchers.delete(call));
  }

  #answer(service: string): Uint8Array {
    const known = this.#services.has(service);
    const status = known ? (this.#serving ? SERVING : NOT_SERVING) : SERVICE_UNKNOWN;
    return HealthCheckResponse.encode({ status }).finish();
  }
}
