import type { Exposition } from '../../metrics/exposition.js';
import { exponentialBounds, type Histogram } from '../../metrics/histogram.js';
import type { Method } from '../../rpc/service.js';
import { Code } from '../../rpc/status.js';
import { LabelledHistograms } from './labelled-histograms.js';
import { methodLabels } from './method-labels.js';

const SECOND_MS = 1_000;
/** The default of Prometheus's client for Go, in seconds. */
const DEFAULT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface MethodDurations {
  readonly all: Histogram;
  /** By outcome of a unary method, from the first one on. */
  succeeded: Histogram | undefined;
  failed: Histogram | undefined;
}

/** Times calls, by method. */
export class CallDurations {
  readonly #calls = new LabelledHistograms<'grpc_method' | 'grpc_service' | 'grpc_type'>(DEFAULT_BOUNDS);
  /** Of unary methods. */
  readonly #requests = new LabelledHistograms<'type' | 'success'>(exponentialBounds(0.0001, 2, 20));
  readonly #byPath = new Map<string, MethodDurations>();

  readonly ended = (method: Pick<Method, 'path' | 'kind'>, code: Code, ms: number): void => {
    let durations = this.#byPath.get(method.path);
    if (durations === undefined) {
      durations = this.#add(method);
      this.#byPath.set(method.path, durations);
    }
    const seconds = ms / SECOND_MS;
    durations.all.observe(seconds);
    if (method.kind !== 'unary') return;
    if (code === Code.OK) {
      durations.succeeded ??= this.#requests.of({ type: methodLabels(method).grpc_method, success: 'true' });
      durations.succeeded.observe(seconds);
    } else {
      durations.failed ??= this.#requests.of({ type: methodLabels(method).grpc_method, success: 'false' });
      durations.failed.observe(seconds);
    }
  };

  #add(method: Pick<Method, 'path' | 'kind'>): MethodDurations {
    return { all: this.#calls.of(methodLabels(method)), succeeded: undefined, failed: undefined };
  }

  /** @param extensive whether calls are shown by service and kind too, as with --metrics extensive */
  print(out: Exposition, extensive: boolean): void {
    out.histograms({
      name: 'etcd_server_request_duration_seconds',
      help: 'Response latency distribution in seconds for each type.',
      samples: this.#requests.samples(),
    });
    if (!extensive) return;
    out.histograms({
      name: 'grpc_server_handling_seconds',
      help: 'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.',
      samples: this.#calls.samples(),
    });
  }
}
