/**
 * A message that quotes text of a user, as one line: line breaks and other controls are written as escapes. Otherwise a name in
 * a file could look like a message of its own.
 */
export function inOneLine(message: string): string {
  return message.replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
