import type { HotKey, HotKeys, HotResult } from '../../../client/index.js';

/** The answer of one member. */
export interface MemberHot {
  readonly endpoint: string;
  readonly answer: HotResult;
}

/** A key or range, over all members that were asked. */
export interface MergedKey {
  readonly op: 'read' | 'write';
  readonly hot: HotKey;
  /** Operations a second at all members. A member counts only if the key is among its own most frequent ones. */
  readonly perSecond: number;
  readonly errorPerSecond: number;
  /** Share of the operations of this kind at all members, from 0 to 1. */
  readonly share: number;
  /** The member with the most of these operations. */
  readonly endpoint: string;
  readonly perSecondThere: number;
}

/** The keys that are read or written most at all members together, the highest rate first. */
export function merged(members: readonly MemberHot[], op: MergedKey['op'], limit: number): readonly MergedKey[] {
  const of = ({ answer }: MemberHot): HotKeys => (op === 'read' ? answer.reads : answer.writes);
  const total = members.reduce((sum, member) => sum + of(member).perSecond, 0);
  const found = new Map<string, MergedKey>();
  for (const member of members) {
    for (const hot of of(member).keys) {
      const name = identity(hot);
      const former = found.get(name);
      const perSecond = (former?.perSecond ?? 0) + hot.perSecond;
      const isHighest = hot.perSecond > (former?.perSecondThere ?? 0);
      found.set(name, {
        op,
        hot,
        perSecond,
        errorPerSecond: (former?.errorPerSecond ?? 0) + hot.errorPerSecond,
        share: total === 0 ? 0 : perSecond / total,
        endpoint: former === undefined || isHighest ? member.endpoint : former.endpoint,
        perSecondThere: Math.max(former?.perSecondThere ?? 0, hot.perSecond),
      });
    }
  }
  return [...found.values()].sort((left, right) => right.perSecond - left.perSecond).slice(0, limit);
}

function identity({ key, keyBytes, rangeEnd, rangeEndBytes }: HotKey): string {
  return `${key.toString('hex')} ${keyBytes} ${rangeEnd.toString('hex')} ${rangeEndBytes}`;
}
