import type { ConnectionAnswers } from '../answer-room.js';
import type { Connection } from '../http2/connection.js';
import type { RequestHead } from '../http2/request-head.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Logger } from '../../util/logger.js';
import type { CallerCertificate, Method } from '../service.js';
import type { CallTally } from '../tally.js';
import type { ConnectionRequests } from '../unfinished-requests.js';
import type { Deadlines } from './deadlines.js';
import type { GrpcHead } from './grpc-head.js';
import type { Inflater } from './inflater.js';

/** What the calls of a method share. */
export interface MountedMethod {
  readonly method: Method;
  readonly tally: CallTally;
}

/** What the calls of a host share. */
export interface CallEnvironment {
  readonly logger: Logger;
  readonly deadlines: Deadlines;
  readonly inflater: Inflater;
  readonly messageBytesMax: number;
  /** Monotonic time in ms. */
  readonly now: () => number;
  readonly onLimit: OnLimit;
}

/** What the calls of a connection with the same head share. */
export interface CallOrigin {
  readonly connection: Connection;
  readonly certificate: CallerCertificate | undefined;
  readonly answers: ConnectionAnswers;
  readonly requests: ConnectionRequests;
  readonly environment: CallEnvironment;
  readonly mounted: MountedMethod;
  readonly head: RequestHead;
  readonly grpc: GrpcHead;
}
