import { whenFresh } from '../requests/fresh.js';
import { authService } from '../auth/auth-service.js';
import { HashingQueue } from '../auth/hashing-queue.js';
import { LogIn } from '../auth/log-in.js';
import { NewPasswords } from '../auth/new-passwords.js';
import type { Method } from '../../rpc/service.js';
import type { Consensus } from './consensus.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

export function makeAuthService(
  { auth, clock, measurements }: AssemblySettings,
  {
    storage,
    consensus,
    requests,
  }: {
    readonly storage: Storage;
    readonly consensus: Consensus;
    readonly requests: Requests;
  },
): readonly Method[] {
  const { store } = storage;
  const { node, onFatal } = consensus;
  const { pending, proposer, writes, reader, headers, identification } = requests;
  const { access, tokens } = identification;
  const { passwords } = auth;
  const hashing = new HashingQueue(auth.hashesAtOnce, measurements.limits.hit);
  return authService({
    store,
    headers,
    writes,
    reader,
    access,
    clock,
    onLimit: measurements.limits.hit,
    newPasswords: new NewPasswords({ passwords, hashing, charsMin: auth.passwordCharsMin, onFatal }),
    logIn: new LogIn({
      store,
      proposer,
      headers,
      tokens,
      passwords,
      hashing,
      fresh: (call, done) => whenFresh({ node, pending }, call, done),
      onFatal,
    }),
  });
}
