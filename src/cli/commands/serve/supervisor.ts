import { execFile } from 'node:child_process';
import type { Logger } from '../../../util/logger.js';
import type { Variables } from '../../settings/variables.js';

/** Longest run of systemd-notify, in ms. */
const NOTIFY_MS = 5_000;

/**
 * Reports the state of this process to a supervisor that set NOTIFY_SOCKET, as systemd does for Type=notify. Node.js has no
 * Unix datagram sockets, so the program systemd-notify sends each message, and the unit needs NotifyAccess=all. Does
 * nothing without the variable.
 */
export class Supervisor {
  readonly #socket: string | undefined;
  readonly #logger: Logger;
  /** Messages are sent one after the other: a stop must not overtake a start. */
  #sent: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(variables: Variables, logger: Logger) {
    const socket = variables['NOTIFY_SOCKET'];
    this.#socket = socket === '' ? undefined : socket;
    this.#logger = logger;
  }

  /** Reports that the start is complete. Further calls change the status that systemctl shows. */
  ready(status: string): void {
    if (!this.#stopping) this.#send(['READY=1', `STATUS=${status}`]);
  }

  /** Reports that this process stops. Later calls of `ready` are ignored. */
  stopping(): void {
    this.#stopping = true;
    this.#send(['STOPPING=1']);
  }

  /** Resolves once all messages are sent, or have failed. */
  sent(): Promise<void> {
    return this.#sent;
  }

  #send(lines: readonly string[]): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#sent = this.#sent.then(() => this.#notify(socket, lines));
  }

  #notify(socket: string, lines: readonly string[]): Promise<void> {
    const options = { env: { ...process.env, NOTIFY_SOCKET: socket }, timeout: NOTIFY_MS };
    return new Promise((resolve) => {
      execFile('systemd-notify', [`--pid=${process.pid}`, ...lines], options, (error, _stdout, stderr) => {
        if (error !== null) {
          const reason = error.code === 'ENOENT' ? 'systemd-notify is not installed' : stderr.trim() || error.message;
          this.#logger.warn('the supervisor could not be notified', { state: lines[0], reason });
        }
        resolve();
      });
    });
  }
}
