import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { checkText, type TextVerdict } from './check-text.js';

/* `npm run check-history -- FILE` */

const EXIT = { right: 0, wrong: 1, unknown: 2 } as const;

const HELP = `
Formats, recognised by the content:
  - the project's: JSON Lines with a header, {"format":"raftkv-history","version":1,...}; the checkers of the header's
    workload run, for registers the search for a linearizable order
  - a log of one register as Jepsen prints it: INFO  jepsen.util - 3 :invoke :cas [1 2]
  - a log of a map: {:process 0, :type :invoke, :f :append, :key "0", :value "x"}

Prints "linearizable" or "not linearizable", then what the checkers found. Of a workload that has no such order (watches,
leases, locks, elections, stale reads, restore): "legal" or "not legal".

Exit code: 0 linearizable or legal, 1 not, 2 the file cannot be read or has no call, or no verdict within the bounds.`;

const command = new Command('check-history')
  .description('Checks a history of calls against the object that they were made to.')
  .argument('<file>', 'the history')
  .option('--seconds <n>', 'processor time of each search', positive, 120)
  .option('--memory-mib <n>', 'memory of each search', positive, 256)
  .addHelpText('after', HELP)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.unknown))
  .parse();

const [file = ''] = command.args;
const { seconds, memoryMib } = command.opts<{ seconds: number; memoryMib: number }>();
const verdict = check(file, { timeLimitMs: seconds * 1000, memoryLimitMiB: memoryMib });
if (verdict.kind === 'unknown') console.error(verdict.headline);
else console.log([verdict.headline, ...verdict.details].join('\n'));
process.exitCode = EXIT[verdict.kind];

function check(path: string, options: { readonly timeLimitMs: number; readonly memoryLimitMiB: number }): TextVerdict {
  try {
    return checkText(readFileSync(path, 'utf8'), options);
  } catch (error) {
    // A wrong file, or a bug of a checker: neither is a verdict.
    return { kind: 'unknown', headline: `${path}: ${(error as Error).message}`, details: [] };
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('not a positive number');
  return number;
}
