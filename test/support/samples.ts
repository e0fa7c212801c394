import { defined } from '../../src/util/assert.js';

/** Every sample of an exposition, by its name and labels as printed. */
export function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = defined(/^([a-z_]+(?:\{.*\})?) (\S+)$/i.exec(line), `a sample in ${line}`);
      return [defined(name, 'a name'), Number(value)];
    }),
  );
}
