import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** The machine that the members, the clients and the load generator share. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
  };
}

export function describeMachine({ cpu, cores, memoryGb, kernel }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}`;
}

/** @param node the program; default the present one */
export function nodeVersion(node = process.execPath): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}

/** The commit of the checkout, with a plus sign if it has changes; undefined outside of a repository. */
export function commitOf(folder: string): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : '+');
  } catch {
    return undefined;
  }
}
