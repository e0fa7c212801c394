const VALUES: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** The value of a boolean as Go's flags read it (strconv.ParseBool); undefined for any other text. */
export function parseGoBoolean(text: string): boolean | undefined {
  return VALUES.get(text);
}
