import { Client } from '../../src/client/index.js';
import type { ClientOptions } from '../../src/client/index.js';

interface Server {
  readonly endpoint: string;
  stop(): void | Promise<void>;
}

/** Servers of one kind, and clients of them, for the tests of a `describe`: closed behind each, the newest first. */
export function openedServers<S extends Server>(begin: () => Promise<S>, defaults: Partial<ClientOptions> = {}) {
  const open: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return {
    start: async (): Promise<S> => {
      const server = await begin();
      open.push(() => server.stop());
      return server;
    },
    connect: (servers: readonly S[], options: Partial<ClientOptions> = {}): Client => {
      const client = new Client({ endpoints: servers.map(({ endpoint }) => endpoint), ...defaults, ...options });
      open.push(() => client.close());
      return client;
    },
  };
}
