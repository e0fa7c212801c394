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
  readonly #unary = new Map<string, ClientRequests>();
  readonly #streams = new Map<string, ClientRequests>();

  count(call: CallContext, { request }: Asked): void {
    const stated = call.metadata('client-api-version') ?? UNKNOWN;
    const type = request === undefined ? 'stream' : 'unary';
    const counts = type === 'stream' ? this.#streams : this.#unary;
    const known = counts.get(stated);
    if (known !== undefined) known.count += 1;
    else this.#add(counts, { type, stated });
  }

  all(): readonly ClientRequests[] {
    return [...this.#unary.values(), ...this.#streams.values()];
  }

  #add(
    counts: Map<string, ClientRequests>,
    { type, stated }: { readonly type: ClientRequests['type']; readonly stated: string },
  ): void {
    const version = PLAUSIBLE.test(stated) && counts.size < VERSIONS_MAX ? stated : UNKNOWN;
    const found = counts.get(version);
    if (found === undefined) counts.set(version, { type, version, count: 1 });
    else found.count += 1;
  }
}
