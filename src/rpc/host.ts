import type { Socket } from 'node:net';

/** Serves one protocol on connections that are accepted elsewhere. Nothing that arrives on one makes a host throw. */
export interface SocketHost {
  /** Takes over a connected socket, which may be paused: the host closes it from now on. */
  accept(socket: Socket): void;
  /**
   * Takes no more requests. Running ones may end within `graceMs`, then their connections are cut. Resolves when every
   * connection is closed. Calling it again changes nothing.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}
