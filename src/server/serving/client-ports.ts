import { AccessControl } from '../../http/access/access-control.js';
import { ClientPort, refuseHttp } from '../../http/client-port.js';
import { HttpHost, type RequestHandler } from '../../http/host.js';
import { HttpStreams } from '../../http/streams/http-streams.js';
import type { MemberAnswers } from '../../rpc/answer-room.js';
import { GrpcJsHost } from '../../rpc/grpc-js/grpc-js-host.js';
import type { GrpcHostOptions } from '../../rpc/host.js';
import { NativeHost } from '../../rpc/native/native-host.js';
import { httpRequests } from './http-requests.js';
import type { ServerConfig } from '../settings/config.js';
import { hostOf } from '../settings/urls.js';
import { callerCertificate, NamedConnections } from './caller-certificates.js';
import type { Serving } from './serving.js';

/** Room in a message beside the largest request, in bytes: a larger request still gets its proper error. */
const ENVELOPE_BYTES = 512 * 1024;

/** Largest head of a request over HTTP/1.1, in bytes. */
const HTTP_HEAD_BYTES_MAX = 16 * 1024;

/** The largest delay of a timer, in ms: 24 days. */
const NEVER_MS = 2 ** 31 - 1;

/** The origins and hosts from which HTTP requests are served. */
export function accessControl({ config, clients, webClients, observers }: Serving): AccessControl {
  const { advertiseClientUrls, initialAdvertisePeerUrls } = config;
  const own = [clients.urls, webClients.urls, observers.urls, advertiseClientUrls, initialAdvertisePeerUrls];
  return new AccessControl({
    origins: config.cors,
    hosts: config.hostWhitelist,
    ownHosts: own.flat().flatMap((url) => hostOf(url) ?? []),
  });
}

/** Largest message of a client, in bytes. */
function messageBytesMax({ maxRequestBytes }: ServerConfig): number {
  return maxRequestBytes + ENVELOPE_BYTES;
}

/** Handles the HTTP requests of clients. */
export function clientRequests(serving: Serving, access: AccessControl, answers: MemberAnswers): RequestHandler {
  const { config, logger, assembly, measurements } = serving;
  const { methods, health, metrics, store } = assembly;
  const { tallies, limits } = measurements;
  const named = new NamedConnections();
  return httpRequests({
    access,
    methods,
    gateway: config.enableGrpcGateway,
    isCertified: (socket) => config.clientCertAuth && store.auth().enabled && named.has(socket),
    messageBytesMax: messageBytesMax(config),
    callsMax: config.maxConcurrentStreams,
    txnOpsMax: config.maxTxnOps,
    health,
    metrics,
    tallies,
    answers,
    onLimit: limits.hit,
    logger,
  });
}

/** gRPC for clients, and HTTP too unless it has listeners of its own. */
export function openClientPort(serving: Serving, handle: RequestHandler, answers: MemberAnswers): ClientPort {
  const { config, logger, assembly, measurements, webClients } = serving;
  const onLimit = measurements.limits.hit;
  const http = openHttpHost(serving, webClients.urls.length === 0 ? handle : refuseHttp);
  const options: GrpcHostOptions = {
    methods: assembly.methods,
    logger,
    ...(config.clientCertAuth && { certificateOf: callerCertificate }),
    tallies: measurements.tallies,
    answers,
    maxConcurrentStreams: config.maxConcurrentStreams,
    maxTotalStreams: config.maxTotalStreams,
    maxHeaderListBytes: config.maxHeaderListBytes,
    idleMs: config.maxConnectionIdleMs === 0 ? NEVER_MS : config.maxConnectionIdleMs,
    setupMs: config.connectionSetupTimeoutMs,
    resetsPerSecond: config.maxResetRate,
    controlFramesPerSecond: config.maxControlFrameRate,
    onLimit,
    maxReceiveMessageBytes: messageBytesMax(config),
    keepaliveIntervalMs: config.keepAliveIntervalMs === 0 ? NEVER_MS : config.keepAliveIntervalMs,
    keepaliveTimeoutMs: config.keepAliveTimeoutMs,
    pingMinMs: config.keepAliveMinTimeMs,
  };
  const grpc =
    config.rpcHost === 'native'
      ? new NativeHost({ ...options, others: new HttpStreams({ host: http, onLimit }) })
      : new GrpcJsHost(options);
  return new ClientPort({ grpc, http, silenceMs: config.connectionSetupTimeoutMs, onLimit });
}

/** HTTP/1.1 within the bounds of the settings. */
export function openHttpHost({ config, logger, measurements }: Serving, handle: RequestHandler): HttpHost {
  return new HttpHost({
    handle,
    logger,
    headMs: config.httpIdleTimeoutMs,
    headBytesMax: Math.min(config.maxHeaderListBytes, HTTP_HEAD_BYTES_MAX),
    onLimit: measurements.limits.hit,
  });
}
