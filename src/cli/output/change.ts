import type { Header } from '../../client/index.js';
import type { Streams } from '../process/streams.js';
import { headerFields } from './fields.js';
import { headerJson } from './json.js';
import { writeOutput } from './output.js';
import type { OutputFormat } from './output.js';

/** Prints the answer to a change that holds only a header. @param line what was changed, in etcdctl's words */
export async function writeChange(
  streams: Streams,
  format: OutputFormat,
  { header, line }: { readonly header: Header; readonly line: string },
): Promise<void> {
  await writeOutput(streams, format, {
    simple: () => `${line}\n`,
    json: () => ({ header: headerJson(header) }),
    fields: () => headerFields(header),
  });
}
