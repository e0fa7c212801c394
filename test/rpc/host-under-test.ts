import type { GrpcHostOptions, SocketHost } from '../../src/rpc/host.js';

/** A gRPC host that the suites of this folder run against. */
export interface HostUnderTest {
  readonly name: string;
  readonly create: (options: GrpcHostOptions) => SocketHost;
  /** Titles of tests that the host cannot pass, with the reason. They are reported as pending. */
  readonly pending: Readonly<Record<string, string>>;
}

/** Defines a test, pending with its reason if the host cannot pass it. */
export function itUnlessPending({ pending }: HostUnderTest, title: string, run: Mocha.AsyncFunc): void {
  const reason = pending[title];
  if (reason === undefined) it(title, run);
  else it(`${title} (pending: ${reason})`);
}
