import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A log of LevelDB. */
export interface LogFile {
  readonly name: string;
  readonly number: number;
  readonly bytes: number;
}

/** The files of LevelDB's own log: the current one, and another during a flush. */
export async function logNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d+\.log$/.test(name)).sort();
}

/** The same with sizes, in the order in which LevelDB replays them. */
export async function logFiles(folder: string): Promise<readonly LogFile[]> {
  const files = await Promise.all(
    (await logNames(folder)).map(async (name): Promise<LogFile> => {
      const { size } = await stat(join(folder, name));
      return { name, number: Number.parseInt(name, 10), bytes: size };
    }),
  );
  return files.sort((left, right) => left.number - right.number);
}
