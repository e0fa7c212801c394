import { RaftKvError } from '../../src/client/index.js';

/** The error that a call of the client rejects with. Any other error, or none, fails the test. */
export async function clientErrorOf(call: Promise<unknown>): Promise<RaftKvError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RaftKvError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
