import { integer, text } from './kinds.js';

/** Users and their tokens. */
export const AUTH_SETTINGS = {
  /** See `parseAuthToken`. */
  authToken: text({
    flag: 'auth-token',
    group: 'Users',
    default: 'simple',
    placeholder: 'kind',
    help: 'tokens of users: simple, or jwt,sign-method=…,pub-key=FILE,priv-key=FILE,ttl=DURATION',
  }),
  /** In seconds. */
  authTokenTtl: integer({
    flag: 'auth-token-ttl',
    group: 'Users',
    unit: 'seconds',
    default: 300,
    min: 1,
    max: 2_000_000,
    help: 'time without use after which a simple token is void',
  }),
  bcryptCost: integer({
    flag: 'bcrypt-cost',
    group: 'Users',
    default: 10,
    min: 4,
    max: 31,
    help: 'cost of hashing a password; each step doubles the time',
  }),
  /** In characters. */
  passwordMinLength: integer({
    flag: 'password-min-length',
    group: 'Users',
    unit: 'characters',
    default: 1,
    min: 1,
    max: 72,
    help: 'shortest new password; give all members the same',
  }),
};
