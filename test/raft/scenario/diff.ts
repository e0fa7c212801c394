/** Lines of context on either side of a difference. */
const CONTEXT = 3;

/** The differing lines between the common beginning and end of two texts: `-` expected, `+` actual. */
export function diff(expected: string, actual: string): string {
  const [left, right] = [expected.split('\n'), actual.split('\n')];
  const most = Math.min(left.length, right.length);
  let head = 0;
  while (head < most && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < most - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const marked = (mark: string, lines: readonly string[]): string[] => lines.map((line) => `${mark} ${line}`);
  return [
    ...marked(' ', left.slice(Math.max(0, head - CONTEXT), head)),
    ...marked('-', left.slice(head, left.length - tail)),
    ...marked('+', right.slice(head, right.length - tail)),
    ...marked(' ', left.slice(left.length - tail, left.length - tail + CONTEXT)),
  ].join('\n');
}
