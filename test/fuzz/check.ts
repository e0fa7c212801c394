/** @throws Error with the text unless the condition holds */
export function check(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
