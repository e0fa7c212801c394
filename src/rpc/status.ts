/** The status codes of gRPC, by number. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Code = (typeof Code)[keyof typeof Code];

/** The status of a call that failed. */
export interface Status {
  readonly code: Code;
  readonly message: string;
}

/** The status of a call to a method that is not served, in grpc-go's words. */
export function unimplemented(path: string): Status {
  return { code: Code.UNIMPLEMENTED, message: `The server does not implement the method ${path}` };
}
