import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of a running engine as a crash would leave them. They change while they are copied, so tables (which never
 * change once written) are linked both before and after the manifest that lists them is copied. The links are replaced
 * by copies: an engine that opens the image may give the number of a table that the manifest does not list yet to another.
 */
export function crashImage(running: string, image: string): void {
  mkdirSync(image);
  for (const name of readdirSync(running, { withFileTypes: true })) {
    if (name.isDirectory()) generationImage(join(running, name.name), join(image, name.name));
    else copyFileSync(join(running, name.name), join(image, name.name));
  }
}

function generationImage(running: string, image: string): void {
  mkdirSync(image);
  const take = (pattern: RegExp, how: typeof linkSync): void => {
    for (const name of readdirSync(running)) {
      if (pattern.test(name)) unlessGone(() => how(join(running, name), join(image, name)));
    }
  };
  take(/\.log$/, copyFileSync);
  take(/\.ldb$/, linkSync);
  take(/^(CURRENT|MANIFEST-.*)$/, copyFileSync);
  take(/\.ldb$/, linkSync);
  for (const name of readdirSync(image).filter((each) => each.endsWith('.ldb'))) {
    copyFileSync(join(image, name), join(image, 'copy'));
    renameSync(join(image, 'copy'), join(image, name));
  }
}

/** A file may have been removed or linked already. */
function unlessGone(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST')) return;
    throw error;
  }
}
