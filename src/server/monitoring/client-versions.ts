import type { CallContext } from '../../rpc/service.js';
import type { Asked } from '../requests/gate.js';

/** Different versions that are counted by name; further ones count as unknown, so that no client can grow the table. */
const VERSIONS_MAX = 32;
const UNKNOWN = 'unknown';
const PLAUSIBLE = /^[0-9A-Za-z.+-]{1,32}$/;

export interface ClientRequests {
  readonly type: 'unary' | 'stream';
  readonly version: string;
  count: number;
}

/** Counts calls by the API version that their client states. */
export class ClientVersions {
  readonly #counts = new Map<string, ClientRequests>();

  count(call: CallContext, { request }: Asked): void {
    const type = request === undefined ? 'stream' : 'unary';
    const stated = call.metadata('client-api-version') ?? UNKNOWN;
    const known = this.#counts.get(`${type} ${stated}`);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const version = PLAUSIBLE.test(stated) && this.#counts.size < 2 * VERSIONS_MAX ? stated : UNKNOWN;
    const key = `${type} ${version}`;
    const found = this.#counts.get(key);
    if (found === undefined) this.#counts.set(key, { type, version, count: 1 });
    else found.count += 1;
  }

  all(): readonly ClientRequests[] {
    return [...this.#counts.values()];
  }
}
