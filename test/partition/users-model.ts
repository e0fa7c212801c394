import { assertNever } from '../../src/util/assert.js';
import type { Call } from '../support/history.js';
import { revisionOfToken } from '../support/virtual-jwt.js';
import { ILLEGAL, legal, type Model, type Step } from '../jepsen/checkers/linearizability/model.js';

export type Access = 'read' | 'write' | 'both';

/** What is called. Each user has a role of its own, of the same name, with its permissions on keys. */
export type Action =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'write'; readonly key: string; readonly value: string }
  | { readonly kind: 'log in' }
  | { readonly kind: 'enable' }
  | { readonly kind: 'disable' }
  | { readonly kind: 'permit'; readonly key: string; readonly role: string; readonly access: Access }
  | { readonly kind: 'forbid'; readonly key: string; readonly role: string }
  | { readonly kind: 'add user' | 'delete user' | 'void tokens' | 'give role' | 'take role'; readonly subject: string };

export type SecuredInput = Action & {
  readonly user: string;
  /** Undefined for a call without a token, which has no user. */
  readonly token: string | undefined;
};

/**
 * The answer to a call. `denied`: its user has no permission for it. `refused`: the users are as the change wants them, or
 * what it changes does not exist.
 */
export type SecuredOutput =
  | { readonly kind: 'value'; readonly value: string | null }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'done' | 'denied' | 'refused' };

interface Account {
  readonly exists: boolean;
  readonly hasRole: boolean;
  /** What its role may do, by key. */
  readonly access: Readonly<Record<string, Access | undefined>>;
  /** Those that are valid. */
  readonly tokens: readonly string[];
}

/** One key, and all that decides who may use it. */
export interface SecuredState {
  readonly value: string | null;
  readonly enabled: boolean;
  /** By name. Root is none of them. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly rootTokens: readonly string[];
  /** The auth revision, which signed tokens must have; undefined with simple tokens, which need none. */
  readonly revision: number | undefined;
}

export const ROOT = 'root';

export type SecuredCall = Call<SecuredInput, SecuredOutput>;

/**
 * The calls that concern a key: its own, and those that change users and authentication. Signed tokens are concerned by
 * the permissions on all keys.
 */
export function callsAbout(key: string, calls: readonly SecuredCall[], signed: boolean): readonly SecuredCall[] {
  const isOther = ({ input }: SecuredCall): boolean => 'key' in input && input.key !== key;
  const isChange = ({ input: { kind } }: SecuredCall): boolean => kind === 'permit' || kind === 'forbid';
  return calls.filter((call) => !isOther(call) || (signed && isChange(call)));
}

/**
 * A register behind users and permissions, as clients see it. Each call, also a refused one and a change of users, happens at
 * one instant between its start and its end: it succeeds only if its user was permitted then, with a token that was valid
 * then, and is denied only if its user was not permitted then.
 */
export function securedModel(key: string, initial: SecuredState): Model<SecuredState, SecuredInput, SecuredOutput> {
  return {
    initial,
    step,
    key: () => key,
    fingerprint: (state) => JSON.stringify(state),
    readOnly: ({ kind }) => kind === 'read' || kind === 'log in',
    keepsState: (_, { kind }) => kind === 'value' || kind === 'denied' || kind === 'refused',
    describe: ({ user, token, ...action }, output) =>
      `${user} (${token ?? 'no token'}) ${JSON.stringify(action)} → ${output === undefined ? '?' : JSON.stringify(output)}`,
  };
}

function step(state: SecuredState, input: SecuredInput, output: SecuredOutput | undefined): Step<SecuredState> {
  if (input.kind === 'log in') return logIn(state, input.user, output);
  if (output?.kind === 'denied') return state.enabled && !isPermitted(state, input) ? legal(state) : ILLEGAL;
  if (state.enabled && !(isPermitted(state, input) && isIdentified(state, input))) {
    // Without an answer it may have been refused.
    return output === undefined ? legal(state) : ILLEGAL;
  }
  if (input.kind === 'read') return output?.kind === 'value' && output.value === state.value ? legal(state) : ILLEGAL;
  const changed = change(state, input);
  if ((output?.kind === 'refused') !== (changed === undefined) && output !== undefined) return ILLEGAL;
  return legal(changed === undefined ? state : revised(state, changed, input));
}

