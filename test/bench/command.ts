import { execFileSync } from 'node:child_process';
import { LoadError } from './load/h2load.js';
import { SettingsError } from './settings.js';

/** Runs a command of the bench. An error that its user can correct is one line, any other one has its stack. */
export async function runCommand(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isPlain = error instanceof SettingsError || error instanceof LoadError;
    const text = isPlain ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${name}: ${text}\n`);
    process.exitCode = 1;
  }
}

/** @throws SettingsError if h2load is not installed */
export function requireH2load(): void {
  try {
    execFileSync('which', ['h2load'], { stdio: 'ignore' });
  } catch {
    throw new SettingsError('h2load is missing: apt-get install nghttp2-client');
  }
}
