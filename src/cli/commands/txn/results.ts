import type { Header } from '../../../client/index.js';
import { assertNever } from '../../../util/assert.js';
import { deletedFields } from '../del.js';
import { field, headerFields, keyValueFields, rangeFields } from '../../output/fields.js';
import { headerJson, keyValueJson } from '../../output/json.js';
import { keyValueLines } from '../../output/lines.js';
import type { Result } from './operations.js';

/** The answer to a transaction of the command line. */
export interface TxnAnswer {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly results: readonly Result[];
}

/** The answer as etcdctl prints it by default: an empty line before each result. */
export function txnLines({ succeeded, results }: TxnAnswer, hex: boolean): Buffer {
  const parts = results.flatMap((result) => [Buffer.from('\n'), resultLines(result, hex)]);
  return Buffer.concat([Buffer.from(succeeded ? 'SUCCESS\n' : 'FAILURE\n'), ...parts]);
}

function resultLines(result: Result, hex: boolean): Buffer {
  switch (result.kind) {
    case 'range': {
      const { body, print } = result;
      if (print === 'count') return Buffer.from(`${body.count}\n`);
      return keyValueLines(body.kvs, { hex, parts: print });
    }
    case 'put': {
      const { prevKv } = result.body;
      const previous = prevKv === undefined ? [] : [prevKv];
      return Buffer.concat([Buffer.from('OK\n'), keyValueLines(previous, { hex, parts: 'both' })]);
    }
    case 'delete': {
      const { deleted, prevKvs } = result.body;
      return Buffer.concat([Buffer.from(`${deleted}\n`), keyValueLines(prevKvs, { hex, parts: 'both' })]);
    }
    default:
      return assertNever(result);
  }
}

/** The field names of etcdctl since 3.5. */
export function txnJson({ header, succeeded, results }: TxnAnswer): object {
  return {
    header: headerJson(header),
    succeeded: succeeded || undefined,
    responses: results.length === 0 ? undefined : results.map((result) => ({ Response: resultJson(result) })),
  };
}

function resultJson(result: Result): object {
  const header = { revision: result.revision };
  switch (result.kind) {
    case 'range': {
      const { kvs, more, count } = result.body;
      const found = kvs.length === 0 ? undefined : kvs.map(keyValueJson);
      return {
        response_range: { header, kvs: found, more: more || undefined, count: count === 0 ? undefined : count },
      };
    }
    case 'put': {
      const { prevKv } = result.body;
      return { response_put: { header, prev_kv: prevKv === undefined ? undefined : keyValueJson(prevKv) } };
    }
    case 'delete': {
      const { deleted, prevKvs } = result.body;
      const previous = prevKvs.length === 0 ? undefined : prevKvs.map(keyValueJson);
      return {
        response_delete_range: { header, deleted: deleted === 0 ? undefined : deleted, prev_kvs: previous },
      };
    }
    default:
      return assertNever(result);
  }
}

export function txnFields({ header, succeeded, results }: TxnAnswer): readonly string[] {
  return [
    ...headerFields(header),
    field('Succeeded', succeeded),
    ...results.flatMap((result) => [...innerHeader(result), ...resultFields(result)]),
  ];
}

/** The header of a result holds the revision alone. */
function innerHeader({ revision }: Result): readonly string[] {
  return [field('ClusterID', 0), field('MemberID', 0), field('Revision', revision), field('RaftTerm', 0)];
}

function resultFields(result: Result): readonly string[] {
  switch (result.kind) {
    case 'range':
      return rangeFields(result.body);
    case 'put':
      return result.body.prevKv === undefined ? [] : keyValueFields(result.body.prevKv, 'Prev');
    case 'delete':
      return deletedFields(result.body);
    default:
      return assertNever(result);
  }
}
