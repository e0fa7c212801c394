import type { Exposition } from '../../metrics/exposition.js';
import { FAILURE_KINDS } from '../../tls/failures.js';
import type { HandshakeCounts } from './measurements.js';

/** Metrics of TLS, for each kind of listener that has it. */
export function handshakeMetrics(out: Exposition, ports: readonly HandshakeCounts[]): void {
  const samples = (value: (counts: HandshakeCounts) => number) =>
    ports.map((counts) => ({ labels: { port: counts.port }, value: value(counts) }));
  out.family('gauge', {
    name: 'raftkv_tls_handshakes',
    help: 'Open TLS handshakes.',
    samples: samples(({ open }) => open),
  });
  out.family('gauge', {
    name: 'raftkv_tls_handshakes_max',
    help: 'TLS handshakes that may be open.',
    samples: samples(({ max }) => max),
  });
  out.family('counter', {
    name: 'raftkv_tls_handshakes_failed_total',
    help: 'Failed TLS handshakes, by reason; crowded: raftkv_tls_handshakes_max were open.',
    samples: ports.flatMap(({ port, failures }) =>
      FAILURE_KINDS.map((reason) => ({ labels: { port, reason }, value: failures.of(reason) })),
    ),
  });
  out.family('gauge', {
    name: 'raftkv_tls_certificate_end_timestamp_seconds',
    help: 'End of the validity of the certificate, in seconds since 1970.',
    samples: samples((counts) => counts.certificateEndMs() / 1_000),
  });
}
