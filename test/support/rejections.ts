import { RaftKvError } from '../../src/client/index.js';

/** The RaftKvError with which a client's call rejects. Any other outcome fails the test. */
export async function clientErrorOf(call: Promise<unknown>): Promise<RaftKvError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RaftKvError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
