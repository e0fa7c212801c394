/** A message of the command-line parser as one line, without its prefix `error: `, and with a suggestion in lower case. */
export function parserMessage(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace('(Did you mean ', '(did you mean ');
}
