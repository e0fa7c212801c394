/** Connections, and calls at the same time on each. */
export interface Shape {
  readonly connections: number;
  readonly streams: number;
}

/** As in ids of rows: 10x100. */
export function shapeId({ connections, streams }: Shape): string {
  return `${connections}x${streams}`;
}

/** As in titles of rows. */
export function shapeTitle({ connections, streams }: Shape): string {
  return connections * streams === 1 ? 'one at a time' : `${connections} × ${streams}`;
}
