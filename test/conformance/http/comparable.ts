// etcd from 3.6 on, and Debian's builds of 3.5, use grpc-gateway 2: JSON with blanks in it, errors without the field `error`,
// streamed errors without the HTTP status, and its own texts for invalid JSON. The remaining parts are the same for
// both.

/** The parts on which the two systems must agree. */
export interface HttpOutcome {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** Status, type and body without the parts that the two gateways write differently. */
export function comparable({ status, type, body }: HttpOutcome): HttpOutcome {
  return { status, type, body: body.trimEnd().split('\n').map(canonical).join('\n') };
}

function canonical(line: string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line;
  }
  return JSON.stringify(sorted(withoutGatewayFields(value)));
}

interface GatewayError {
  readonly code?: number;
  readonly grpc_code?: number;
  readonly message?: string;
}

function withoutGatewayFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { error, ...rest } = value as GatewayError & { readonly error?: unknown };
  if (typeof error === 'object' && error !== null) return { streamed: errorOf(error) };
  return rest.code === undefined || rest.message === undefined ? value : errorOf(rest);
}

function errorOf({ code, grpc_code: grpcCode, message }: GatewayError): unknown {
  const isUnreadable = message !== undefined && UNREADABLE.test(message);
  if (message !== undefined && ENDED.test(message))
    return { code: grpcCode ?? code, message: 'context deadline exceeded' };
  return { code: grpcCode ?? code, message: isUnreadable ? 'unreadable JSON' : message };
}

const UNREADABLE =
  /^(?:proto:\s|json: |invalid character|unexpected end|unexpected EOF|unknown value|illegal base64|EOF$|bad )/;

/** A deadline as the gateway reports it if the member behind it ends the stream first. */
const ENDED = /^stream terminated by RST_STREAM with error code: CANCEL$/;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
