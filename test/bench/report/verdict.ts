import type { Row } from '../scenario.js';
import { medianOf, type Measured } from './results.js';

export interface Verdict {
  /** raftkv's value divided by that of the newest etcd; undefined without one. */
  readonly ratio: number | undefined;
  /** Undefined if the row has no targets, or they need an etcd. */
  readonly met: 'aim' | 'must' | 'no' | undefined;
}

export function judge({ row, samples }: Measured): Verdict {
  const value = (system: string): number | undefined => {
    const all = samples[system];
    return all === undefined ? undefined : medianOf(all).value;
  };
  const [raftkv, etcd] = [value('raftkv'), value('etcd')];
  const ratio = raftkv === undefined || etcd === undefined ? undefined : raftkv / etcd;
  const subject = row.targetsOf === 'ratio' ? ratio : raftkv;
  if (subject === undefined || row.must === undefined) return { ratio, met: undefined };
  if (row.aim !== undefined && isWithin(subject, row.aim, row)) return { ratio, met: 'aim' };
  return { ratio, met: isWithin(subject, row.must, row) ? 'must' : 'no' };
}

function isWithin(value: number, bound: number, { better }: Row): boolean {
  return better === 'more' ? value >= bound : value <= bound;
}

/** As in `≥ 2`. */
export function boundText(row: Row, bound: number | undefined): string {
  if (bound === undefined) return '';
  return `${row.better === 'more' ? '≥' : '≤'} ${bound}`;
}