/** Each change makes another auth revision, but for the one that switches authentication on. */
function revised(before: SecuredState, after: SecuredState, { kind }: SecuredInput): SecuredState {
  if (before.revision === undefined || after === before || kind === 'write' || kind === 'enable') return after;
  return { ...after, revision: before.revision + 1 };
}

function logIn(state: SecuredState, user: string, output: SecuredOutput | undefined): Step<SecuredState> {
  if (output?.kind !== 'token') return ILLEGAL;
  const { token } = output;
  // A member that lags may sign one that is old.
  if (state.revision !== undefined) return revisionOfToken(token) <= state.revision ? legal(state) : ILLEGAL;
  if (!state.enabled) return ILLEGAL;
  if (user === ROOT) return legal({ ...state, rootTokens: [...state.rootTokens, token] });
  const account = state.accounts[user];
  if (account?.exists !== true) return ILLEGAL;
  return legal(withAccount(state, user, { tokens: [...account.tokens, token] }));
}

function isPermitted({ accounts }: SecuredState, input: SecuredInput): boolean {
  if (input.user === ROOT) return true;
  const account = accounts[input.user];
  if (account === undefined || !account.exists || !account.hasRole) return false;
  if (input.kind !== 'read' && input.kind !== 'write') return false;
  const access = account.access[input.key];
  return access === 'both' || access === input.kind;
}

function isIdentified({ accounts, rootTokens, revision }: SecuredState, { user, token }: SecuredInput): boolean {
  if (revision !== undefined) return token !== undefined && revisionOfToken(token) === revision;
  const valid = user === ROOT ? rootTokens : (accounts[user]?.tokens ?? []);
  return token !== undefined && valid.includes(token);
}

/** The state after a permitted write or change; undefined if a change is refused. */
function change(
  state: SecuredState,
  input: Exclude<SecuredInput, { kind: 'read' | 'log in' }>,
): SecuredState | undefined {
  switch (input.kind) {
    case 'write':
      return { ...state, value: input.value };
    case 'enable':
      return { ...state, enabled: true };
    case 'disable':
      return state.enabled ? disabled(state) : state;
    case 'permit':
      return withAccess(state, input, input.access);
    case 'forbid':
      return state.accounts[input.role]?.access[input.key] && withAccess(state, input, undefined);
    case 'add user':
      if (state.accounts[input.subject]?.exists === true) return undefined;
      return withAccount(state, input.subject, { exists: true });
    case 'delete user':
      if (state.accounts[input.subject]?.exists !== true) return undefined;
      return withAccount(state, input.subject, { exists: false, hasRole: false, tokens: [] });
    case 'void tokens':
      if (state.accounts[input.subject]?.exists !== true) return undefined;
      return withAccount(state, input.subject, { tokens: [] });
    case 'give role':
    case 'take role': {
      const account = state.accounts[input.subject];
      const isTaken = input.kind === 'take role';
      if (account?.exists !== true || (isTaken && !account.hasRole)) return undefined;
      if (account.hasRole !== isTaken) return state;
      return withAccount(state, input.subject, { hasRole: !isTaken });
    }
    default:
      return assertNever(input, 'action');
  }
}

/** All tokens are void. */
function disabled(state: SecuredState): SecuredState {
  const accounts = Object.entries(state.accounts).map(([name, account]) => [name, { ...account, tokens: [] }]);
  return {
    ...state,
    enabled: false,
    rootTokens: [],
    accounts: Object.fromEntries(accounts) as SecuredState['accounts'],
  };
}

function withAccess(
  state: SecuredState,
  { role, key }: { readonly role: string; readonly key: string },
  access: Access | undefined,
): SecuredState {
  return withAccount(state, role, { access: { ...state.accounts[role]?.access, [key]: access } });
}

function withAccount(state: SecuredState, name: string, fields: Partial<Account>): SecuredState {
  const known = state.accounts[name] ?? { exists: false, hasRole: false, access: {}, tokens: [] };
  return { ...state, accounts: { ...state.accounts, [name]: { ...known, ...fields } } };
}
