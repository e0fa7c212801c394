import { grpc } from '../../gen/proto.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import { Code } from '../../rpc/status.js';
import { FileDescriptors, serviceOf, type FileDescriptor } from '../../schema/file-descriptors.js';
import { Schema } from '../../schema/schema.js';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
type Request = grpc.reflection.v1.ServerReflectionRequest;
type Answer = Omit<grpc.reflection.v1.ServerReflectionResponse.$Properties, 'validHost' | 'originalRequest'>;

const NAME = 'grpc.reflection.v1.ServerReflection';
/** The former name of the same service. */
const OLD_NAME = 'grpc.reflection.v1alpha.ServerReflection';

/**
 * Server reflection, for clients such as grpcurl: services and their types. A stream may ask any number of questions.
 */
export class Reflection {
  readonly #services: readonly string[];
  readonly #streams = new Set<StreamCall<Request>>();
  /** Created at the first request. */
  #made: FileDescriptors | undefined;

  /** @param methods the other methods of the member */
  constructor(methods: readonly Method[]) {
    this.#services = [...new Set([...methods.map(({ path }) => serviceOf(path)), NAME])].sort();
  }

  methods(): readonly Method[] {
    return [NAME, OLD_NAME].map((name) =>
      stream<Request>('bidi', {
        path: `/${name}/ServerReflectionInfo`,
        decode: (body) => ServerReflectionRequest.decode(body),
        handle: (call) => this.#serve(call),
      }),
    );
  }

  /** Ends the streams, which would otherwise delay a stop. */
  stop(): void {
    for (const call of this.#streams) call.end();
    this.#streams.clear();
  }

  #serve(call: StreamCall<Request>): void {
    this.#streams.add(call);
    call.onCancel(() => this.#streams.delete(call));
    call.onMessage((request) => {
      const answer: Answer = this.#answer(request);
      const { host: validHost } = request;
      const message = { validHost, originalRequest: request, ...answer };
      if (!call.send(ServerReflectionResponse.encode(message).finish())) call.pause();
    });
    call.onDrain(() => call.resume());
    call.onEnd(() => {
      this.#streams.delete(call);
      call.end();
    });
  }

  #answer(request: Request): Answer {
    const has = (name: keyof Request): boolean => Object.hasOwn(request, name);
    if (has('listServices')) {
      return { listServicesResponse: { service: this.#services.map((name) => ({ name })) } };
    }
    if (has('fileByFilename')) return this.#files(this.#descriptors.file(request.fileByFilename ?? ''));
    if (has('fileContainingSymbol')) return this.#files(this.#descriptors.holding(request.fileContainingSymbol ?? ''));
    if (has('allExtensionNumbersOfType')) {
      // proto3 types have no extensions.
      return { allExtensionNumbersResponse: { baseTypeName: request.allExtensionNumbersOfType ?? '' } };
    }
    if (has('fileContainingExtension')) return notFound('extension not found');
    return { errorResponse: { errorCode: Code.INVALID_ARGUMENT, errorMessage: 'the request has no query' } };
  }

  /** A file with its dependencies. */
  #files(wanted: FileDescriptor | undefined): Answer {
    if (wanted === undefined) return notFound('not found');
    const files = new Map([[wanted.name, wanted]]);
    // The set grows during the loop.
    for (const { dependencies } of files.values()) {
      for (const name of dependencies) {
        const file = this.#descriptors.file(name);
        if (file !== undefined) files.set(name, file);
      }
    }
    return { fileDescriptorResponse: { fileDescriptorProto: [...files.values()].map(({ bytes }) => bytes) } };
  }

  get #descriptors(): FileDescriptors {
    return (this.#made ??= new FileDescriptors(Schema.load()));
  }
}

function notFound(errorMessage: string): Answer {
  return { errorResponse: { errorCode: Code.NOT_FOUND, errorMessage } };
}
