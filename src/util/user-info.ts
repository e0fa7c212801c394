/** A URL, or what was given for one, without a user and password in front of its host: errors and logs name it. */
export function withoutUserInfo(text: string): string {
  return text.replace(/^((?:[a-z]+:\/\/)?).*@/is, '$1***@');
}
