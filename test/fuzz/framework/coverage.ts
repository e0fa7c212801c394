import { Session, type Profiler } from 'node:inspector/promises';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defined } from '../../../src/util/assert.js';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));

/** What of a source file was executed. */
export interface FileCoverage {
  /** Below src/. */
  readonly file: string;
  /** Lines with code. */
  readonly lines: number;
  /** Those of them that were never reached. */
  readonly missed: readonly number[];
  readonly functions: number;
  readonly missedFunctions: readonly string[];
}

/** Records which code of this process is executed, in modules that are loaded after the start. */
export class Coverage {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Ends the recording. @returns the files for which `isWanted` holds, in order */
  async stop(isWanted: (file: string) => boolean): Promise<readonly FileCoverage[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    await this.#session.post('Debugger.enable');
    const found: FileCoverage[] = [];
    for (const script of result) {
      const file = fileOf(script.url);
      if (file === undefined || !isWanted(file)) continue;
      const { scriptSource } = await this.#session.post('Debugger.getScriptSource', {
        scriptId: script.scriptId,
      });
      found.push(coverageOf(file, scriptSource, script));
    }
    this.#session.disconnect();
    return found.sort((left, right) => (left.file < right.file ? -1 : 1));
  }
}

/** The path below src/; undefined for other modules. */
function fileOf(url: string): string | undefined {
  const path = url.startsWith('file:') ? fileURLToPath(url.replace(/\?.*$/, '')) : url;
  return path.startsWith(SRC) ? path.slice(SRC.length) : undefined;
}

function coverageOf(file: string, source: string, script: Profiler.ScriptCoverage): FileCoverage {
  const counts = countsIn(source.length, script);
  const lineOf = originalLines(source);
  const reached = new Map<number, boolean>();
  for (let at = 0; at < source.length; at += 1) {
    if (/[\s{}();,]/.test(source.charAt(at))) continue;
    const line = lineOf(at);
    if (line !== undefined) reached.set(line, reached.get(line) === true || (counts[at] ?? 0) > 0);
  }
  const functions = script.functions.filter(({ functionName }) => functionName !== '');
  return {
    file,
    lines: reached.size,
    missed: [...reached].flatMap(([line, isReached]) => (isReached ? [] : [line])).sort((left, right) => left - right),
    functions: functions.length,
    missedFunctions: functions.filter(({ ranges }) => ranges[0]?.count === 0).map(({ functionName }) => functionName),
  };
}

/** How often each character was executed, up to 255 times. V8's ranges are nested, the outer ones first. */
function countsIn(length: number, { functions }: Profiler.ScriptCoverage): Uint8Array {
  const counts = new Uint8Array(length).fill(1);
  const ranges = functions.flatMap((found) => found.ranges);
  ranges.sort((left, right) => left.startOffset - right.startOffset || right.endOffset - left.endOffset);
  for (const { startOffset, endOffset, count } of ranges) counts.fill(Math.min(255, count), startOffset, endOffset);
  return counts;
}

/** The line in the TypeScript source of a place in the code that was made of it. */
function originalLines(source: string): (at: number) => number | undefined {
  const comment = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)\s*$/.exec(
    source,
  )?.[1];
  const map = new SourceMap(
    JSON.parse(Buffer.from(defined(comment, 'a source map'), 'base64').toString()) as ConstructorParameters<
      typeof SourceMap
    >[0],
  );
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  const codeEnd = source.lastIndexOf('//# sourceMappingURL');
  let line = 0;
  return (at) => {
    while ((starts[line + 1] ?? Infinity) <= at) line += 1;
    if (at >= codeEnd) return undefined;
    const entry = map.findEntry(line, at - (starts[line] ?? 0));
    return 'originalLine' in entry ? entry.originalLine + 1 : undefined;
  };
}
