import { readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../../support/program.js';

const BEGIN = '<!-- faults: written by make jepsen-faults -->';
const END = '<!-- faults: end -->';

/** Replaces the part of a page between two marks, and formats the whole page. @throws UsageError if a mark is missing */
export async function updatePart(path: string, text: string, format: (page: string) => Promise<string>): Promise<void> {
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new UsageError(`${path} has no marks for the written part`);
  writeFileSync(path, await format(`${page.slice(0, begin)}${BEGIN}\n\n${text}\n\n${page.slice(end)}`));
}
