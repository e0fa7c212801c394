import { defined } from '../../util/assert.js';
import { Connection } from './connection.js';
import type { ConnectionOptions } from './connection.js';
import { parseEndpoint } from './endpoint.js';

/** The connections of one client, one for each of its endpoints. */
export class Connections {
  readonly all: readonly Connection[];
  readonly #shared: ConnectionOptions;
  /** The index of the member that is asked first: the one that answered last. */
  preferred = 0;

  /** @throws RaftKvError `invalid-argument` if an endpoint is malformed */
  constructor(endpoints: readonly string[], shared: ConnectionOptions) {
    this.#shared = shared;
    this.all = endpoints.map((endpoint) => this.visit(endpoint));
  }

  /** A connection to the member at an endpoint, which the caller closes. */
  visit(endpoint: string): Connection {
    return new Connection(parseEndpoint(endpoint, this.#shared.security.isDefault), this.#shared);
  }

  /** The client's own connection to the endpoint. */
  known(endpoint: string): Connection | undefined {
    const address = parseEndpoint(endpoint, this.#shared.security.isDefault);
    return this.all.find((connection) => connection.leadsTo(address));
  }

  /** The endpoints of a list, without those that lead to the same address in the same way as another. */
  distinct(endpoints: readonly string[]): readonly string[] {
    const byTarget = new Map(
      endpoints.map((endpoint) => {
        const { target, secure } = parseEndpoint(endpoint, this.#shared.security.isDefault);
        return [`${target} ${secure}`, endpoint] as const;
      }),
    );
    return [...byTarget.values()];
  }

  /** All connections, starting with the preferred one. */
  inTurn(): readonly Connection[] {
    return [...this.all.slice(this.preferred), ...this.all.slice(0, this.preferred)];
  }

  /** The connection for an attempt at the members in turn. */
  nth(attempt: number): Connection {
    return defined(this.inTurn()[attempt % this.all.length], 'connection');
  }

  /** Cancels all calls in progress; the connections stay, for a farewell. */
  end(): void {
    for (const connection of this.all) connection.end();
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }
}
