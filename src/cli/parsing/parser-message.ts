/** A message of the command-line parser as one line: without its prefix, and with a suggestion in the form of this program. */
export function parserMessage(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace('(Did you mean ', '(did you mean ');
}
