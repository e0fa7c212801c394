import { Client } from '../../src/client/index.js';
import type { ClientOptions } from '../../src/client/index.js';

interface Server {
  readonly endpoint: string;
  stop(): void | Promise<void>;
}

/** Starts servers and clients for the tests of a `describe`, and closes them after each test, the newest first. */
export function openedServers<S extends Server, Args extends readonly unknown[]>(
  begin: (...args: Args) => Promise<S>,
  defaults: Partial<ClientOptions> = {},
) {
  const open: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return {
    start: async (...args: Args): Promise<S> => {
      const server = await begin(...args);
      open.push(() => server.stop());
      return server;
    },
    /** A client of these servers, or of these endpoints. */
    connect: (servers: readonly (S | string)[], options: Partial<ClientOptions> = {}): Client => {
      const endpoints = servers.map((server) => (typeof server === 'string' ? server : server.endpoint));
      const client = new Client({ endpoints, ...defaults, ...options });
      open.push(() => client.close());
      return client;
    },
  };
}
