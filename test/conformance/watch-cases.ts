import type { Case } from './case.js';

/** Above all compacted revisions. */
const FROM = '--rev=15';
const put = (key: string, value: string): Case => ({ args: ['put', key, value] });
/** A watch that is interrupted once its output ends like this. */
const watch = (ends: RegExp, ...args: readonly string[]): Case => ({ args: ['watch', ...args], ends });

const VARIABLES = 'env | grep ^ETCD_WATCH_ | sort';

/** Watches of etcdctl, after the writes that they see. */
export const WATCH_CASES: readonly Case[] = [
  put('w/1', 'one'),
  put('w/1', 'two "quoted"\n'),
  put('w/2', ''),
  { args: ['txn'], stdin: '\nput w/1 three\nput w/3 three\ndel w/2\n\n\n' },
  { args: ['del', 'w/1'] },
  put('w/last', 'end'),
  watch(/w\/last\nend\n$/, 'w/', '--prefix', FROM),
  watch(/w\/last\nend\n$/, 'w/', '--prefix', FROM, '--prev-kv'),
  watch(/w\/last\nend\n$/, 'w', 'x', FROM, '--prev-kv'),
  watch(/w\/last\nend\n$/, '', '--prefix', FROM),
  watch(/\}\n$/, 'w/', '--prefix', FROM, '--prev-kv', '-w', 'json'),
  watch(/\}\n$/, 'w/1', FROM, '-w', 'json'),
  watch(/DELETE\n.*\n\n$/, '--hex', 'w/1', FROM),
  { args: ['watch', 'w/1', FROM, '--', 'sh', '-c', `${VARIABLES}; test $ETCD_WATCH_EVENT_TYPE != '"DELETE"'`] },
  { args: ['watch', 'w/1', '--rev=2'] },
  { args: ['watch', 'w/1', '--rev=13', '-w', 'json'] },
  // From the current revision; the progress request is answered once the watch exists.
  { args: ['watch', '-i'], stdin: 'watch w/1\nprogress\n', ends: /progress notify: \d+\n$/ },
  {
    args: ['watch', '-i'],
    stdin: `watch w/ --prefix ${FROM} --prev-kv\n`,
    ends: /w\/last\nend\n$/,
  },
];
