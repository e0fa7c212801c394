import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { assertNever } from '../../../src/util/assert.js';
import type { RunSettings } from '../run/settings.js';
import type { Need, Nemesis } from './nemesis.js';

/** Where Debian's libfaketime is. */
export const FAKETIME_LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib64/faketime/libfaketimeMT.so.1',
];

type Settings = Pick<RunSettings, 'net' | 'tls' | 'target'>;

/** Why the faults cannot be injected here; undefined if they can. */
export function unmetNeeds(nemeses: readonly Nemesis[], settings: Settings): string | undefined {
  for (const { name, needs = [] } of nemeses) {
    for (const need of needs) {
      const reason = unmet(need, settings);
      if (reason !== undefined) return `${name} ${reason}`;
    }
  }
  return undefined;
}

function unmet(need: Need, { net, tls, target }: Settings): string | undefined {
  switch (need) {
    case 'proxy':
      return net === 'proxy' ? undefined : 'needs NET=proxy';
    case 'root':
      return process.getuid?.() === 0 ? undefined : 'needs root';
    case 'strace':
      return canTrace()
        ? undefined
        : 'needs strace, and the right to trace a running process (root, or ptrace_scope 0)';
    case 'faketime':
      return faketimeLibrary() === undefined ? 'needs libfaketime (Debian: libfaketime)' : undefined;
    case 'tls':
      return tls ? undefined : 'needs TLS=1';
    case 'raftkv':
      return target === 'raftkv' ? undefined : 'is for TARGET=raftkv alone';
    default:
      return assertNever(need);
  }
}

export function faketimeLibrary(): string | undefined {
  return FAKETIME_LIBRARIES.find((path) => existsSync(path));
}

let tracing: boolean | undefined;

/** Whether strace can attach to a process that is not its child: to this one. */
function canTrace(): boolean {
  tracing ??=
    spawnSync('timeout', ['0.5', 'strace', '-qq', '-e', 'trace=none', '-p', String(process.pid)]).status === 124;
  return tracing;
}
