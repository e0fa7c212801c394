import { credentials } from '@grpc/grpc-js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { rawCall, rawClient } from '../../support/raw-client.js';
import { serveHelper } from './helper.js';

// The process of clients that log in, so many at a time without a pause.

export interface LoggingIn {
  readonly atOnce: number;
  readonly name: string;
  readonly password: string;
}

export interface LoggedIn {
  /** Log-ins answered so far. */
  readonly answered: number;
}

let answered = 0;
let running = 0;

serveHelper(async (question, { port, ca }): Promise<LoggedIn> => {
  const { atOnce, name, password } = question as LoggingIn;
  const client = rawClient(
    `127.0.0.1:${port}`,
    {},
    ca === undefined ? undefined : credentials.createSsl(Buffer.from(ca)),
  );
  const body = etcdserverpb.AuthenticateRequest.encode({ name, password }).finish();
  const logIn = async (): Promise<void> => {
    for (;;) {
      const { code, details } = await rawCall(client, '/etcdserverpb.Auth/Authenticate', body, { timeoutMs: 600_000 });
      if (code !== 0) throw new Error(`a log-in failed: ${code} ${details}`);
      answered += 1;
    }
  };
  for (; running < atOnce; running++) void logIn();
  return Promise.resolve({ answered });
});
