import { raftkvpb } from '../../gen/proto.js';
import { unary, type Method } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import type { Heat, HotRange } from '../hot/heat.js';
import type { HotKeys } from '../hot/hot-keys.js';
import type { Headers } from '../requests/header.js';

const { HotRequest, HotResponse } = raftkvpb;

const LIMIT_DEFAULT = 10;

export interface HotServiceOptions {
  /** Undefined if this member counts no keys. */
  readonly hot: HotKeys | undefined;
  readonly headers: Headers;
  readonly revision: () => number;
}

/** raftkv's Hot service: the keys that the clients of this member read and write most. */
export function hotService({ hot, headers, revision }: HotServiceOptions): readonly Method[] {
  return [
    unary({
      path: '/raftkvpb.Hot/Top',
      decode: (body) => HotRequest.decode(body),
      handle: (call, request) => {
        const asked = clampInteger(request.limit);
        const limit = asked <= 0 ? LIMIT_DEFAULT : asked;
        const body = HotResponse.encode(
          hot === undefined
            ? {}
            : {
                reads: toHotKeys(hot.reads, limit),
                writes: toHotKeys(hot.writes, limit),
                capacity: hot.reads.capacity,
              },
        ).finish();
        call.respond(headers.prepend(revision(), body));
      },
    }),
  ];
}

/** The hottest key; undefined if there is none. */
export function hottest(heat: Heat | undefined): raftkvpb.HotKey.$Properties | undefined {
  return heat === undefined ? undefined : toHotKeys(heat, 1).keys?.[0];
}

/** Keys whose rate rounds to 0 are left out. */
function toHotKeys(heat: Heat, limit: number): raftkvpb.HotKeys.$Properties {
  const keys = heat.top(limit).map(toHotKey);
  return { keys: keys.filter(({ rateMilli }) => rateMilli !== 0), totalMilli: toMilli(heat.perSecond()) };
}

function toHotKey(range: HotRange): raftkvpb.HotKey.$Properties {
  const { key, keyBytes, rangeEnd, rangeEndBytes, perSecond, errorPerSecond } = range;
  return {
    key,
    keyBytes,
    rangeEnd,
    rangeEndBytes,
    rateMilli: toMilli(perSecond),
    errorMilli: toMilli(errorPerSecond),
  };
}

function toMilli(perSecond: number): number {
  return Math.round(perSecond * 1_000);
}
