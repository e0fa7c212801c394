/** Flags whose value is a password, or holds one behind a colon. */
const SECRET = /^(--(?:dest-)?password|--new-user-password)(?:=|$)/;
const USER = /^(--(?:dest-)?user)(?:=|$)/;
const HIDDEN = '***';

/** The words of a command line without the passwords in them; undefined if there are none. */
export function withoutPasswords(args: readonly string[]): readonly string[] | undefined {
  const shown = args.map((word, at) => {
    const previous = args[at - 1] ?? '';
    if (SECRET.test(word)) return word.includes('=') ? word.replace(/=.*$/s, `=${HIDDEN}`) : word;
    if (USER.test(word)) return word.includes('=') ? hideBehindColon(word) : word;
    if (isFlagWithoutValue(previous, SECRET)) return HIDDEN;
    if (isFlagWithoutValue(previous, USER) || isNewUser(args, at)) return hideBehindColon(word);
    return word;
  });
  return shown.some((word, at) => word !== args[at]) ? shown : undefined;
}

function isFlagWithoutValue(word: string, flag: RegExp): boolean {
  return flag.test(word) && !word.includes('=');
}

/** `user add NAME:PASSWORD`, with flags anywhere in between. */
function isNewUser(args: readonly string[], at: number): boolean {
  const user = args.indexOf('user');
  const add = args.indexOf('add', user + 1);
  return user >= 0 && add > user && at > add && !(args[at] ?? '').startsWith('-');
}

function hideBehindColon(word: string): string {
  return word.replace(/:.*$/s, `:${HIDDEN}`);
}
