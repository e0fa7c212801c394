import type { Exposition } from '../../metrics/exposition.js';
import { Code } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import { methodLabels } from './method-labels.js';

/** The names of the codes in gRPC for Go. */
const CODES = Object.entries(Code).map(([name, code]) => ({ name: code === Code.OK ? 'OK' : inCamelCase(name), code }));

function inCamelCase(name: string): string {
  // gRPC for Go spells this one differently.
  if (name === 'CANCELLED') return 'Canceled';
  return name.toLowerCase().replace(/(^|_)([a-z])/g, (_, _start, letter: string) => letter.toUpperCase());
}

/** Calls by method and code, by the names of gRPC's metrics for Go. */
export function callMetrics(out: Exposition, tallies: readonly CallTally[]): void {
  const called = tallies.filter(({ started }) => started > 0);
  const labelsOf = ({ method }: CallTally) => methodLabels(method);
  out.family('counter', {
    name: 'grpc_server_started_total',
    help: 'Started calls, of gRPC and of the JSON gateway.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.started })),
  });
  out.family('counter', {
    name: 'grpc_server_msg_received_total',
    help: 'Received messages.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.received })),
  });
  out.family('counter', {
    name: 'grpc_server_msg_sent_total',
    help: 'Sent messages.',
    samples: called.map((tally) => ({ labels: labelsOf(tally), value: tally.sent })),
  });
  const sum = (bytesOf: (tally: CallTally) => number): number =>
    called.reduce((total, tally) => total + bytesOf(tally), 0);
  const [receivedBytes, sentBytes] = [sum((tally) => tally.receivedBytes), sum((tally) => tally.sentBytes)];
  out.counter('etcd_network_client_grpc_received_bytes_total', "Bytes of clients' messages.", receivedBytes);
  out.counter('etcd_network_client_grpc_sent_bytes_total', 'Bytes of messages to clients.', sentBytes);
  out.family('counter', {
    name: 'grpc_server_handled_total',
    help: 'Ended calls, by their status.',
    samples: called.flatMap((tally) =>
      CODES.map(({ name, code }) => ({
        labels: { grpc_code: name, ...labelsOf(tally) },
        value: tally.endedWith(code),
      })).filter(({ value }) => value > 0),
    ),
  });
}
