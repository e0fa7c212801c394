import { wholeMessage } from '../../rpc/encoded-message.js';
import type { StreamCall, UnaryCall } from '../../rpc/service.js';

/**
 * Adapts a stream to the reader, whose response is the last message.
 * @param ended returns whether the stream was still running
 * @param wrap makes the message of the stream. Default: the response itself
 */
export function lastMessage<T>(
  call: StreamCall<T>,
  ended: () => boolean,
  wrap: (response: Uint8Array) => Uint8Array = (response) => response,
): UnaryCall {
  call.onCancel(() => void ended());
  return {
    certificate: call.certificate,
    metadata: (name) => call.metadata(name),
    remainingMs: () => call.remainingMs(),
    get cancelled() {
      return call.cancelled;
    },
    onCancel: (callback) => call.onCancel(callback),
    respond: (body, trailers) => {
      if (!ended()) return;
      call.send(wrap(wholeMessage(body)));
      call.end(trailers);
    },
    fail: (status, trailers) => {
      if (ended()) call.fail(status, trailers);
    },
  };
}
