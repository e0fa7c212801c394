/** @throws Error with the text `otherwise` unless the condition holds */
export function check(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
