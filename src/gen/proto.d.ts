import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace authpb. */
export namespace authpb {

    /**
     * Properties of a UserAddOptions.
     * @deprecated Use authpb.UserAddOptions.$Properties instead.
     */
    interface IUserAddOptions extends authpb.UserAddOptions.$Properties {
    }

    /** Represents a UserAddOptions. */
    class UserAddOptions {

        /**
         * Constructs a new UserAddOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: authpb.UserAddOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UserAddOptions noPassword. */
        noPassword: boolean;

        /**
         * Creates a new UserAddOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UserAddOptions instance
         */
        static create(properties: authpb.UserAddOptions.$Shape): authpb.UserAddOptions & authpb.UserAddOptions.$Shape;
        static create(properties?: authpb.UserAddOptions.$Properties): authpb.UserAddOptions;

        /**
         * Encodes the specified UserAddOptions message. Does not implicitly {@link authpb.UserAddOptions.verify|verify} messages.
         * @param message UserAddOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: authpb.UserAddOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a UserAddOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {authpb.UserAddOptions & authpb.UserAddOptions.$Shape} UserAddOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): authpb.UserAddOptions & authpb.UserAddOptions.$Shape;
    }

    namespace UserAddOptions {

        /** Properties of a UserAddOptions. */
        interface $Properties {

            /** UserAddOptions noPassword */
            noPassword?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a UserAddOptions. */
        type $Shape = authpb.UserAddOptions.$Properties;
    }

    /**
     * Properties of a User.
     * @deprecated Use authpb.User.$Properties instead.
     */
    interface IUser extends authpb.User.$Properties {
    }

    /** Represents a User. */
    class User {

        /**
         * Constructs a new User.
         * @param [properties] Properties to set
         */
        constructor(properties?: authpb.User.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** User name. */
        name: Uint8Array;

        /** User password. */
        password: Uint8Array;

        /** User roles. */
        roles: string[];

        /** User options. */
        options?: (authpb.UserAddOptions.$Properties|null);

        /**
         * Creates a new User instance using the specified properties.
         * @param [properties] Properties to set
         * @returns User instance
         */
        static create(properties: authpb.User.$Shape): authpb.User & authpb.User.$Shape;
        static create(properties?: authpb.User.$Properties): authpb.User;

        /**
         * Encodes the specified User message. Does not implicitly {@link authpb.User.verify|verify} messages.
         * @param message User message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: authpb.User.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a User message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {authpb.User & authpb.User.$Shape} User
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): authpb.User & authpb.User.$Shape;
    }

    namespace User {

        /** Properties of a User. */
        interface $Properties {

            /** User name */
            name?: (Uint8Array|null);

            /** User password */
            password?: (Uint8Array|null);

            /** User roles */
            roles?: (string[]|null);

            /** User options */
            options?: (authpb.UserAddOptions.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a User. */
        type $Shape = authpb.User.$Properties;
    }

    /**
     * Properties of a Permission.
     * @deprecated Use authpb.Permission.$Properties instead.
     */
    interface IPermission extends authpb.Permission.$Properties {
    }

    /** Represents a Permission. */
    class Permission {

        /**
         * Constructs a new Permission.
         * @param [properties] Properties to set
         */
        constructor(properties?: authpb.Permission.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Permission permType. */
        permType: authpb.Permission.Type;

        /** Permission key. */
        key: Uint8Array;

        /** Permission rangeEnd. */
        rangeEnd: Uint8Array;

        /**
         * Creates a new Permission instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Permission instance
         */
        static create(properties: authpb.Permission.$Shape): authpb.Permission & authpb.Permission.$Shape;
        static create(properties?: authpb.Permission.$Properties): authpb.Permission;

        /**
         * Encodes the specified Permission message. Does not implicitly {@link authpb.Permission.verify|verify} messages.
         * @param message Permission message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: authpb.Permission.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Permission message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {authpb.Permission & authpb.Permission.$Shape} Permission
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): authpb.Permission & authpb.Permission.$Shape;
    }

    namespace Permission {

        /** Properties of a Permission. */
        interface $Properties {

            /** Permission permType */
            permType?: (authpb.Permission.Type|null);

            /** Permission key */
            key?: (Uint8Array|null);

            /** Permission rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Permission. */
        type $Shape = authpb.Permission.$Properties;

        /** Type enum. */
        enum Type {

            /** READ value */
            READ = 0,

            /** WRITE value */
            WRITE = 1,

            /** READWRITE value */
            READWRITE = 2
        }
    }

    /**
     * Properties of a Role.
     * @deprecated Use authpb.Role.$Properties instead.
     */
    interface IRole extends authpb.Role.$Properties {
    }

    /** Represents a Role. */
    class Role {

        /**
         * Constructs a new Role.
         * @param [properties] Properties to set
         */
        constructor(properties?: authpb.Role.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Role name. */
        name: Uint8Array;

        /** Role keyPermission. */
        keyPermission: authpb.Permission.$Properties[];

        /**
         * Creates a new Role instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Role instance
         */
        static create(properties: authpb.Role.$Shape): authpb.Role & authpb.Role.$Shape;
        static create(properties?: authpb.Role.$Properties): authpb.Role;

        /**
         * Encodes the specified Role message. Does not implicitly {@link authpb.Role.verify|verify} messages.
         * @param message Role message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: authpb.Role.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Role message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {authpb.Role & authpb.Role.$Shape} Role
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): authpb.Role & authpb.Role.$Shape;
    }

    namespace Role {

        /** Properties of a Role. */
        interface $Properties {

            /** Role name */
            name?: (Uint8Array|null);

            /** Role keyPermission */
            keyPermission?: (authpb.Permission.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Role. */
        type $Shape = authpb.Role.$Properties;
    }
}

/** Namespace mvccpb. */
export namespace mvccpb {

    /**
     * Properties of a KeyValue.
     * @deprecated Use mvccpb.KeyValue.$Properties instead.
     */
    interface IKeyValue extends mvccpb.KeyValue.$Properties {
    }

    /** Represents a KeyValue. */
    class KeyValue {

        /**
         * Constructs a new KeyValue.
         * @param [properties] Properties to set
         */
        constructor(properties?: mvccpb.KeyValue.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** KeyValue key. */
        key: Uint8Array;

        /** KeyValue createRevision. */
        createRevision: (number|Long);

        /** KeyValue modRevision. */
        modRevision: (number|Long);

        /** KeyValue version. */
        version: (number|Long);

        /** KeyValue value. */
        value: Uint8Array;

        /** KeyValue lease. */
        lease: (number|Long);

        /**
         * Creates a new KeyValue instance using the specified properties.
         * @param [properties] Properties to set
         * @returns KeyValue instance
         */
        static create(properties: mvccpb.KeyValue.$Shape): mvccpb.KeyValue & mvccpb.KeyValue.$Shape;
        static create(properties?: mvccpb.KeyValue.$Properties): mvccpb.KeyValue;

        /**
         * Encodes the specified KeyValue message. Does not implicitly {@link mvccpb.KeyValue.verify|verify} messages.
         * @param message KeyValue message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mvccpb.KeyValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a KeyValue message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mvccpb.KeyValue & mvccpb.KeyValue.$Shape} KeyValue
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mvccpb.KeyValue & mvccpb.KeyValue.$Shape;
    }

    namespace KeyValue {

        /** Properties of a KeyValue. */
        interface $Properties {

            /** KeyValue key */
            key?: (Uint8Array|null);

            /** KeyValue createRevision */
            createRevision?: (number|Long|null);

            /** KeyValue modRevision */
            modRevision?: (number|Long|null);

            /** KeyValue version */
            version?: (number|Long|null);

            /** KeyValue value */
            value?: (Uint8Array|null);

            /** KeyValue lease */
            lease?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a KeyValue. */
        type $Shape = mvccpb.KeyValue.$Properties;
    }

    /**
     * Properties of an Event.
     * @deprecated Use mvccpb.Event.$Properties instead.
     */
    interface IEvent extends mvccpb.Event.$Properties {
    }

    /** Represents an Event. */
    class Event {

        /**
         * Constructs a new Event.
         * @param [properties] Properties to set
         */
        constructor(properties?: mvccpb.Event.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Event type. */
        type: mvccpb.Event.EventType;

        /** Event kv. */
        kv?: (mvccpb.KeyValue.$Properties|null);

        /** Event prevKv. */
        prevKv?: (mvccpb.KeyValue.$Properties|null);

        /**
         * Creates a new Event instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Event instance
         */
        static create(properties: mvccpb.Event.$Shape): mvccpb.Event & mvccpb.Event.$Shape;
        static create(properties?: mvccpb.Event.$Properties): mvccpb.Event;

        /**
         * Encodes the specified Event message. Does not implicitly {@link mvccpb.Event.verify|verify} messages.
         * @param message Event message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mvccpb.Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Event message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mvccpb.Event & mvccpb.Event.$Shape} Event
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mvccpb.Event & mvccpb.Event.$Shape;
    }

    namespace Event {

        /** Properties of an Event. */
        interface $Properties {

            /** Event type */
            type?: (mvccpb.Event.EventType|null);

            /** Event kv */
            kv?: (mvccpb.KeyValue.$Properties|null);

            /** Event prevKv */
            prevKv?: (mvccpb.KeyValue.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Event. */
        type $Shape = mvccpb.Event.$Properties;

        /** EventType enum. */
        enum EventType {

            /** PUT value */
            PUT = 0,

            /** DELETE value */
            DELETE = 1
        }
    }
}

/** Namespace etcdserverpb. */
export namespace etcdserverpb {

    /** Represents a KV */
    class KV extends $protobuf.rpc.Service {

        /**
         * Constructs a new KV service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new KV service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): KV;

        /** Calls Range. */
        range: etcdserverpb.KV.Range;

        /** Calls RangeStream. */
        rangeStream: etcdserverpb.KV.RangeStream;

        /** Calls Put. */
        put: etcdserverpb.KV.Put;

        /** Calls DeleteRange. */
        deleteRange: etcdserverpb.KV.DeleteRange;

        /** Calls Txn. */
        txn: etcdserverpb.KV.Txn;

        /** Calls Compact. */
        compact: etcdserverpb.KV.Compact;
    }

    namespace KV {

        /**
         * Callback as used by {@link etcdserverpb.KV#range}.
         * @param error Error, if any
         * @param [response] RangeResponse
         */
        type RangeCallback = (error: (Error|null), response?: etcdserverpb.RangeResponse) => void;

        /** Calls Range. */
        type Range = {
          (request: etcdserverpb.IRangeRequest, callback: etcdserverpb.KV.RangeCallback): void;
          (request: etcdserverpb.IRangeRequest): Promise<etcdserverpb.RangeResponse>;
          readonly name: "Range";
          readonly path: "/etcdserverpb.KV/Range";
          readonly requestType: "RangeRequest";
          readonly responseType: "RangeResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.KV#rangeStream}.
         * @param error Error, if any
         * @param [response] RangeStreamResponse
         */
        type RangeStreamCallback = (error: (Error|null), response?: etcdserverpb.RangeStreamResponse) => void;

        /** Calls RangeStream. */
        type RangeStream = {
          (request: etcdserverpb.IRangeRequest, callback: etcdserverpb.KV.RangeStreamCallback): void;
          (request: etcdserverpb.IRangeRequest): Promise<etcdserverpb.RangeStreamResponse>;
          readonly name: "RangeStream";
          readonly path: "/etcdserverpb.KV/RangeStream";
          readonly requestType: "RangeRequest";
          readonly responseType: "RangeStreamResponse";
          readonly requestStream: undefined;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link etcdserverpb.KV#put}.
         * @param error Error, if any
         * @param [response] PutResponse
         */
        type PutCallback = (error: (Error|null), response?: etcdserverpb.PutResponse) => void;

        /** Calls Put. */
        type Put = {
          (request: etcdserverpb.IPutRequest, callback: etcdserverpb.KV.PutCallback): void;
          (request: etcdserverpb.IPutRequest): Promise<etcdserverpb.PutResponse>;
          readonly name: "Put";
          readonly path: "/etcdserverpb.KV/Put";
          readonly requestType: "PutRequest";
          readonly responseType: "PutResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.KV#deleteRange}.
         * @param error Error, if any
         * @param [response] DeleteRangeResponse
         */
        type DeleteRangeCallback = (error: (Error|null), response?: etcdserverpb.DeleteRangeResponse) => void;

        /** Calls DeleteRange. */
        type DeleteRange = {
          (request: etcdserverpb.IDeleteRangeRequest, callback: etcdserverpb.KV.DeleteRangeCallback): void;
          (request: etcdserverpb.IDeleteRangeRequest): Promise<etcdserverpb.DeleteRangeResponse>;
          readonly name: "DeleteRange";
          readonly path: "/etcdserverpb.KV/DeleteRange";
          readonly requestType: "DeleteRangeRequest";
          readonly responseType: "DeleteRangeResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.KV#txn}.
         * @param error Error, if any
         * @param [response] TxnResponse
         */
        type TxnCallback = (error: (Error|null), response?: etcdserverpb.TxnResponse) => void;

        /** Calls Txn. */
        type Txn = {
          (request: etcdserverpb.ITxnRequest, callback: etcdserverpb.KV.TxnCallback): void;
          (request: etcdserverpb.ITxnRequest): Promise<etcdserverpb.TxnResponse>;
          readonly name: "Txn";
          readonly path: "/etcdserverpb.KV/Txn";
          readonly requestType: "TxnRequest";
          readonly responseType: "TxnResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.KV#compact}.
         * @param error Error, if any
         * @param [response] CompactionResponse
         */
        type CompactCallback = (error: (Error|null), response?: etcdserverpb.CompactionResponse) => void;

        /** Calls Compact. */
        type Compact = {
          (request: etcdserverpb.ICompactionRequest, callback: etcdserverpb.KV.CompactCallback): void;
          (request: etcdserverpb.ICompactionRequest): Promise<etcdserverpb.CompactionResponse>;
          readonly name: "Compact";
          readonly path: "/etcdserverpb.KV/Compact";
          readonly requestType: "CompactionRequest";
          readonly responseType: "CompactionResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /** Represents a Watch */
    class Watch extends $protobuf.rpc.Service {

        /**
         * Constructs a new Watch service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Watch service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Watch;

        /** Calls Watch. */
        watch: etcdserverpb.Watch.Watch;
    }

    namespace Watch {

        /**
         * Callback as used by {@link etcdserverpb.Watch#watch}.
         * @param error Error, if any
         * @param [response] WatchResponse
         */
        type WatchCallback = (error: (Error|null), response?: etcdserverpb.WatchResponse) => void;

        /** Calls Watch. */
        type Watch = {
          (request: etcdserverpb.IWatchRequest, callback: etcdserverpb.Watch.WatchCallback): void;
          (request: etcdserverpb.IWatchRequest): Promise<etcdserverpb.WatchResponse>;
          readonly name: "Watch";
          readonly path: "/etcdserverpb.Watch/Watch";
          readonly requestType: "WatchRequest";
          readonly responseType: "WatchResponse";
          readonly requestStream: true;
          readonly responseStream: true;
        };
    }

    /** Represents a Lease */
    class Lease extends $protobuf.rpc.Service {

        /**
         * Constructs a new Lease service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Lease service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Lease;

        /** Calls LeaseGrant. */
        leaseGrant: etcdserverpb.Lease.LeaseGrant;

        /** Calls LeaseRevoke. */
        leaseRevoke: etcdserverpb.Lease.LeaseRevoke;

        /** Calls LeaseKeepAlive. */
        leaseKeepAlive: etcdserverpb.Lease.LeaseKeepAlive;

        /** Calls LeaseTimeToLive. */
        leaseTimeToLive: etcdserverpb.Lease.LeaseTimeToLive;

        /** Calls LeaseLeases. */
        leaseLeases: etcdserverpb.Lease.LeaseLeases;
    }

    namespace Lease {

        /**
         * Callback as used by {@link etcdserverpb.Lease#leaseGrant}.
         * @param error Error, if any
         * @param [response] LeaseGrantResponse
         */
        type LeaseGrantCallback = (error: (Error|null), response?: etcdserverpb.LeaseGrantResponse) => void;

        /** Calls LeaseGrant. */
        type LeaseGrant = {
          (request: etcdserverpb.ILeaseGrantRequest, callback: etcdserverpb.Lease.LeaseGrantCallback): void;
          (request: etcdserverpb.ILeaseGrantRequest): Promise<etcdserverpb.LeaseGrantResponse>;
          readonly name: "LeaseGrant";
          readonly path: "/etcdserverpb.Lease/LeaseGrant";
          readonly requestType: "LeaseGrantRequest";
          readonly responseType: "LeaseGrantResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Lease#leaseRevoke}.
         * @param error Error, if any
         * @param [response] LeaseRevokeResponse
         */
        type LeaseRevokeCallback = (error: (Error|null), response?: etcdserverpb.LeaseRevokeResponse) => void;

        /** Calls LeaseRevoke. */
        type LeaseRevoke = {
          (request: etcdserverpb.ILeaseRevokeRequest, callback: etcdserverpb.Lease.LeaseRevokeCallback): void;
          (request: etcdserverpb.ILeaseRevokeRequest): Promise<etcdserverpb.LeaseRevokeResponse>;
          readonly name: "LeaseRevoke";
          readonly path: "/etcdserverpb.Lease/LeaseRevoke";
          readonly requestType: "LeaseRevokeRequest";
          readonly responseType: "LeaseRevokeResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Lease#leaseKeepAlive}.
         * @param error Error, if any
         * @param [response] LeaseKeepAliveResponse
         */
        type LeaseKeepAliveCallback = (error: (Error|null), response?: etcdserverpb.LeaseKeepAliveResponse) => void;

        /** Calls LeaseKeepAlive. */
        type LeaseKeepAlive = {
          (request: etcdserverpb.ILeaseKeepAliveRequest, callback: etcdserverpb.Lease.LeaseKeepAliveCallback): void;
          (request: etcdserverpb.ILeaseKeepAliveRequest): Promise<etcdserverpb.LeaseKeepAliveResponse>;
          readonly name: "LeaseKeepAlive";
          readonly path: "/etcdserverpb.Lease/LeaseKeepAlive";
          readonly requestType: "LeaseKeepAliveRequest";
          readonly responseType: "LeaseKeepAliveResponse";
          readonly requestStream: true;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link etcdserverpb.Lease#leaseTimeToLive}.
         * @param error Error, if any
         * @param [response] LeaseTimeToLiveResponse
         */
        type LeaseTimeToLiveCallback = (error: (Error|null), response?: etcdserverpb.LeaseTimeToLiveResponse) => void;

        /** Calls LeaseTimeToLive. */
        type LeaseTimeToLive = {
          (request: etcdserverpb.ILeaseTimeToLiveRequest, callback: etcdserverpb.Lease.LeaseTimeToLiveCallback): void;
          (request: etcdserverpb.ILeaseTimeToLiveRequest): Promise<etcdserverpb.LeaseTimeToLiveResponse>;
          readonly name: "LeaseTimeToLive";
          readonly path: "/etcdserverpb.Lease/LeaseTimeToLive";
          readonly requestType: "LeaseTimeToLiveRequest";
          readonly responseType: "LeaseTimeToLiveResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Lease#leaseLeases}.
         * @param error Error, if any
         * @param [response] LeaseLeasesResponse
         */
        type LeaseLeasesCallback = (error: (Error|null), response?: etcdserverpb.LeaseLeasesResponse) => void;

        /** Calls LeaseLeases. */
        type LeaseLeases = {
          (request: etcdserverpb.ILeaseLeasesRequest, callback: etcdserverpb.Lease.LeaseLeasesCallback): void;
          (request: etcdserverpb.ILeaseLeasesRequest): Promise<etcdserverpb.LeaseLeasesResponse>;
          readonly name: "LeaseLeases";
          readonly path: "/etcdserverpb.Lease/LeaseLeases";
          readonly requestType: "LeaseLeasesRequest";
          readonly responseType: "LeaseLeasesResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /** Represents a Cluster */
    class Cluster extends $protobuf.rpc.Service {

        /**
         * Constructs a new Cluster service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Cluster service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Cluster;

        /** Calls MemberAdd. */
        memberAdd: etcdserverpb.Cluster.MemberAdd;

        /** Calls MemberRemove. */
        memberRemove: etcdserverpb.Cluster.MemberRemove;

        /** Calls MemberUpdate. */
        memberUpdate: etcdserverpb.Cluster.MemberUpdate;

        /** Calls MemberList. */
        memberList: etcdserverpb.Cluster.MemberList;

        /** Calls MemberPromote. */
        memberPromote: etcdserverpb.Cluster.MemberPromote;
    }

    namespace Cluster {

        /**
         * Callback as used by {@link etcdserverpb.Cluster#memberAdd}.
         * @param error Error, if any
         * @param [response] MemberAddResponse
         */
        type MemberAddCallback = (error: (Error|null), response?: etcdserverpb.MemberAddResponse) => void;

        /** Calls MemberAdd. */
        type MemberAdd = {
          (request: etcdserverpb.IMemberAddRequest, callback: etcdserverpb.Cluster.MemberAddCallback): void;
          (request: etcdserverpb.IMemberAddRequest): Promise<etcdserverpb.MemberAddResponse>;
          readonly name: "MemberAdd";
          readonly path: "/etcdserverpb.Cluster/MemberAdd";
          readonly requestType: "MemberAddRequest";
          readonly responseType: "MemberAddResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Cluster#memberRemove}.
         * @param error Error, if any
         * @param [response] MemberRemoveResponse
         */
        type MemberRemoveCallback = (error: (Error|null), response?: etcdserverpb.MemberRemoveResponse) => void;

        /** Calls MemberRemove. */
        type MemberRemove = {
          (request: etcdserverpb.IMemberRemoveRequest, callback: etcdserverpb.Cluster.MemberRemoveCallback): void;
          (request: etcdserverpb.IMemberRemoveRequest): Promise<etcdserverpb.MemberRemoveResponse>;
          readonly name: "MemberRemove";
          readonly path: "/etcdserverpb.Cluster/MemberRemove";
          readonly requestType: "MemberRemoveRequest";
          readonly responseType: "MemberRemoveResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Cluster#memberUpdate}.
         * @param error Error, if any
         * @param [response] MemberUpdateResponse
         */
        type MemberUpdateCallback = (error: (Error|null), response?: etcdserverpb.MemberUpdateResponse) => void;

        /** Calls MemberUpdate. */
        type MemberUpdate = {
          (request: etcdserverpb.IMemberUpdateRequest, callback: etcdserverpb.Cluster.MemberUpdateCallback): void;
          (request: etcdserverpb.IMemberUpdateRequest): Promise<etcdserverpb.MemberUpdateResponse>;
          readonly name: "MemberUpdate";
          readonly path: "/etcdserverpb.Cluster/MemberUpdate";
          readonly requestType: "MemberUpdateRequest";
          readonly responseType: "MemberUpdateResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Cluster#memberList}.
         * @param error Error, if any
         * @param [response] MemberListResponse
         */
        type MemberListCallback = (error: (Error|null), response?: etcdserverpb.MemberListResponse) => void;

        /** Calls MemberList. */
        type MemberList = {
          (request: etcdserverpb.IMemberListRequest, callback: etcdserverpb.Cluster.MemberListCallback): void;
          (request: etcdserverpb.IMemberListRequest): Promise<etcdserverpb.MemberListResponse>;
          readonly name: "MemberList";
          readonly path: "/etcdserverpb.Cluster/MemberList";
          readonly requestType: "MemberListRequest";
          readonly responseType: "MemberListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Cluster#memberPromote}.
         * @param error Error, if any
         * @param [response] MemberPromoteResponse
         */
        type MemberPromoteCallback = (error: (Error|null), response?: etcdserverpb.MemberPromoteResponse) => void;

        /** Calls MemberPromote. */
        type MemberPromote = {
          (request: etcdserverpb.IMemberPromoteRequest, callback: etcdserverpb.Cluster.MemberPromoteCallback): void;
          (request: etcdserverpb.IMemberPromoteRequest): Promise<etcdserverpb.MemberPromoteResponse>;
          readonly name: "MemberPromote";
          readonly path: "/etcdserverpb.Cluster/MemberPromote";
          readonly requestType: "MemberPromoteRequest";
          readonly responseType: "MemberPromoteResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /** Represents a Maintenance */
    class Maintenance extends $protobuf.rpc.Service {

        /**
         * Constructs a new Maintenance service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Maintenance service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Maintenance;

        /** Calls Alarm. */
        alarm: etcdserverpb.Maintenance.Alarm;

        /** Calls Status. */
        status: etcdserverpb.Maintenance.Status;

        /** Calls Defragment. */
        defragment: etcdserverpb.Maintenance.Defragment;

        /** Calls Hash. */
        hash: etcdserverpb.Maintenance.Hash;

        /** Calls HashKV. */
        hashKV: etcdserverpb.Maintenance.HashKV;

        /** Calls Snapshot. */
        snapshot: etcdserverpb.Maintenance.Snapshot;

        /** Calls MoveLeader. */
        moveLeader: etcdserverpb.Maintenance.MoveLeader;

        /** Calls Downgrade. */
        downgrade: etcdserverpb.Maintenance.Downgrade;
    }

    namespace Maintenance {

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#alarm}.
         * @param error Error, if any
         * @param [response] AlarmResponse
         */
        type AlarmCallback = (error: (Error|null), response?: etcdserverpb.AlarmResponse) => void;

        /** Calls Alarm. */
        type Alarm = {
          (request: etcdserverpb.IAlarmRequest, callback: etcdserverpb.Maintenance.AlarmCallback): void;
          (request: etcdserverpb.IAlarmRequest): Promise<etcdserverpb.AlarmResponse>;
          readonly name: "Alarm";
          readonly path: "/etcdserverpb.Maintenance/Alarm";
          readonly requestType: "AlarmRequest";
          readonly responseType: "AlarmResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#status}.
         * @param error Error, if any
         * @param [response] StatusResponse
         */
        type StatusCallback = (error: (Error|null), response?: etcdserverpb.StatusResponse) => void;

        /** Calls Status. */
        type Status = {
          (request: etcdserverpb.IStatusRequest, callback: etcdserverpb.Maintenance.StatusCallback): void;
          (request: etcdserverpb.IStatusRequest): Promise<etcdserverpb.StatusResponse>;
          readonly name: "Status";
          readonly path: "/etcdserverpb.Maintenance/Status";
          readonly requestType: "StatusRequest";
          readonly responseType: "StatusResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#defragment}.
         * @param error Error, if any
         * @param [response] DefragmentResponse
         */
        type DefragmentCallback = (error: (Error|null), response?: etcdserverpb.DefragmentResponse) => void;

        /** Calls Defragment. */
        type Defragment = {
          (request: etcdserverpb.IDefragmentRequest, callback: etcdserverpb.Maintenance.DefragmentCallback): void;
          (request: etcdserverpb.IDefragmentRequest): Promise<etcdserverpb.DefragmentResponse>;
          readonly name: "Defragment";
          readonly path: "/etcdserverpb.Maintenance/Defragment";
          readonly requestType: "DefragmentRequest";
          readonly responseType: "DefragmentResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#hash}.
         * @param error Error, if any
         * @param [response] HashResponse
         */
        type HashCallback = (error: (Error|null), response?: etcdserverpb.HashResponse) => void;

        /** Calls Hash. */
        type Hash = {
          (request: etcdserverpb.IHashRequest, callback: etcdserverpb.Maintenance.HashCallback): void;
          (request: etcdserverpb.IHashRequest): Promise<etcdserverpb.HashResponse>;
          readonly name: "Hash";
          readonly path: "/etcdserverpb.Maintenance/Hash";
          readonly requestType: "HashRequest";
          readonly responseType: "HashResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#hashKV}.
         * @param error Error, if any
         * @param [response] HashKVResponse
         */
        type HashKVCallback = (error: (Error|null), response?: etcdserverpb.HashKVResponse) => void;

        /** Calls HashKV. */
        type HashKV = {
          (request: etcdserverpb.IHashKVRequest, callback: etcdserverpb.Maintenance.HashKVCallback): void;
          (request: etcdserverpb.IHashKVRequest): Promise<etcdserverpb.HashKVResponse>;
          readonly name: "HashKV";
          readonly path: "/etcdserverpb.Maintenance/HashKV";
          readonly requestType: "HashKVRequest";
          readonly responseType: "HashKVResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#snapshot}.
         * @param error Error, if any
         * @param [response] SnapshotResponse
         */
        type SnapshotCallback = (error: (Error|null), response?: etcdserverpb.SnapshotResponse) => void;

        /** Calls Snapshot. */
        type Snapshot = {
          (request: etcdserverpb.ISnapshotRequest, callback: etcdserverpb.Maintenance.SnapshotCallback): void;
          (request: etcdserverpb.ISnapshotRequest): Promise<etcdserverpb.SnapshotResponse>;
          readonly name: "Snapshot";
          readonly path: "/etcdserverpb.Maintenance/Snapshot";
          readonly requestType: "SnapshotRequest";
          readonly responseType: "SnapshotResponse";
          readonly requestStream: undefined;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#moveLeader}.
         * @param error Error, if any
         * @param [response] MoveLeaderResponse
         */
        type MoveLeaderCallback = (error: (Error|null), response?: etcdserverpb.MoveLeaderResponse) => void;

        /** Calls MoveLeader. */
        type MoveLeader = {
          (request: etcdserverpb.IMoveLeaderRequest, callback: etcdserverpb.Maintenance.MoveLeaderCallback): void;
          (request: etcdserverpb.IMoveLeaderRequest): Promise<etcdserverpb.MoveLeaderResponse>;
          readonly name: "MoveLeader";
          readonly path: "/etcdserverpb.Maintenance/MoveLeader";
          readonly requestType: "MoveLeaderRequest";
          readonly responseType: "MoveLeaderResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Maintenance#downgrade}.
         * @param error Error, if any
         * @param [response] DowngradeResponse
         */
        type DowngradeCallback = (error: (Error|null), response?: etcdserverpb.DowngradeResponse) => void;

        /** Calls Downgrade. */
        type Downgrade = {
          (request: etcdserverpb.IDowngradeRequest, callback: etcdserverpb.Maintenance.DowngradeCallback): void;
          (request: etcdserverpb.IDowngradeRequest): Promise<etcdserverpb.DowngradeResponse>;
          readonly name: "Downgrade";
          readonly path: "/etcdserverpb.Maintenance/Downgrade";
          readonly requestType: "DowngradeRequest";
          readonly responseType: "DowngradeResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /** Represents an Auth */
    class Auth extends $protobuf.rpc.Service {

        /**
         * Constructs a new Auth service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Auth service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Auth;

        /** Calls AuthEnable. */
        authEnable: etcdserverpb.Auth.AuthEnable;

        /** Calls AuthDisable. */
        authDisable: etcdserverpb.Auth.AuthDisable;

        /** Calls AuthStatus. */
        authStatus: etcdserverpb.Auth.AuthStatus;

        /** Calls Authenticate. */
        authenticate: etcdserverpb.Auth.Authenticate;

        /** Calls UserAdd. */
        userAdd: etcdserverpb.Auth.UserAdd;

        /** Calls UserGet. */
        userGet: etcdserverpb.Auth.UserGet;

        /** Calls UserList. */
        userList: etcdserverpb.Auth.UserList;

        /** Calls UserDelete. */
        userDelete: etcdserverpb.Auth.UserDelete;

        /** Calls UserChangePassword. */
        userChangePassword: etcdserverpb.Auth.UserChangePassword;

        /** Calls UserGrantRole. */
        userGrantRole: etcdserverpb.Auth.UserGrantRole;

        /** Calls UserRevokeRole. */
        userRevokeRole: etcdserverpb.Auth.UserRevokeRole;

        /** Calls RoleAdd. */
        roleAdd: etcdserverpb.Auth.RoleAdd;

        /** Calls RoleGet. */
        roleGet: etcdserverpb.Auth.RoleGet;

        /** Calls RoleList. */
        roleList: etcdserverpb.Auth.RoleList;

        /** Calls RoleDelete. */
        roleDelete: etcdserverpb.Auth.RoleDelete;

        /** Calls RoleGrantPermission. */
        roleGrantPermission: etcdserverpb.Auth.RoleGrantPermission;

        /** Calls RoleRevokePermission. */
        roleRevokePermission: etcdserverpb.Auth.RoleRevokePermission;
    }

    namespace Auth {

        /**
         * Callback as used by {@link etcdserverpb.Auth#authEnable}.
         * @param error Error, if any
         * @param [response] AuthEnableResponse
         */
        type AuthEnableCallback = (error: (Error|null), response?: etcdserverpb.AuthEnableResponse) => void;

        /** Calls AuthEnable. */
        type AuthEnable = {
          (request: etcdserverpb.IAuthEnableRequest, callback: etcdserverpb.Auth.AuthEnableCallback): void;
          (request: etcdserverpb.IAuthEnableRequest): Promise<etcdserverpb.AuthEnableResponse>;
          readonly name: "AuthEnable";
          readonly path: "/etcdserverpb.Auth/AuthEnable";
          readonly requestType: "AuthEnableRequest";
          readonly responseType: "AuthEnableResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#authDisable}.
         * @param error Error, if any
         * @param [response] AuthDisableResponse
         */
        type AuthDisableCallback = (error: (Error|null), response?: etcdserverpb.AuthDisableResponse) => void;

        /** Calls AuthDisable. */
        type AuthDisable = {
          (request: etcdserverpb.IAuthDisableRequest, callback: etcdserverpb.Auth.AuthDisableCallback): void;
          (request: etcdserverpb.IAuthDisableRequest): Promise<etcdserverpb.AuthDisableResponse>;
          readonly name: "AuthDisable";
          readonly path: "/etcdserverpb.Auth/AuthDisable";
          readonly requestType: "AuthDisableRequest";
          readonly responseType: "AuthDisableResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#authStatus}.
         * @param error Error, if any
         * @param [response] AuthStatusResponse
         */
        type AuthStatusCallback = (error: (Error|null), response?: etcdserverpb.AuthStatusResponse) => void;

        /** Calls AuthStatus. */
        type AuthStatus = {
          (request: etcdserverpb.IAuthStatusRequest, callback: etcdserverpb.Auth.AuthStatusCallback): void;
          (request: etcdserverpb.IAuthStatusRequest): Promise<etcdserverpb.AuthStatusResponse>;
          readonly name: "AuthStatus";
          readonly path: "/etcdserverpb.Auth/AuthStatus";
          readonly requestType: "AuthStatusRequest";
          readonly responseType: "AuthStatusResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#authenticate}.
         * @param error Error, if any
         * @param [response] AuthenticateResponse
         */
        type AuthenticateCallback = (error: (Error|null), response?: etcdserverpb.AuthenticateResponse) => void;

        /** Calls Authenticate. */
        type Authenticate = {
          (request: etcdserverpb.IAuthenticateRequest, callback: etcdserverpb.Auth.AuthenticateCallback): void;
          (request: etcdserverpb.IAuthenticateRequest): Promise<etcdserverpb.AuthenticateResponse>;
          readonly name: "Authenticate";
          readonly path: "/etcdserverpb.Auth/Authenticate";
          readonly requestType: "AuthenticateRequest";
          readonly responseType: "AuthenticateResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userAdd}.
         * @param error Error, if any
         * @param [response] AuthUserAddResponse
         */
        type UserAddCallback = (error: (Error|null), response?: etcdserverpb.AuthUserAddResponse) => void;

        /** Calls UserAdd. */
        type UserAdd = {
          (request: etcdserverpb.IAuthUserAddRequest, callback: etcdserverpb.Auth.UserAddCallback): void;
          (request: etcdserverpb.IAuthUserAddRequest): Promise<etcdserverpb.AuthUserAddResponse>;
          readonly name: "UserAdd";
          readonly path: "/etcdserverpb.Auth/UserAdd";
          readonly requestType: "AuthUserAddRequest";
          readonly responseType: "AuthUserAddResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userGet}.
         * @param error Error, if any
         * @param [response] AuthUserGetResponse
         */
        type UserGetCallback = (error: (Error|null), response?: etcdserverpb.AuthUserGetResponse) => void;

        /** Calls UserGet. */
        type UserGet = {
          (request: etcdserverpb.IAuthUserGetRequest, callback: etcdserverpb.Auth.UserGetCallback): void;
          (request: etcdserverpb.IAuthUserGetRequest): Promise<etcdserverpb.AuthUserGetResponse>;
          readonly name: "UserGet";
          readonly path: "/etcdserverpb.Auth/UserGet";
          readonly requestType: "AuthUserGetRequest";
          readonly responseType: "AuthUserGetResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userList}.
         * @param error Error, if any
         * @param [response] AuthUserListResponse
         */
        type UserListCallback = (error: (Error|null), response?: etcdserverpb.AuthUserListResponse) => void;

        /** Calls UserList. */
        type UserList = {
          (request: etcdserverpb.IAuthUserListRequest, callback: etcdserverpb.Auth.UserListCallback): void;
          (request: etcdserverpb.IAuthUserListRequest): Promise<etcdserverpb.AuthUserListResponse>;
          readonly name: "UserList";
          readonly path: "/etcdserverpb.Auth/UserList";
          readonly requestType: "AuthUserListRequest";
          readonly responseType: "AuthUserListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userDelete}.
         * @param error Error, if any
         * @param [response] AuthUserDeleteResponse
         */
        type UserDeleteCallback = (error: (Error|null), response?: etcdserverpb.AuthUserDeleteResponse) => void;

        /** Calls UserDelete. */
        type UserDelete = {
          (request: etcdserverpb.IAuthUserDeleteRequest, callback: etcdserverpb.Auth.UserDeleteCallback): void;
          (request: etcdserverpb.IAuthUserDeleteRequest): Promise<etcdserverpb.AuthUserDeleteResponse>;
          readonly name: "UserDelete";
          readonly path: "/etcdserverpb.Auth/UserDelete";
          readonly requestType: "AuthUserDeleteRequest";
          readonly responseType: "AuthUserDeleteResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userChangePassword}.
         * @param error Error, if any
         * @param [response] AuthUserChangePasswordResponse
         */
        type UserChangePasswordCallback = (error: (Error|null), response?: etcdserverpb.AuthUserChangePasswordResponse) => void;

        /** Calls UserChangePassword. */
        type UserChangePassword = {
          (request: etcdserverpb.IAuthUserChangePasswordRequest, callback: etcdserverpb.Auth.UserChangePasswordCallback): void;
          (request: etcdserverpb.IAuthUserChangePasswordRequest): Promise<etcdserverpb.AuthUserChangePasswordResponse>;
          readonly name: "UserChangePassword";
          readonly path: "/etcdserverpb.Auth/UserChangePassword";
          readonly requestType: "AuthUserChangePasswordRequest";
          readonly responseType: "AuthUserChangePasswordResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userGrantRole}.
         * @param error Error, if any
         * @param [response] AuthUserGrantRoleResponse
         */
        type UserGrantRoleCallback = (error: (Error|null), response?: etcdserverpb.AuthUserGrantRoleResponse) => void;

        /** Calls UserGrantRole. */
        type UserGrantRole = {
          (request: etcdserverpb.IAuthUserGrantRoleRequest, callback: etcdserverpb.Auth.UserGrantRoleCallback): void;
          (request: etcdserverpb.IAuthUserGrantRoleRequest): Promise<etcdserverpb.AuthUserGrantRoleResponse>;
          readonly name: "UserGrantRole";
          readonly path: "/etcdserverpb.Auth/UserGrantRole";
          readonly requestType: "AuthUserGrantRoleRequest";
          readonly responseType: "AuthUserGrantRoleResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#userRevokeRole}.
         * @param error Error, if any
         * @param [response] AuthUserRevokeRoleResponse
         */
        type UserRevokeRoleCallback = (error: (Error|null), response?: etcdserverpb.AuthUserRevokeRoleResponse) => void;

        /** Calls UserRevokeRole. */
        type UserRevokeRole = {
          (request: etcdserverpb.IAuthUserRevokeRoleRequest, callback: etcdserverpb.Auth.UserRevokeRoleCallback): void;
          (request: etcdserverpb.IAuthUserRevokeRoleRequest): Promise<etcdserverpb.AuthUserRevokeRoleResponse>;
          readonly name: "UserRevokeRole";
          readonly path: "/etcdserverpb.Auth/UserRevokeRole";
          readonly requestType: "AuthUserRevokeRoleRequest";
          readonly responseType: "AuthUserRevokeRoleResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleAdd}.
         * @param error Error, if any
         * @param [response] AuthRoleAddResponse
         */
        type RoleAddCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleAddResponse) => void;

        /** Calls RoleAdd. */
        type RoleAdd = {
          (request: etcdserverpb.IAuthRoleAddRequest, callback: etcdserverpb.Auth.RoleAddCallback): void;
          (request: etcdserverpb.IAuthRoleAddRequest): Promise<etcdserverpb.AuthRoleAddResponse>;
          readonly name: "RoleAdd";
          readonly path: "/etcdserverpb.Auth/RoleAdd";
          readonly requestType: "AuthRoleAddRequest";
          readonly responseType: "AuthRoleAddResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleGet}.
         * @param error Error, if any
         * @param [response] AuthRoleGetResponse
         */
        type RoleGetCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleGetResponse) => void;

        /** Calls RoleGet. */
        type RoleGet = {
          (request: etcdserverpb.IAuthRoleGetRequest, callback: etcdserverpb.Auth.RoleGetCallback): void;
          (request: etcdserverpb.IAuthRoleGetRequest): Promise<etcdserverpb.AuthRoleGetResponse>;
          readonly name: "RoleGet";
          readonly path: "/etcdserverpb.Auth/RoleGet";
          readonly requestType: "AuthRoleGetRequest";
          readonly responseType: "AuthRoleGetResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleList}.
         * @param error Error, if any
         * @param [response] AuthRoleListResponse
         */
        type RoleListCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleListResponse) => void;

        /** Calls RoleList. */
        type RoleList = {
          (request: etcdserverpb.IAuthRoleListRequest, callback: etcdserverpb.Auth.RoleListCallback): void;
          (request: etcdserverpb.IAuthRoleListRequest): Promise<etcdserverpb.AuthRoleListResponse>;
          readonly name: "RoleList";
          readonly path: "/etcdserverpb.Auth/RoleList";
          readonly requestType: "AuthRoleListRequest";
          readonly responseType: "AuthRoleListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleDelete}.
         * @param error Error, if any
         * @param [response] AuthRoleDeleteResponse
         */
        type RoleDeleteCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleDeleteResponse) => void;

        /** Calls RoleDelete. */
        type RoleDelete = {
          (request: etcdserverpb.IAuthRoleDeleteRequest, callback: etcdserverpb.Auth.RoleDeleteCallback): void;
          (request: etcdserverpb.IAuthRoleDeleteRequest): Promise<etcdserverpb.AuthRoleDeleteResponse>;
          readonly name: "RoleDelete";
          readonly path: "/etcdserverpb.Auth/RoleDelete";
          readonly requestType: "AuthRoleDeleteRequest";
          readonly responseType: "AuthRoleDeleteResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleGrantPermission}.
         * @param error Error, if any
         * @param [response] AuthRoleGrantPermissionResponse
         */
        type RoleGrantPermissionCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleGrantPermissionResponse) => void;

        /** Calls RoleGrantPermission. */
        type RoleGrantPermission = {
          (request: etcdserverpb.IAuthRoleGrantPermissionRequest, callback: etcdserverpb.Auth.RoleGrantPermissionCallback): void;
          (request: etcdserverpb.IAuthRoleGrantPermissionRequest): Promise<etcdserverpb.AuthRoleGrantPermissionResponse>;
          readonly name: "RoleGrantPermission";
          readonly path: "/etcdserverpb.Auth/RoleGrantPermission";
          readonly requestType: "AuthRoleGrantPermissionRequest";
          readonly responseType: "AuthRoleGrantPermissionResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link etcdserverpb.Auth#roleRevokePermission}.
         * @param error Error, if any
         * @param [response] AuthRoleRevokePermissionResponse
         */
        type RoleRevokePermissionCallback = (error: (Error|null), response?: etcdserverpb.AuthRoleRevokePermissionResponse) => void;

        /** Calls RoleRevokePermission. */
        type RoleRevokePermission = {
          (request: etcdserverpb.IAuthRoleRevokePermissionRequest, callback: etcdserverpb.Auth.RoleRevokePermissionCallback): void;
          (request: etcdserverpb.IAuthRoleRevokePermissionRequest): Promise<etcdserverpb.AuthRoleRevokePermissionResponse>;
          readonly name: "RoleRevokePermission";
          readonly path: "/etcdserverpb.Auth/RoleRevokePermission";
          readonly requestType: "AuthRoleRevokePermissionRequest";
          readonly responseType: "AuthRoleRevokePermissionResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a ResponseHeader.
     * @deprecated Use etcdserverpb.ResponseHeader.$Properties instead.
     */
    interface IResponseHeader extends etcdserverpb.ResponseHeader.$Properties {
    }

    /** Represents a ResponseHeader. */
    class ResponseHeader {

        /**
         * Constructs a new ResponseHeader.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.ResponseHeader.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResponseHeader clusterId. */
        clusterId: (number|Long);

        /** ResponseHeader memberId. */
        memberId: (number|Long);

        /** ResponseHeader revision. */
        revision: (number|Long);

        /** ResponseHeader raftTerm. */
        raftTerm: (number|Long);

        /** ResponseHeader appliedIndex. */
        appliedIndex?: (number|Long|null);

        /** ResponseHeader knownLeader. */
        knownLeader?: (boolean|null);

        /** ResponseHeader lastContactMs. */
        lastContactMs?: (number|Long|null);

        /** ResponseHeader stalenessMs. */
        stalenessMs?: (number|Long|null);

        /**
         * Creates a new ResponseHeader instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResponseHeader instance
         */
        static create(properties: etcdserverpb.ResponseHeader.$Shape): etcdserverpb.ResponseHeader & etcdserverpb.ResponseHeader.$Shape;
        static create(properties?: etcdserverpb.ResponseHeader.$Properties): etcdserverpb.ResponseHeader;

        /**
         * Encodes the specified ResponseHeader message. Does not implicitly {@link etcdserverpb.ResponseHeader.verify|verify} messages.
         * @param message ResponseHeader message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.ResponseHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResponseHeader message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.ResponseHeader & etcdserverpb.ResponseHeader.$Shape} ResponseHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.ResponseHeader & etcdserverpb.ResponseHeader.$Shape;
    }

    namespace ResponseHeader {

        /** Properties of a ResponseHeader. */
        interface $Properties {

            /** ResponseHeader clusterId */
            clusterId?: (number|Long|null);

            /** ResponseHeader memberId */
            memberId?: (number|Long|null);

            /** ResponseHeader revision */
            revision?: (number|Long|null);

            /** ResponseHeader raftTerm */
            raftTerm?: (number|Long|null);

            /** ResponseHeader appliedIndex */
            appliedIndex?: (number|Long|null);

            /** ResponseHeader knownLeader */
            knownLeader?: (boolean|null);

            /** ResponseHeader lastContactMs */
            lastContactMs?: (number|Long|null);

            /** ResponseHeader stalenessMs */
            stalenessMs?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResponseHeader. */
        type $Shape = etcdserverpb.ResponseHeader.$Properties;
    }

    /** ReadLevel enum. */
    enum ReadLevel {

        /** UNSPECIFIED value */
        UNSPECIFIED = 0,

        /** DEFAULT value */
        DEFAULT = 1,

        /** CONSISTENT value */
        CONSISTENT = 2,

        /** STALE value */
        STALE = 3
    }

    /**
     * Properties of a RangeRequest.
     * @deprecated Use etcdserverpb.RangeRequest.$Properties instead.
     */
    interface IRangeRequest extends etcdserverpb.RangeRequest.$Properties {
    }

    /** Represents a RangeRequest. */
    class RangeRequest {

        /**
         * Constructs a new RangeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.RangeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RangeRequest key. */
        key: Uint8Array;

        /** RangeRequest rangeEnd. */
        rangeEnd: Uint8Array;

        /** RangeRequest limit. */
        limit: (number|Long);

        /** RangeRequest revision. */
        revision: (number|Long);

        /** RangeRequest sortOrder. */
        sortOrder: etcdserverpb.RangeRequest.SortOrder;

        /** RangeRequest sortTarget. */
        sortTarget: etcdserverpb.RangeRequest.SortTarget;

        /** RangeRequest serializable. */
        serializable: boolean;

        /** RangeRequest keysOnly. */
        keysOnly: boolean;

        /** RangeRequest countOnly. */
        countOnly: boolean;

        /** RangeRequest minModRevision. */
        minModRevision: (number|Long);

        /** RangeRequest maxModRevision. */
        maxModRevision: (number|Long);

        /** RangeRequest minCreateRevision. */
        minCreateRevision: (number|Long);

        /** RangeRequest maxCreateRevision. */
        maxCreateRevision: (number|Long);

        /** RangeRequest readLevel. */
        readLevel: etcdserverpb.ReadLevel;

        /** RangeRequest maxStalenessMs. */
        maxStalenessMs: (number|Long);

        /** RangeRequest atLeastRevision. */
        atLeastRevision: (number|Long);

        /**
         * Creates a new RangeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RangeRequest instance
         */
        static create(properties: etcdserverpb.RangeRequest.$Shape): etcdserverpb.RangeRequest & etcdserverpb.RangeRequest.$Shape;
        static create(properties?: etcdserverpb.RangeRequest.$Properties): etcdserverpb.RangeRequest;

        /**
         * Encodes the specified RangeRequest message. Does not implicitly {@link etcdserverpb.RangeRequest.verify|verify} messages.
         * @param message RangeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.RangeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RangeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.RangeRequest & etcdserverpb.RangeRequest.$Shape} RangeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RangeRequest & etcdserverpb.RangeRequest.$Shape;
    }

    namespace RangeRequest {

        /** Properties of a RangeRequest. */
        interface $Properties {

            /** RangeRequest key */
            key?: (Uint8Array|null);

            /** RangeRequest rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** RangeRequest limit */
            limit?: (number|Long|null);

            /** RangeRequest revision */
            revision?: (number|Long|null);

            /** RangeRequest sortOrder */
            sortOrder?: (etcdserverpb.RangeRequest.SortOrder|null);

            /** RangeRequest sortTarget */
            sortTarget?: (etcdserverpb.RangeRequest.SortTarget|null);

            /** RangeRequest serializable */
            serializable?: (boolean|null);

            /** RangeRequest keysOnly */
            keysOnly?: (boolean|null);

            /** RangeRequest countOnly */
            countOnly?: (boolean|null);

            /** RangeRequest minModRevision */
            minModRevision?: (number|Long|null);

            /** RangeRequest maxModRevision */
            maxModRevision?: (number|Long|null);

            /** RangeRequest minCreateRevision */
            minCreateRevision?: (number|Long|null);

            /** RangeRequest maxCreateRevision */
            maxCreateRevision?: (number|Long|null);

            /** RangeRequest readLevel */
            readLevel?: (etcdserverpb.ReadLevel|null);

            /** RangeRequest maxStalenessMs */
            maxStalenessMs?: (number|Long|null);

            /** RangeRequest atLeastRevision */
            atLeastRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RangeRequest. */
        type $Shape = etcdserverpb.RangeRequest.$Properties;

        /** SortOrder enum. */
        enum SortOrder {

            /** NONE value */
            NONE = 0,

            /** ASCEND value */
            ASCEND = 1,

            /** DESCEND value */
            DESCEND = 2
        }

        /** SortTarget enum. */
        enum SortTarget {

            /** KEY value */
            KEY = 0,

            /** VERSION value */
            VERSION = 1,

            /** CREATE value */
            CREATE = 2,

            /** MOD value */
            MOD = 3,

            /** VALUE value */
            VALUE = 4
        }
    }

    /**
     * Properties of a RangeResponse.
     * @deprecated Use etcdserverpb.RangeResponse.$Properties instead.
     */
    interface IRangeResponse extends etcdserverpb.RangeResponse.$Properties {
    }

    /** Represents a RangeResponse. */
    class RangeResponse {

        /**
         * Constructs a new RangeResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.RangeResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RangeResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** RangeResponse kvs. */
        kvs: mvccpb.KeyValue.$Properties[];

        /** RangeResponse more. */
        more: boolean;

        /** RangeResponse count. */
        count: (number|Long);

        /**
         * Creates a new RangeResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RangeResponse instance
         */
        static create(properties: etcdserverpb.RangeResponse.$Shape): etcdserverpb.RangeResponse & etcdserverpb.RangeResponse.$Shape;
        static create(properties?: etcdserverpb.RangeResponse.$Properties): etcdserverpb.RangeResponse;

        /**
         * Encodes the specified RangeResponse message. Does not implicitly {@link etcdserverpb.RangeResponse.verify|verify} messages.
         * @param message RangeResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.RangeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RangeResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.RangeResponse & etcdserverpb.RangeResponse.$Shape} RangeResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RangeResponse & etcdserverpb.RangeResponse.$Shape;
    }

    namespace RangeResponse {

        /** Properties of a RangeResponse. */
        interface $Properties {

            /** RangeResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** RangeResponse kvs */
            kvs?: (mvccpb.KeyValue.$Properties[]|null);

            /** RangeResponse more */
            more?: (boolean|null);

            /** RangeResponse count */
            count?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RangeResponse. */
        type $Shape = etcdserverpb.RangeResponse.$Properties;
    }

    /**
     * Properties of a PutRequest.
     * @deprecated Use etcdserverpb.PutRequest.$Properties instead.
     */
    interface IPutRequest extends etcdserverpb.PutRequest.$Properties {
    }

    /** Represents a PutRequest. */
    class PutRequest {

        /**
         * Constructs a new PutRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.PutRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PutRequest key. */
        key: Uint8Array;

        /** PutRequest value. */
        value: Uint8Array;

        /** PutRequest lease. */
        lease: (number|Long);

        /** PutRequest prevKv. */
        prevKv: boolean;

        /** PutRequest ignoreValue. */
        ignoreValue: boolean;

        /** PutRequest ignoreLease. */
        ignoreLease: boolean;

        /** PutRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new PutRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PutRequest instance
         */
        static create(properties: etcdserverpb.PutRequest.$Shape): etcdserverpb.PutRequest & etcdserverpb.PutRequest.$Shape;
        static create(properties?: etcdserverpb.PutRequest.$Properties): etcdserverpb.PutRequest;

        /**
         * Encodes the specified PutRequest message. Does not implicitly {@link etcdserverpb.PutRequest.verify|verify} messages.
         * @param message PutRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.PutRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PutRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.PutRequest & etcdserverpb.PutRequest.$Shape} PutRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.PutRequest & etcdserverpb.PutRequest.$Shape;
    }

    namespace PutRequest {

        /** Properties of a PutRequest. */
        interface $Properties {

            /** PutRequest key */
            key?: (Uint8Array|null);

            /** PutRequest value */
            value?: (Uint8Array|null);

            /** PutRequest lease */
            lease?: (number|Long|null);

            /** PutRequest prevKv */
            prevKv?: (boolean|null);

            /** PutRequest ignoreValue */
            ignoreValue?: (boolean|null);

            /** PutRequest ignoreLease */
            ignoreLease?: (boolean|null);

            /** PutRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PutRequest. */
        type $Shape = etcdserverpb.PutRequest.$Properties;
    }

    /**
     * Properties of a PutResponse.
     * @deprecated Use etcdserverpb.PutResponse.$Properties instead.
     */
    interface IPutResponse extends etcdserverpb.PutResponse.$Properties {
    }

    /** Represents a PutResponse. */
    class PutResponse {

        /**
         * Constructs a new PutResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.PutResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PutResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** PutResponse prevKv. */
        prevKv?: (mvccpb.KeyValue.$Properties|null);

        /** PutResponse session. */
        session: boolean;

        /**
         * Creates a new PutResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PutResponse instance
         */
        static create(properties: etcdserverpb.PutResponse.$Shape): etcdserverpb.PutResponse & etcdserverpb.PutResponse.$Shape;
        static create(properties?: etcdserverpb.PutResponse.$Properties): etcdserverpb.PutResponse;

        /**
         * Encodes the specified PutResponse message. Does not implicitly {@link etcdserverpb.PutResponse.verify|verify} messages.
         * @param message PutResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.PutResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PutResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.PutResponse & etcdserverpb.PutResponse.$Shape} PutResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.PutResponse & etcdserverpb.PutResponse.$Shape;
    }

    namespace PutResponse {

        /** Properties of a PutResponse. */
        interface $Properties {

            /** PutResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** PutResponse prevKv */
            prevKv?: (mvccpb.KeyValue.$Properties|null);

            /** PutResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PutResponse. */
        type $Shape = etcdserverpb.PutResponse.$Properties;
    }

    /**
     * Properties of a DeleteRangeRequest.
     * @deprecated Use etcdserverpb.DeleteRangeRequest.$Properties instead.
     */
    interface IDeleteRangeRequest extends etcdserverpb.DeleteRangeRequest.$Properties {
    }

    /** Represents a DeleteRangeRequest. */
    class DeleteRangeRequest {

        /**
         * Constructs a new DeleteRangeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DeleteRangeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeleteRangeRequest key. */
        key: Uint8Array;

        /** DeleteRangeRequest rangeEnd. */
        rangeEnd: Uint8Array;

        /** DeleteRangeRequest prevKv. */
        prevKv: boolean;

        /** DeleteRangeRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new DeleteRangeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DeleteRangeRequest instance
         */
        static create(properties: etcdserverpb.DeleteRangeRequest.$Shape): etcdserverpb.DeleteRangeRequest & etcdserverpb.DeleteRangeRequest.$Shape;
        static create(properties?: etcdserverpb.DeleteRangeRequest.$Properties): etcdserverpb.DeleteRangeRequest;

        /**
         * Encodes the specified DeleteRangeRequest message. Does not implicitly {@link etcdserverpb.DeleteRangeRequest.verify|verify} messages.
         * @param message DeleteRangeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DeleteRangeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeleteRangeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DeleteRangeRequest & etcdserverpb.DeleteRangeRequest.$Shape} DeleteRangeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DeleteRangeRequest & etcdserverpb.DeleteRangeRequest.$Shape;
    }

    namespace DeleteRangeRequest {

        /** Properties of a DeleteRangeRequest. */
        interface $Properties {

            /** DeleteRangeRequest key */
            key?: (Uint8Array|null);

            /** DeleteRangeRequest rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** DeleteRangeRequest prevKv */
            prevKv?: (boolean|null);

            /** DeleteRangeRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeleteRangeRequest. */
        type $Shape = etcdserverpb.DeleteRangeRequest.$Properties;
    }

    /**
     * Properties of a DeleteRangeResponse.
     * @deprecated Use etcdserverpb.DeleteRangeResponse.$Properties instead.
     */
    interface IDeleteRangeResponse extends etcdserverpb.DeleteRangeResponse.$Properties {
    }

    /** Represents a DeleteRangeResponse. */
    class DeleteRangeResponse {

        /**
         * Constructs a new DeleteRangeResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DeleteRangeResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeleteRangeResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** DeleteRangeResponse deleted. */
        deleted: (number|Long);

        /** DeleteRangeResponse prevKvs. */
        prevKvs: mvccpb.KeyValue.$Properties[];

        /** DeleteRangeResponse session. */
        session: boolean;

        /**
         * Creates a new DeleteRangeResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DeleteRangeResponse instance
         */
        static create(properties: etcdserverpb.DeleteRangeResponse.$Shape): etcdserverpb.DeleteRangeResponse & etcdserverpb.DeleteRangeResponse.$Shape;
        static create(properties?: etcdserverpb.DeleteRangeResponse.$Properties): etcdserverpb.DeleteRangeResponse;

        /**
         * Encodes the specified DeleteRangeResponse message. Does not implicitly {@link etcdserverpb.DeleteRangeResponse.verify|verify} messages.
         * @param message DeleteRangeResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DeleteRangeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeleteRangeResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DeleteRangeResponse & etcdserverpb.DeleteRangeResponse.$Shape} DeleteRangeResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DeleteRangeResponse & etcdserverpb.DeleteRangeResponse.$Shape;
    }

    namespace DeleteRangeResponse {

        /** Properties of a DeleteRangeResponse. */
        interface $Properties {

            /** DeleteRangeResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** DeleteRangeResponse deleted */
            deleted?: (number|Long|null);

            /** DeleteRangeResponse prevKvs */
            prevKvs?: (mvccpb.KeyValue.$Properties[]|null);

            /** DeleteRangeResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeleteRangeResponse. */
        type $Shape = etcdserverpb.DeleteRangeResponse.$Properties;
    }

    /**
     * Properties of a RequestOp.
     * @deprecated Use etcdserverpb.RequestOp.$Properties instead.
     */
    interface IRequestOp extends etcdserverpb.RequestOp.$Properties {
    }

    /** Represents a RequestOp. */
    class RequestOp {

        /**
         * Constructs a new RequestOp.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.RequestOp.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RequestOp requestRange. */
        requestRange?: (etcdserverpb.RangeRequest.$Properties|null);

        /** RequestOp requestPut. */
        requestPut?: (etcdserverpb.PutRequest.$Properties|null);

        /** RequestOp requestDeleteRange. */
        requestDeleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);

        /** RequestOp requestTxn. */
        requestTxn?: (etcdserverpb.TxnRequest.$Properties|null);

        /** RequestOp request. */
        request?: ("requestRange"|"requestPut"|"requestDeleteRange"|"requestTxn");

        /**
         * Creates a new RequestOp instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RequestOp instance
         */
        static create(properties: etcdserverpb.RequestOp.$Shape): etcdserverpb.RequestOp & etcdserverpb.RequestOp.$Shape;
        static create(properties?: etcdserverpb.RequestOp.$Properties): etcdserverpb.RequestOp;

        /**
         * Encodes the specified RequestOp message. Does not implicitly {@link etcdserverpb.RequestOp.verify|verify} messages.
         * @param message RequestOp message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.RequestOp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RequestOp message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.RequestOp & etcdserverpb.RequestOp.$Shape} RequestOp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RequestOp & etcdserverpb.RequestOp.$Shape;
    }

    namespace RequestOp {

        /** Properties of a RequestOp. */
        interface $Properties {

            /** RequestOp requestRange */
            requestRange?: (etcdserverpb.RangeRequest.$Properties|null);

            /** RequestOp requestPut */
            requestPut?: (etcdserverpb.PutRequest.$Properties|null);

            /** RequestOp requestDeleteRange */
            requestDeleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);

            /** RequestOp requestTxn */
            requestTxn?: (etcdserverpb.TxnRequest.$Properties|null);

            /** RequestOp request */
            request?: ("requestRange"|"requestPut"|"requestDeleteRange"|"requestTxn");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a RequestOp. */
        type $Shape = {
          requestRange?: etcdserverpb.RangeRequest.$Shape|null;
          requestPut?: etcdserverpb.PutRequest.$Shape|null;
          requestDeleteRange?: etcdserverpb.DeleteRangeRequest.$Shape|null;
          requestTxn?: etcdserverpb.TxnRequest.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ request?: undefined; requestRange?: null; requestPut?: null; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestRange"; requestRange: etcdserverpb.RangeRequest.$Shape; requestPut?: null; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestPut"; requestRange?: null; requestPut: etcdserverpb.PutRequest.$Shape; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestDeleteRange"; requestRange?: null; requestPut?: null; requestDeleteRange: etcdserverpb.DeleteRangeRequest.$Shape; requestTxn?: null }|{ request?: "requestTxn"; requestRange?: null; requestPut?: null; requestDeleteRange?: null; requestTxn: etcdserverpb.TxnRequest.$Shape })
        );
    }

    /**
     * Properties of a ResponseOp.
     * @deprecated Use etcdserverpb.ResponseOp.$Properties instead.
     */
    interface IResponseOp extends etcdserverpb.ResponseOp.$Properties {
    }

    /** Represents a ResponseOp. */
    class ResponseOp {

        /**
         * Constructs a new ResponseOp.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.ResponseOp.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResponseOp responseRange. */
        responseRange?: (etcdserverpb.RangeResponse.$Properties|null);

        /** ResponseOp responsePut. */
        responsePut?: (etcdserverpb.PutResponse.$Properties|null);

        /** ResponseOp responseDeleteRange. */
        responseDeleteRange?: (etcdserverpb.DeleteRangeResponse.$Properties|null);

        /** ResponseOp responseTxn. */
        responseTxn?: (etcdserverpb.TxnResponse.$Properties|null);

        /** ResponseOp response. */
        response?: ("responseRange"|"responsePut"|"responseDeleteRange"|"responseTxn");

        /**
         * Creates a new ResponseOp instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResponseOp instance
         */
        static create(properties: etcdserverpb.ResponseOp.$Shape): etcdserverpb.ResponseOp & etcdserverpb.ResponseOp.$Shape;
        static create(properties?: etcdserverpb.ResponseOp.$Properties): etcdserverpb.ResponseOp;

        /**
         * Encodes the specified ResponseOp message. Does not implicitly {@link etcdserverpb.ResponseOp.verify|verify} messages.
         * @param message ResponseOp message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.ResponseOp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResponseOp message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.ResponseOp & etcdserverpb.ResponseOp.$Shape} ResponseOp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.ResponseOp & etcdserverpb.ResponseOp.$Shape;
    }

    namespace ResponseOp {

        /** Properties of a ResponseOp. */
        interface $Properties {

            /** ResponseOp responseRange */
            responseRange?: (etcdserverpb.RangeResponse.$Properties|null);

            /** ResponseOp responsePut */
            responsePut?: (etcdserverpb.PutResponse.$Properties|null);

            /** ResponseOp responseDeleteRange */
            responseDeleteRange?: (etcdserverpb.DeleteRangeResponse.$Properties|null);

            /** ResponseOp responseTxn */
            responseTxn?: (etcdserverpb.TxnResponse.$Properties|null);

            /** ResponseOp response */
            response?: ("responseRange"|"responsePut"|"responseDeleteRange"|"responseTxn");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a ResponseOp. */
        type $Shape = {
          responseRange?: etcdserverpb.RangeResponse.$Shape|null;
          responsePut?: etcdserverpb.PutResponse.$Shape|null;
          responseDeleteRange?: etcdserverpb.DeleteRangeResponse.$Shape|null;
          responseTxn?: etcdserverpb.TxnResponse.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ response?: undefined; responseRange?: null; responsePut?: null; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responseRange"; responseRange: etcdserverpb.RangeResponse.$Shape; responsePut?: null; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responsePut"; responseRange?: null; responsePut: etcdserverpb.PutResponse.$Shape; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responseDeleteRange"; responseRange?: null; responsePut?: null; responseDeleteRange: etcdserverpb.DeleteRangeResponse.$Shape; responseTxn?: null }|{ response?: "responseTxn"; responseRange?: null; responsePut?: null; responseDeleteRange?: null; responseTxn: etcdserverpb.TxnResponse.$Shape })
        );
    }

    /**
     * Properties of a Compare.
     * @deprecated Use etcdserverpb.Compare.$Properties instead.
     */
    interface ICompare extends etcdserverpb.Compare.$Properties {
    }

    /** Represents a Compare. */
    class Compare {

        /**
         * Constructs a new Compare.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.Compare.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Compare result. */
        result: etcdserverpb.Compare.CompareResult;

        /** Compare target. */
        target: etcdserverpb.Compare.CompareTarget;

        /** Compare key. */
        key: Uint8Array;

        /** Compare version. */
        version?: (number|Long|null);

        /** Compare createRevision. */
        createRevision?: (number|Long|null);

        /** Compare modRevision. */
        modRevision?: (number|Long|null);

        /** Compare value. */
        value?: (Uint8Array|null);

        /** Compare lease. */
        lease?: (number|Long|null);

        /** Compare rangeEnd. */
        rangeEnd: Uint8Array;

        /** Compare targetUnion. */
        targetUnion?: ("version"|"createRevision"|"modRevision"|"value"|"lease");

        /**
         * Creates a new Compare instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Compare instance
         */
        static create(properties: etcdserverpb.Compare.$Shape): etcdserverpb.Compare & etcdserverpb.Compare.$Shape;
        static create(properties?: etcdserverpb.Compare.$Properties): etcdserverpb.Compare;

        /**
         * Encodes the specified Compare message. Does not implicitly {@link etcdserverpb.Compare.verify|verify} messages.
         * @param message Compare message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.Compare.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Compare message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.Compare & etcdserverpb.Compare.$Shape} Compare
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.Compare & etcdserverpb.Compare.$Shape;
    }

    namespace Compare {

        /** Properties of a Compare. */
        interface $Properties {

            /** Compare result */
            result?: (etcdserverpb.Compare.CompareResult|null);

            /** Compare target */
            target?: (etcdserverpb.Compare.CompareTarget|null);

            /** Compare key */
            key?: (Uint8Array|null);

            /** Compare version */
            version?: (number|Long|null);

            /** Compare createRevision */
            createRevision?: (number|Long|null);

            /** Compare modRevision */
            modRevision?: (number|Long|null);

            /** Compare value */
            value?: (Uint8Array|null);

            /** Compare lease */
            lease?: (number|Long|null);

            /** Compare rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** Compare targetUnion */
            targetUnion?: ("version"|"createRevision"|"modRevision"|"value"|"lease");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Compare. */
        type $Shape = {
          result?: etcdserverpb.Compare.CompareResult|null;
          target?: etcdserverpb.Compare.CompareTarget|null;
          key?: Uint8Array|null;
          version?: number|Long|null;
          createRevision?: number|Long|null;
          modRevision?: number|Long|null;
          value?: Uint8Array|null;
          lease?: number|Long|null;
          rangeEnd?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ targetUnion?: undefined; version?: null; createRevision?: null; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "version"; version: number|Long; createRevision?: null; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "createRevision"; version?: null; createRevision: number|Long; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "modRevision"; version?: null; createRevision?: null; modRevision: number|Long; value?: null; lease?: null }|{ targetUnion?: "value"; version?: null; createRevision?: null; modRevision?: null; value: Uint8Array; lease?: null }|{ targetUnion?: "lease"; version?: null; createRevision?: null; modRevision?: null; value?: null; lease: number|Long })
        );

        /** CompareResult enum. */
        enum CompareResult {

            /** EQUAL value */
            EQUAL = 0,

            /** GREATER value */
            GREATER = 1,

            /** LESS value */
            LESS = 2,

            /** NOT_EQUAL value */
            NOT_EQUAL = 3
        }

        /** CompareTarget enum. */
        enum CompareTarget {

            /** VERSION value */
            VERSION = 0,

            /** CREATE value */
            CREATE = 1,

            /** MOD value */
            MOD = 2,

            /** VALUE value */
            VALUE = 3,

            /** LEASE value */
            LEASE = 4
        }
    }

    /**
     * Properties of a TxnRequest.
     * @deprecated Use etcdserverpb.TxnRequest.$Properties instead.
     */
    interface ITxnRequest extends etcdserverpb.TxnRequest.$Properties {
    }

    /** Represents a TxnRequest. */
    class TxnRequest {

        /**
         * Constructs a new TxnRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.TxnRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TxnRequest compare. */
        compare: etcdserverpb.Compare.$Properties[];

        /** TxnRequest success. */
        success: etcdserverpb.RequestOp.$Properties[];

        /** TxnRequest failure. */
        failure: etcdserverpb.RequestOp.$Properties[];

        /** TxnRequest readLevel. */
        readLevel: etcdserverpb.ReadLevel;

        /** TxnRequest maxStalenessMs. */
        maxStalenessMs: (number|Long);

        /** TxnRequest atLeastRevision. */
        atLeastRevision: (number|Long);

        /** TxnRequest feedAck. */
        feedAck: raftkvpb.FeedAck.$Properties[];

        /** TxnRequest indexCompare. */
        indexCompare: raftkvpb.IndexCompare.$Properties[];

        /** TxnRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new TxnRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TxnRequest instance
         */
        static create(properties: etcdserverpb.TxnRequest.$Shape): etcdserverpb.TxnRequest & etcdserverpb.TxnRequest.$Shape;
        static create(properties?: etcdserverpb.TxnRequest.$Properties): etcdserverpb.TxnRequest;

        /**
         * Encodes the specified TxnRequest message. Does not implicitly {@link etcdserverpb.TxnRequest.verify|verify} messages.
         * @param message TxnRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.TxnRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TxnRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.TxnRequest & etcdserverpb.TxnRequest.$Shape} TxnRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.TxnRequest & etcdserverpb.TxnRequest.$Shape;
    }

    namespace TxnRequest {

        /** Properties of a TxnRequest. */
        interface $Properties {

            /** TxnRequest compare */
            compare?: (etcdserverpb.Compare.$Properties[]|null);

            /** TxnRequest success */
            success?: (etcdserverpb.RequestOp.$Properties[]|null);

            /** TxnRequest failure */
            failure?: (etcdserverpb.RequestOp.$Properties[]|null);

            /** TxnRequest readLevel */
            readLevel?: (etcdserverpb.ReadLevel|null);

            /** TxnRequest maxStalenessMs */
            maxStalenessMs?: (number|Long|null);

            /** TxnRequest atLeastRevision */
            atLeastRevision?: (number|Long|null);

            /** TxnRequest feedAck */
            feedAck?: (raftkvpb.FeedAck.$Properties[]|null);

            /** TxnRequest indexCompare */
            indexCompare?: (raftkvpb.IndexCompare.$Properties[]|null);

            /** TxnRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TxnRequest. */
        type $Shape = {
          compare?: etcdserverpb.Compare.$Shape[]|null;
          success?: etcdserverpb.RequestOp.$Shape[]|null;
          failure?: etcdserverpb.RequestOp.$Shape[]|null;
          readLevel?: etcdserverpb.ReadLevel|null;
          maxStalenessMs?: number|Long|null;
          atLeastRevision?: number|Long|null;
          feedAck?: raftkvpb.FeedAck.$Shape[]|null;
          indexCompare?: raftkvpb.IndexCompare.$Shape[]|null;
          session?: raftkvpb.SessionCall.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a TxnResponse.
     * @deprecated Use etcdserverpb.TxnResponse.$Properties instead.
     */
    interface ITxnResponse extends etcdserverpb.TxnResponse.$Properties {
    }

    /** Represents a TxnResponse. */
    class TxnResponse {

        /**
         * Constructs a new TxnResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.TxnResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TxnResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** TxnResponse succeeded. */
        succeeded: boolean;

        /** TxnResponse responses. */
        responses: etcdserverpb.ResponseOp.$Properties[];

        /** TxnResponse session. */
        session: boolean;

        /**
         * Creates a new TxnResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TxnResponse instance
         */
        static create(properties: etcdserverpb.TxnResponse.$Shape): etcdserverpb.TxnResponse & etcdserverpb.TxnResponse.$Shape;
        static create(properties?: etcdserverpb.TxnResponse.$Properties): etcdserverpb.TxnResponse;

        /**
         * Encodes the specified TxnResponse message. Does not implicitly {@link etcdserverpb.TxnResponse.verify|verify} messages.
         * @param message TxnResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.TxnResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TxnResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.TxnResponse & etcdserverpb.TxnResponse.$Shape} TxnResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.TxnResponse & etcdserverpb.TxnResponse.$Shape;
    }

    namespace TxnResponse {

        /** Properties of a TxnResponse. */
        interface $Properties {

            /** TxnResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** TxnResponse succeeded */
            succeeded?: (boolean|null);

            /** TxnResponse responses */
            responses?: (etcdserverpb.ResponseOp.$Properties[]|null);

            /** TxnResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TxnResponse. */
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          succeeded?: boolean|null;
          responses?: etcdserverpb.ResponseOp.$Shape[]|null;
          session?: boolean|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a CompactionRequest.
     * @deprecated Use etcdserverpb.CompactionRequest.$Properties instead.
     */
    interface ICompactionRequest extends etcdserverpb.CompactionRequest.$Properties {
    }

    /** Represents a CompactionRequest. */
    class CompactionRequest {

        /**
         * Constructs a new CompactionRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.CompactionRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CompactionRequest revision. */
        revision: (number|Long);

        /** CompactionRequest physical. */
        physical: boolean;

        /** CompactionRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new CompactionRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CompactionRequest instance
         */
        static create(properties: etcdserverpb.CompactionRequest.$Shape): etcdserverpb.CompactionRequest & etcdserverpb.CompactionRequest.$Shape;
        static create(properties?: etcdserverpb.CompactionRequest.$Properties): etcdserverpb.CompactionRequest;

        /**
         * Encodes the specified CompactionRequest message. Does not implicitly {@link etcdserverpb.CompactionRequest.verify|verify} messages.
         * @param message CompactionRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.CompactionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CompactionRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.CompactionRequest & etcdserverpb.CompactionRequest.$Shape} CompactionRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.CompactionRequest & etcdserverpb.CompactionRequest.$Shape;
    }

    namespace CompactionRequest {

        /** Properties of a CompactionRequest. */
        interface $Properties {

            /** CompactionRequest revision */
            revision?: (number|Long|null);

            /** CompactionRequest physical */
            physical?: (boolean|null);

            /** CompactionRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CompactionRequest. */
        type $Shape = etcdserverpb.CompactionRequest.$Properties;
    }

    /**
     * Properties of a CompactionResponse.
     * @deprecated Use etcdserverpb.CompactionResponse.$Properties instead.
     */
    interface ICompactionResponse extends etcdserverpb.CompactionResponse.$Properties {
    }

    /** Represents a CompactionResponse. */
    class CompactionResponse {

        /**
         * Constructs a new CompactionResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.CompactionResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CompactionResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** CompactionResponse session. */
        session: boolean;

        /**
         * Creates a new CompactionResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CompactionResponse instance
         */
        static create(properties: etcdserverpb.CompactionResponse.$Shape): etcdserverpb.CompactionResponse & etcdserverpb.CompactionResponse.$Shape;
        static create(properties?: etcdserverpb.CompactionResponse.$Properties): etcdserverpb.CompactionResponse;

        /**
         * Encodes the specified CompactionResponse message. Does not implicitly {@link etcdserverpb.CompactionResponse.verify|verify} messages.
         * @param message CompactionResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.CompactionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CompactionResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.CompactionResponse & etcdserverpb.CompactionResponse.$Shape} CompactionResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.CompactionResponse & etcdserverpb.CompactionResponse.$Shape;
    }

    namespace CompactionResponse {

        /** Properties of a CompactionResponse. */
        interface $Properties {

            /** CompactionResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** CompactionResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CompactionResponse. */
        type $Shape = etcdserverpb.CompactionResponse.$Properties;
    }

    /**
     * Properties of a HashRequest.
     * @deprecated Use etcdserverpb.HashRequest.$Properties instead.
     */
    interface IHashRequest extends etcdserverpb.HashRequest.$Properties {
    }

    /** Represents a HashRequest. */
    class HashRequest {

        /**
         * Constructs a new HashRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.HashRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new HashRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashRequest instance
         */
        static create(properties: etcdserverpb.HashRequest.$Shape): etcdserverpb.HashRequest & etcdserverpb.HashRequest.$Shape;
        static create(properties?: etcdserverpb.HashRequest.$Properties): etcdserverpb.HashRequest;

        /**
         * Encodes the specified HashRequest message. Does not implicitly {@link etcdserverpb.HashRequest.verify|verify} messages.
         * @param message HashRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.HashRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.HashRequest & etcdserverpb.HashRequest.$Shape} HashRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.HashRequest & etcdserverpb.HashRequest.$Shape;
    }

    namespace HashRequest {

        /** Properties of a HashRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashRequest. */
        type $Shape = etcdserverpb.HashRequest.$Properties;
    }

    /**
     * Properties of a HashKVRequest.
     * @deprecated Use etcdserverpb.HashKVRequest.$Properties instead.
     */
    interface IHashKVRequest extends etcdserverpb.HashKVRequest.$Properties {
    }

    /** Represents a HashKVRequest. */
    class HashKVRequest {

        /**
         * Constructs a new HashKVRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.HashKVRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HashKVRequest revision. */
        revision: (number|Long);

        /**
         * Creates a new HashKVRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashKVRequest instance
         */
        static create(properties: etcdserverpb.HashKVRequest.$Shape): etcdserverpb.HashKVRequest & etcdserverpb.HashKVRequest.$Shape;
        static create(properties?: etcdserverpb.HashKVRequest.$Properties): etcdserverpb.HashKVRequest;

        /**
         * Encodes the specified HashKVRequest message. Does not implicitly {@link etcdserverpb.HashKVRequest.verify|verify} messages.
         * @param message HashKVRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.HashKVRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashKVRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.HashKVRequest & etcdserverpb.HashKVRequest.$Shape} HashKVRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.HashKVRequest & etcdserverpb.HashKVRequest.$Shape;
    }

    namespace HashKVRequest {

        /** Properties of a HashKVRequest. */
        interface $Properties {

            /** HashKVRequest revision */
            revision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashKVRequest. */
        type $Shape = etcdserverpb.HashKVRequest.$Properties;
    }

    /**
     * Properties of a HashKVResponse.
     * @deprecated Use etcdserverpb.HashKVResponse.$Properties instead.
     */
    interface IHashKVResponse extends etcdserverpb.HashKVResponse.$Properties {
    }

    /** Represents a HashKVResponse. */
    class HashKVResponse {

        /**
         * Constructs a new HashKVResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.HashKVResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HashKVResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** HashKVResponse hash. */
        hash: number;

        /** HashKVResponse compactRevision. */
        compactRevision: (number|Long);

        /** HashKVResponse hashRevision. */
        hashRevision: (number|Long);

        /**
         * Creates a new HashKVResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashKVResponse instance
         */
        static create(properties: etcdserverpb.HashKVResponse.$Shape): etcdserverpb.HashKVResponse & etcdserverpb.HashKVResponse.$Shape;
        static create(properties?: etcdserverpb.HashKVResponse.$Properties): etcdserverpb.HashKVResponse;

        /**
         * Encodes the specified HashKVResponse message. Does not implicitly {@link etcdserverpb.HashKVResponse.verify|verify} messages.
         * @param message HashKVResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.HashKVResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashKVResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.HashKVResponse & etcdserverpb.HashKVResponse.$Shape} HashKVResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.HashKVResponse & etcdserverpb.HashKVResponse.$Shape;
    }

    namespace HashKVResponse {

        /** Properties of a HashKVResponse. */
        interface $Properties {

            /** HashKVResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** HashKVResponse hash */
            hash?: (number|null);

            /** HashKVResponse compactRevision */
            compactRevision?: (number|Long|null);

            /** HashKVResponse hashRevision */
            hashRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashKVResponse. */
        type $Shape = etcdserverpb.HashKVResponse.$Properties;
    }

    /**
     * Properties of a HashResponse.
     * @deprecated Use etcdserverpb.HashResponse.$Properties instead.
     */
    interface IHashResponse extends etcdserverpb.HashResponse.$Properties {
    }

    /** Represents a HashResponse. */
    class HashResponse {

        /**
         * Constructs a new HashResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.HashResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HashResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** HashResponse hash. */
        hash: number;

        /**
         * Creates a new HashResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashResponse instance
         */
        static create(properties: etcdserverpb.HashResponse.$Shape): etcdserverpb.HashResponse & etcdserverpb.HashResponse.$Shape;
        static create(properties?: etcdserverpb.HashResponse.$Properties): etcdserverpb.HashResponse;

        /**
         * Encodes the specified HashResponse message. Does not implicitly {@link etcdserverpb.HashResponse.verify|verify} messages.
         * @param message HashResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.HashResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.HashResponse & etcdserverpb.HashResponse.$Shape} HashResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.HashResponse & etcdserverpb.HashResponse.$Shape;
    }

    namespace HashResponse {

        /** Properties of a HashResponse. */
        interface $Properties {

            /** HashResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** HashResponse hash */
            hash?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashResponse. */
        type $Shape = etcdserverpb.HashResponse.$Properties;
    }

    /**
     * Properties of a SnapshotRequest.
     * @deprecated Use etcdserverpb.SnapshotRequest.$Properties instead.
     */
    interface ISnapshotRequest extends etcdserverpb.SnapshotRequest.$Properties {
    }

    /** Represents a SnapshotRequest. */
    class SnapshotRequest {

        /**
         * Constructs a new SnapshotRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.SnapshotRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new SnapshotRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotRequest instance
         */
        static create(properties: etcdserverpb.SnapshotRequest.$Shape): etcdserverpb.SnapshotRequest & etcdserverpb.SnapshotRequest.$Shape;
        static create(properties?: etcdserverpb.SnapshotRequest.$Properties): etcdserverpb.SnapshotRequest;

        /**
         * Encodes the specified SnapshotRequest message. Does not implicitly {@link etcdserverpb.SnapshotRequest.verify|verify} messages.
         * @param message SnapshotRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.SnapshotRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.SnapshotRequest & etcdserverpb.SnapshotRequest.$Shape} SnapshotRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.SnapshotRequest & etcdserverpb.SnapshotRequest.$Shape;
    }

    namespace SnapshotRequest {

        /** Properties of a SnapshotRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotRequest. */
        type $Shape = etcdserverpb.SnapshotRequest.$Properties;
    }

    /**
     * Properties of a SnapshotResponse.
     * @deprecated Use etcdserverpb.SnapshotResponse.$Properties instead.
     */
    interface ISnapshotResponse extends etcdserverpb.SnapshotResponse.$Properties {
    }

    /** Represents a SnapshotResponse. */
    class SnapshotResponse {

        /**
         * Constructs a new SnapshotResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.SnapshotResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** SnapshotResponse remainingBytes. */
        remainingBytes: (number|Long);

        /** SnapshotResponse blob. */
        blob: Uint8Array;

        /** SnapshotResponse version. */
        version: string;

        /**
         * Creates a new SnapshotResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotResponse instance
         */
        static create(properties: etcdserverpb.SnapshotResponse.$Shape): etcdserverpb.SnapshotResponse & etcdserverpb.SnapshotResponse.$Shape;
        static create(properties?: etcdserverpb.SnapshotResponse.$Properties): etcdserverpb.SnapshotResponse;

        /**
         * Encodes the specified SnapshotResponse message. Does not implicitly {@link etcdserverpb.SnapshotResponse.verify|verify} messages.
         * @param message SnapshotResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.SnapshotResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.SnapshotResponse & etcdserverpb.SnapshotResponse.$Shape} SnapshotResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.SnapshotResponse & etcdserverpb.SnapshotResponse.$Shape;
    }

    namespace SnapshotResponse {

        /** Properties of a SnapshotResponse. */
        interface $Properties {

            /** SnapshotResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** SnapshotResponse remainingBytes */
            remainingBytes?: (number|Long|null);

            /** SnapshotResponse blob */
            blob?: (Uint8Array|null);

            /** SnapshotResponse version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotResponse. */
        type $Shape = etcdserverpb.SnapshotResponse.$Properties;
    }

    /**
     * Properties of a WatchRequest.
     * @deprecated Use etcdserverpb.WatchRequest.$Properties instead.
     */
    interface IWatchRequest extends etcdserverpb.WatchRequest.$Properties {
    }

    /** Represents a WatchRequest. */
    class WatchRequest {

        /**
         * Constructs a new WatchRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.WatchRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WatchRequest createRequest. */
        createRequest?: (etcdserverpb.WatchCreateRequest.$Properties|null);

        /** WatchRequest cancelRequest. */
        cancelRequest?: (etcdserverpb.WatchCancelRequest.$Properties|null);

        /** WatchRequest progressRequest. */
        progressRequest?: (etcdserverpb.WatchProgressRequest.$Properties|null);

        /** WatchRequest requestUnion. */
        requestUnion?: ("createRequest"|"cancelRequest"|"progressRequest");

        /**
         * Creates a new WatchRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WatchRequest instance
         */
        static create(properties: etcdserverpb.WatchRequest.$Shape): etcdserverpb.WatchRequest & etcdserverpb.WatchRequest.$Shape;
        static create(properties?: etcdserverpb.WatchRequest.$Properties): etcdserverpb.WatchRequest;

        /**
         * Encodes the specified WatchRequest message. Does not implicitly {@link etcdserverpb.WatchRequest.verify|verify} messages.
         * @param message WatchRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.WatchRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WatchRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.WatchRequest & etcdserverpb.WatchRequest.$Shape} WatchRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchRequest & etcdserverpb.WatchRequest.$Shape;
    }

    namespace WatchRequest {

        /** Properties of a WatchRequest. */
        interface $Properties {

            /** WatchRequest createRequest */
            createRequest?: (etcdserverpb.WatchCreateRequest.$Properties|null);

            /** WatchRequest cancelRequest */
            cancelRequest?: (etcdserverpb.WatchCancelRequest.$Properties|null);

            /** WatchRequest progressRequest */
            progressRequest?: (etcdserverpb.WatchProgressRequest.$Properties|null);

            /** WatchRequest requestUnion */
            requestUnion?: ("createRequest"|"cancelRequest"|"progressRequest");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a WatchRequest. */
        type $Shape = {
          createRequest?: etcdserverpb.WatchCreateRequest.$Shape|null;
          cancelRequest?: etcdserverpb.WatchCancelRequest.$Shape|null;
          progressRequest?: etcdserverpb.WatchProgressRequest.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ requestUnion?: undefined; createRequest?: null; cancelRequest?: null; progressRequest?: null }|{ requestUnion?: "createRequest"; createRequest: etcdserverpb.WatchCreateRequest.$Shape; cancelRequest?: null; progressRequest?: null }|{ requestUnion?: "cancelRequest"; createRequest?: null; cancelRequest: etcdserverpb.WatchCancelRequest.$Shape; progressRequest?: null }|{ requestUnion?: "progressRequest"; createRequest?: null; cancelRequest?: null; progressRequest: etcdserverpb.WatchProgressRequest.$Shape })
        );
    }

    /**
     * Properties of a WatchCreateRequest.
     * @deprecated Use etcdserverpb.WatchCreateRequest.$Properties instead.
     */
    interface IWatchCreateRequest extends etcdserverpb.WatchCreateRequest.$Properties {
    }

    /** Represents a WatchCreateRequest. */
    class WatchCreateRequest {

        /**
         * Constructs a new WatchCreateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.WatchCreateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WatchCreateRequest key. */
        key: Uint8Array;

        /** WatchCreateRequest rangeEnd. */
        rangeEnd: Uint8Array;

        /** WatchCreateRequest startRevision. */
        startRevision: (number|Long);

        /** WatchCreateRequest progressNotify. */
        progressNotify: boolean;

        /** WatchCreateRequest filters. */
        filters: etcdserverpb.WatchCreateRequest.FilterType[];

        /** WatchCreateRequest prevKv. */
        prevKv: boolean;

        /** WatchCreateRequest watchId. */
        watchId: (number|Long);

        /** WatchCreateRequest fragment. */
        fragment: boolean;

        /**
         * Creates a new WatchCreateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WatchCreateRequest instance
         */
        static create(properties: etcdserverpb.WatchCreateRequest.$Shape): etcdserverpb.WatchCreateRequest & etcdserverpb.WatchCreateRequest.$Shape;
        static create(properties?: etcdserverpb.WatchCreateRequest.$Properties): etcdserverpb.WatchCreateRequest;

        /**
         * Encodes the specified WatchCreateRequest message. Does not implicitly {@link etcdserverpb.WatchCreateRequest.verify|verify} messages.
         * @param message WatchCreateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.WatchCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WatchCreateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.WatchCreateRequest & etcdserverpb.WatchCreateRequest.$Shape} WatchCreateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchCreateRequest & etcdserverpb.WatchCreateRequest.$Shape;
    }

    namespace WatchCreateRequest {

        /** Properties of a WatchCreateRequest. */
        interface $Properties {

            /** WatchCreateRequest key */
            key?: (Uint8Array|null);

            /** WatchCreateRequest rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** WatchCreateRequest startRevision */
            startRevision?: (number|Long|null);

            /** WatchCreateRequest progressNotify */
            progressNotify?: (boolean|null);

            /** WatchCreateRequest filters */
            filters?: (etcdserverpb.WatchCreateRequest.FilterType[]|null);

            /** WatchCreateRequest prevKv */
            prevKv?: (boolean|null);

            /** WatchCreateRequest watchId */
            watchId?: (number|Long|null);

            /** WatchCreateRequest fragment */
            fragment?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WatchCreateRequest. */
        type $Shape = etcdserverpb.WatchCreateRequest.$Properties;

        /** FilterType enum. */
        enum FilterType {

            /** NOPUT value */
            NOPUT = 0,

            /** NODELETE value */
            NODELETE = 1
        }
    }

    /**
     * Properties of a WatchCancelRequest.
     * @deprecated Use etcdserverpb.WatchCancelRequest.$Properties instead.
     */
    interface IWatchCancelRequest extends etcdserverpb.WatchCancelRequest.$Properties {
    }

    /** Represents a WatchCancelRequest. */
    class WatchCancelRequest {

        /**
         * Constructs a new WatchCancelRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.WatchCancelRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WatchCancelRequest watchId. */
        watchId: (number|Long);

        /**
         * Creates a new WatchCancelRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WatchCancelRequest instance
         */
        static create(properties: etcdserverpb.WatchCancelRequest.$Shape): etcdserverpb.WatchCancelRequest & etcdserverpb.WatchCancelRequest.$Shape;
        static create(properties?: etcdserverpb.WatchCancelRequest.$Properties): etcdserverpb.WatchCancelRequest;

        /**
         * Encodes the specified WatchCancelRequest message. Does not implicitly {@link etcdserverpb.WatchCancelRequest.verify|verify} messages.
         * @param message WatchCancelRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.WatchCancelRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WatchCancelRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.WatchCancelRequest & etcdserverpb.WatchCancelRequest.$Shape} WatchCancelRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchCancelRequest & etcdserverpb.WatchCancelRequest.$Shape;
    }

    namespace WatchCancelRequest {

        /** Properties of a WatchCancelRequest. */
        interface $Properties {

            /** WatchCancelRequest watchId */
            watchId?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WatchCancelRequest. */
        type $Shape = etcdserverpb.WatchCancelRequest.$Properties;
    }

    /**
     * Properties of a WatchProgressRequest.
     * @deprecated Use etcdserverpb.WatchProgressRequest.$Properties instead.
     */
    interface IWatchProgressRequest extends etcdserverpb.WatchProgressRequest.$Properties {
    }

    /** Represents a WatchProgressRequest. */
    class WatchProgressRequest {

        /**
         * Constructs a new WatchProgressRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.WatchProgressRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WatchProgressRequest atLeastRevision. */
        atLeastRevision: (number|Long);

        /**
         * Creates a new WatchProgressRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WatchProgressRequest instance
         */
        static create(properties: etcdserverpb.WatchProgressRequest.$Shape): etcdserverpb.WatchProgressRequest & etcdserverpb.WatchProgressRequest.$Shape;
        static create(properties?: etcdserverpb.WatchProgressRequest.$Properties): etcdserverpb.WatchProgressRequest;

        /**
         * Encodes the specified WatchProgressRequest message. Does not implicitly {@link etcdserverpb.WatchProgressRequest.verify|verify} messages.
         * @param message WatchProgressRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.WatchProgressRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WatchProgressRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.WatchProgressRequest & etcdserverpb.WatchProgressRequest.$Shape} WatchProgressRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchProgressRequest & etcdserverpb.WatchProgressRequest.$Shape;
    }

    namespace WatchProgressRequest {

        /** Properties of a WatchProgressRequest. */
        interface $Properties {

            /** WatchProgressRequest atLeastRevision */
            atLeastRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WatchProgressRequest. */
        type $Shape = etcdserverpb.WatchProgressRequest.$Properties;
    }

    /**
     * Properties of a WatchResponse.
     * @deprecated Use etcdserverpb.WatchResponse.$Properties instead.
     */
    interface IWatchResponse extends etcdserverpb.WatchResponse.$Properties {
    }

    /** Represents a WatchResponse. */
    class WatchResponse {

        /**
         * Constructs a new WatchResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.WatchResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WatchResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** WatchResponse watchId. */
        watchId: (number|Long);

        /** WatchResponse created. */
        created: boolean;

        /** WatchResponse canceled. */
        canceled: boolean;

        /** WatchResponse compactRevision. */
        compactRevision: (number|Long);

        /** WatchResponse cancelReason. */
        cancelReason: string;

        /** WatchResponse fragment. */
        fragment: boolean;

        /** WatchResponse events. */
        events: mvccpb.Event.$Properties[];

        /**
         * Creates a new WatchResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WatchResponse instance
         */
        static create(properties: etcdserverpb.WatchResponse.$Shape): etcdserverpb.WatchResponse & etcdserverpb.WatchResponse.$Shape;
        static create(properties?: etcdserverpb.WatchResponse.$Properties): etcdserverpb.WatchResponse;

        /**
         * Encodes the specified WatchResponse message. Does not implicitly {@link etcdserverpb.WatchResponse.verify|verify} messages.
         * @param message WatchResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.WatchResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WatchResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.WatchResponse & etcdserverpb.WatchResponse.$Shape} WatchResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchResponse & etcdserverpb.WatchResponse.$Shape;
    }

    namespace WatchResponse {

        /** Properties of a WatchResponse. */
        interface $Properties {

            /** WatchResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** WatchResponse watchId */
            watchId?: (number|Long|null);

            /** WatchResponse created */
            created?: (boolean|null);

            /** WatchResponse canceled */
            canceled?: (boolean|null);

            /** WatchResponse compactRevision */
            compactRevision?: (number|Long|null);

            /** WatchResponse cancelReason */
            cancelReason?: (string|null);

            /** WatchResponse fragment */
            fragment?: (boolean|null);

            /** WatchResponse events */
            events?: (mvccpb.Event.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WatchResponse. */
        type $Shape = etcdserverpb.WatchResponse.$Properties;
    }

    /**
     * Properties of a LeaseGrantRequest.
     * @deprecated Use etcdserverpb.LeaseGrantRequest.$Properties instead.
     */
    interface ILeaseGrantRequest extends etcdserverpb.LeaseGrantRequest.$Properties {
    }

    /** Represents a LeaseGrantRequest. */
    class LeaseGrantRequest {

        /**
         * Constructs a new LeaseGrantRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseGrantRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseGrantRequest TTL. */
        TTL: (number|Long);

        /** LeaseGrantRequest ID. */
        ID: (number|Long);

        /** LeaseGrantRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new LeaseGrantRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseGrantRequest instance
         */
        static create(properties: etcdserverpb.LeaseGrantRequest.$Shape): etcdserverpb.LeaseGrantRequest & etcdserverpb.LeaseGrantRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseGrantRequest.$Properties): etcdserverpb.LeaseGrantRequest;

        /**
         * Encodes the specified LeaseGrantRequest message. Does not implicitly {@link etcdserverpb.LeaseGrantRequest.verify|verify} messages.
         * @param message LeaseGrantRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseGrantRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseGrantRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseGrantRequest & etcdserverpb.LeaseGrantRequest.$Shape} LeaseGrantRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseGrantRequest & etcdserverpb.LeaseGrantRequest.$Shape;
    }

    namespace LeaseGrantRequest {

        /** Properties of a LeaseGrantRequest. */
        interface $Properties {

            /** LeaseGrantRequest TTL */
            TTL?: (number|Long|null);

            /** LeaseGrantRequest ID */
            ID?: (number|Long|null);

            /** LeaseGrantRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseGrantRequest. */
        type $Shape = etcdserverpb.LeaseGrantRequest.$Properties;
    }

    /**
     * Properties of a LeaseGrantResponse.
     * @deprecated Use etcdserverpb.LeaseGrantResponse.$Properties instead.
     */
    interface ILeaseGrantResponse extends etcdserverpb.LeaseGrantResponse.$Properties {
    }

    /** Represents a LeaseGrantResponse. */
    class LeaseGrantResponse {

        /**
         * Constructs a new LeaseGrantResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseGrantResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseGrantResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaseGrantResponse ID. */
        ID: (number|Long);

        /** LeaseGrantResponse TTL. */
        TTL: (number|Long);

        /** LeaseGrantResponse error. */
        error: string;

        /** LeaseGrantResponse session. */
        session: boolean;

        /**
         * Creates a new LeaseGrantResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseGrantResponse instance
         */
        static create(properties: etcdserverpb.LeaseGrantResponse.$Shape): etcdserverpb.LeaseGrantResponse & etcdserverpb.LeaseGrantResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseGrantResponse.$Properties): etcdserverpb.LeaseGrantResponse;

        /**
         * Encodes the specified LeaseGrantResponse message. Does not implicitly {@link etcdserverpb.LeaseGrantResponse.verify|verify} messages.
         * @param message LeaseGrantResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseGrantResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseGrantResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseGrantResponse & etcdserverpb.LeaseGrantResponse.$Shape} LeaseGrantResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseGrantResponse & etcdserverpb.LeaseGrantResponse.$Shape;
    }

    namespace LeaseGrantResponse {

        /** Properties of a LeaseGrantResponse. */
        interface $Properties {

            /** LeaseGrantResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaseGrantResponse ID */
            ID?: (number|Long|null);

            /** LeaseGrantResponse TTL */
            TTL?: (number|Long|null);

            /** LeaseGrantResponse error */
            error?: (string|null);

            /** LeaseGrantResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseGrantResponse. */
        type $Shape = etcdserverpb.LeaseGrantResponse.$Properties;
    }

    /**
     * Properties of a LeaseRevokeRequest.
     * @deprecated Use etcdserverpb.LeaseRevokeRequest.$Properties instead.
     */
    interface ILeaseRevokeRequest extends etcdserverpb.LeaseRevokeRequest.$Properties {
    }

    /** Represents a LeaseRevokeRequest. */
    class LeaseRevokeRequest {

        /**
         * Constructs a new LeaseRevokeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseRevokeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseRevokeRequest ID. */
        ID: (number|Long);

        /** LeaseRevokeRequest session. */
        session?: (raftkvpb.SessionCall.$Properties|null);

        /**
         * Creates a new LeaseRevokeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseRevokeRequest instance
         */
        static create(properties: etcdserverpb.LeaseRevokeRequest.$Shape): etcdserverpb.LeaseRevokeRequest & etcdserverpb.LeaseRevokeRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseRevokeRequest.$Properties): etcdserverpb.LeaseRevokeRequest;

        /**
         * Encodes the specified LeaseRevokeRequest message. Does not implicitly {@link etcdserverpb.LeaseRevokeRequest.verify|verify} messages.
         * @param message LeaseRevokeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseRevokeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseRevokeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseRevokeRequest & etcdserverpb.LeaseRevokeRequest.$Shape} LeaseRevokeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseRevokeRequest & etcdserverpb.LeaseRevokeRequest.$Shape;
    }

    namespace LeaseRevokeRequest {

        /** Properties of a LeaseRevokeRequest. */
        interface $Properties {

            /** LeaseRevokeRequest ID */
            ID?: (number|Long|null);

            /** LeaseRevokeRequest session */
            session?: (raftkvpb.SessionCall.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseRevokeRequest. */
        type $Shape = etcdserverpb.LeaseRevokeRequest.$Properties;
    }

    /**
     * Properties of a LeaseRevokeResponse.
     * @deprecated Use etcdserverpb.LeaseRevokeResponse.$Properties instead.
     */
    interface ILeaseRevokeResponse extends etcdserverpb.LeaseRevokeResponse.$Properties {
    }

    /** Represents a LeaseRevokeResponse. */
    class LeaseRevokeResponse {

        /**
         * Constructs a new LeaseRevokeResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseRevokeResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseRevokeResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaseRevokeResponse session. */
        session: boolean;

        /**
         * Creates a new LeaseRevokeResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseRevokeResponse instance
         */
        static create(properties: etcdserverpb.LeaseRevokeResponse.$Shape): etcdserverpb.LeaseRevokeResponse & etcdserverpb.LeaseRevokeResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseRevokeResponse.$Properties): etcdserverpb.LeaseRevokeResponse;

        /**
         * Encodes the specified LeaseRevokeResponse message. Does not implicitly {@link etcdserverpb.LeaseRevokeResponse.verify|verify} messages.
         * @param message LeaseRevokeResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseRevokeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseRevokeResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseRevokeResponse & etcdserverpb.LeaseRevokeResponse.$Shape} LeaseRevokeResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseRevokeResponse & etcdserverpb.LeaseRevokeResponse.$Shape;
    }

    namespace LeaseRevokeResponse {

        /** Properties of a LeaseRevokeResponse. */
        interface $Properties {

            /** LeaseRevokeResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaseRevokeResponse session */
            session?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseRevokeResponse. */
        type $Shape = etcdserverpb.LeaseRevokeResponse.$Properties;
    }

    /**
     * Properties of a LeaseCheckpoint.
     * @deprecated Use etcdserverpb.LeaseCheckpoint.$Properties instead.
     */
    interface ILeaseCheckpoint extends etcdserverpb.LeaseCheckpoint.$Properties {
    }

    /** Represents a LeaseCheckpoint. */
    class LeaseCheckpoint {

        /**
         * Constructs a new LeaseCheckpoint.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseCheckpoint.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseCheckpoint ID. */
        ID: (number|Long);

        /** LeaseCheckpoint remaining_TTL. */
        remaining_TTL: (number|Long);

        /**
         * Creates a new LeaseCheckpoint instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseCheckpoint instance
         */
        static create(properties: etcdserverpb.LeaseCheckpoint.$Shape): etcdserverpb.LeaseCheckpoint & etcdserverpb.LeaseCheckpoint.$Shape;
        static create(properties?: etcdserverpb.LeaseCheckpoint.$Properties): etcdserverpb.LeaseCheckpoint;

        /**
         * Encodes the specified LeaseCheckpoint message. Does not implicitly {@link etcdserverpb.LeaseCheckpoint.verify|verify} messages.
         * @param message LeaseCheckpoint message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseCheckpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseCheckpoint message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseCheckpoint & etcdserverpb.LeaseCheckpoint.$Shape} LeaseCheckpoint
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseCheckpoint & etcdserverpb.LeaseCheckpoint.$Shape;
    }

    namespace LeaseCheckpoint {

        /** Properties of a LeaseCheckpoint. */
        interface $Properties {

            /** LeaseCheckpoint ID */
            ID?: (number|Long|null);

            /** LeaseCheckpoint remaining_TTL */
            remaining_TTL?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseCheckpoint. */
        type $Shape = etcdserverpb.LeaseCheckpoint.$Properties;
    }

    /**
     * Properties of a LeaseCheckpointRequest.
     * @deprecated Use etcdserverpb.LeaseCheckpointRequest.$Properties instead.
     */
    interface ILeaseCheckpointRequest extends etcdserverpb.LeaseCheckpointRequest.$Properties {
    }

    /** Represents a LeaseCheckpointRequest. */
    class LeaseCheckpointRequest {

        /**
         * Constructs a new LeaseCheckpointRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseCheckpointRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseCheckpointRequest checkpoints. */
        checkpoints: etcdserverpb.LeaseCheckpoint.$Properties[];

        /**
         * Creates a new LeaseCheckpointRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseCheckpointRequest instance
         */
        static create(properties: etcdserverpb.LeaseCheckpointRequest.$Shape): etcdserverpb.LeaseCheckpointRequest & etcdserverpb.LeaseCheckpointRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseCheckpointRequest.$Properties): etcdserverpb.LeaseCheckpointRequest;

        /**
         * Encodes the specified LeaseCheckpointRequest message. Does not implicitly {@link etcdserverpb.LeaseCheckpointRequest.verify|verify} messages.
         * @param message LeaseCheckpointRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseCheckpointRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseCheckpointRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseCheckpointRequest & etcdserverpb.LeaseCheckpointRequest.$Shape} LeaseCheckpointRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseCheckpointRequest & etcdserverpb.LeaseCheckpointRequest.$Shape;
    }

    namespace LeaseCheckpointRequest {

        /** Properties of a LeaseCheckpointRequest. */
        interface $Properties {

            /** LeaseCheckpointRequest checkpoints */
            checkpoints?: (etcdserverpb.LeaseCheckpoint.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseCheckpointRequest. */
        type $Shape = etcdserverpb.LeaseCheckpointRequest.$Properties;
    }

    /**
     * Properties of a LeaseCheckpointResponse.
     * @deprecated Use etcdserverpb.LeaseCheckpointResponse.$Properties instead.
     */
    interface ILeaseCheckpointResponse extends etcdserverpb.LeaseCheckpointResponse.$Properties {
    }

    /** Represents a LeaseCheckpointResponse. */
    class LeaseCheckpointResponse {

        /**
         * Constructs a new LeaseCheckpointResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseCheckpointResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseCheckpointResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new LeaseCheckpointResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseCheckpointResponse instance
         */
        static create(properties: etcdserverpb.LeaseCheckpointResponse.$Shape): etcdserverpb.LeaseCheckpointResponse & etcdserverpb.LeaseCheckpointResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseCheckpointResponse.$Properties): etcdserverpb.LeaseCheckpointResponse;

        /**
         * Encodes the specified LeaseCheckpointResponse message. Does not implicitly {@link etcdserverpb.LeaseCheckpointResponse.verify|verify} messages.
         * @param message LeaseCheckpointResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseCheckpointResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseCheckpointResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseCheckpointResponse & etcdserverpb.LeaseCheckpointResponse.$Shape} LeaseCheckpointResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseCheckpointResponse & etcdserverpb.LeaseCheckpointResponse.$Shape;
    }

    namespace LeaseCheckpointResponse {

        /** Properties of a LeaseCheckpointResponse. */
        interface $Properties {

            /** LeaseCheckpointResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseCheckpointResponse. */
        type $Shape = etcdserverpb.LeaseCheckpointResponse.$Properties;
    }

    /**
     * Properties of a LeaseKeepAliveRequest.
     * @deprecated Use etcdserverpb.LeaseKeepAliveRequest.$Properties instead.
     */
    interface ILeaseKeepAliveRequest extends etcdserverpb.LeaseKeepAliveRequest.$Properties {
    }

    /** Represents a LeaseKeepAliveRequest. */
    class LeaseKeepAliveRequest {

        /**
         * Constructs a new LeaseKeepAliveRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseKeepAliveRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseKeepAliveRequest ID. */
        ID: (number|Long);

        /**
         * Creates a new LeaseKeepAliveRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseKeepAliveRequest instance
         */
        static create(properties: etcdserverpb.LeaseKeepAliveRequest.$Shape): etcdserverpb.LeaseKeepAliveRequest & etcdserverpb.LeaseKeepAliveRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseKeepAliveRequest.$Properties): etcdserverpb.LeaseKeepAliveRequest;

        /**
         * Encodes the specified LeaseKeepAliveRequest message. Does not implicitly {@link etcdserverpb.LeaseKeepAliveRequest.verify|verify} messages.
         * @param message LeaseKeepAliveRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseKeepAliveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseKeepAliveRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseKeepAliveRequest & etcdserverpb.LeaseKeepAliveRequest.$Shape} LeaseKeepAliveRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseKeepAliveRequest & etcdserverpb.LeaseKeepAliveRequest.$Shape;
    }

    namespace LeaseKeepAliveRequest {

        /** Properties of a LeaseKeepAliveRequest. */
        interface $Properties {

            /** LeaseKeepAliveRequest ID */
            ID?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseKeepAliveRequest. */
        type $Shape = etcdserverpb.LeaseKeepAliveRequest.$Properties;
    }

    /**
     * Properties of a LeaseKeepAliveResponse.
     * @deprecated Use etcdserverpb.LeaseKeepAliveResponse.$Properties instead.
     */
    interface ILeaseKeepAliveResponse extends etcdserverpb.LeaseKeepAliveResponse.$Properties {
    }

    /** Represents a LeaseKeepAliveResponse. */
    class LeaseKeepAliveResponse {

        /**
         * Constructs a new LeaseKeepAliveResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseKeepAliveResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseKeepAliveResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaseKeepAliveResponse ID. */
        ID: (number|Long);

        /** LeaseKeepAliveResponse TTL. */
        TTL: (number|Long);

        /**
         * Creates a new LeaseKeepAliveResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseKeepAliveResponse instance
         */
        static create(properties: etcdserverpb.LeaseKeepAliveResponse.$Shape): etcdserverpb.LeaseKeepAliveResponse & etcdserverpb.LeaseKeepAliveResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseKeepAliveResponse.$Properties): etcdserverpb.LeaseKeepAliveResponse;

        /**
         * Encodes the specified LeaseKeepAliveResponse message. Does not implicitly {@link etcdserverpb.LeaseKeepAliveResponse.verify|verify} messages.
         * @param message LeaseKeepAliveResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseKeepAliveResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseKeepAliveResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseKeepAliveResponse & etcdserverpb.LeaseKeepAliveResponse.$Shape} LeaseKeepAliveResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseKeepAliveResponse & etcdserverpb.LeaseKeepAliveResponse.$Shape;
    }

    namespace LeaseKeepAliveResponse {

        /** Properties of a LeaseKeepAliveResponse. */
        interface $Properties {

            /** LeaseKeepAliveResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaseKeepAliveResponse ID */
            ID?: (number|Long|null);

            /** LeaseKeepAliveResponse TTL */
            TTL?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseKeepAliveResponse. */
        type $Shape = etcdserverpb.LeaseKeepAliveResponse.$Properties;
    }

    /**
     * Properties of a LeaseTimeToLiveRequest.
     * @deprecated Use etcdserverpb.LeaseTimeToLiveRequest.$Properties instead.
     */
    interface ILeaseTimeToLiveRequest extends etcdserverpb.LeaseTimeToLiveRequest.$Properties {
    }

    /** Represents a LeaseTimeToLiveRequest. */
    class LeaseTimeToLiveRequest {

        /**
         * Constructs a new LeaseTimeToLiveRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseTimeToLiveRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseTimeToLiveRequest ID. */
        ID: (number|Long);

        /** LeaseTimeToLiveRequest keys. */
        keys: boolean;

        /**
         * Creates a new LeaseTimeToLiveRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseTimeToLiveRequest instance
         */
        static create(properties: etcdserverpb.LeaseTimeToLiveRequest.$Shape): etcdserverpb.LeaseTimeToLiveRequest & etcdserverpb.LeaseTimeToLiveRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseTimeToLiveRequest.$Properties): etcdserverpb.LeaseTimeToLiveRequest;

        /**
         * Encodes the specified LeaseTimeToLiveRequest message. Does not implicitly {@link etcdserverpb.LeaseTimeToLiveRequest.verify|verify} messages.
         * @param message LeaseTimeToLiveRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseTimeToLiveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseTimeToLiveRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseTimeToLiveRequest & etcdserverpb.LeaseTimeToLiveRequest.$Shape} LeaseTimeToLiveRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseTimeToLiveRequest & etcdserverpb.LeaseTimeToLiveRequest.$Shape;
    }

    namespace LeaseTimeToLiveRequest {

        /** Properties of a LeaseTimeToLiveRequest. */
        interface $Properties {

            /** LeaseTimeToLiveRequest ID */
            ID?: (number|Long|null);

            /** LeaseTimeToLiveRequest keys */
            keys?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseTimeToLiveRequest. */
        type $Shape = etcdserverpb.LeaseTimeToLiveRequest.$Properties;
    }

    /**
     * Properties of a LeaseTimeToLiveResponse.
     * @deprecated Use etcdserverpb.LeaseTimeToLiveResponse.$Properties instead.
     */
    interface ILeaseTimeToLiveResponse extends etcdserverpb.LeaseTimeToLiveResponse.$Properties {
    }

    /** Represents a LeaseTimeToLiveResponse. */
    class LeaseTimeToLiveResponse {

        /**
         * Constructs a new LeaseTimeToLiveResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseTimeToLiveResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseTimeToLiveResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaseTimeToLiveResponse ID. */
        ID: (number|Long);

        /** LeaseTimeToLiveResponse TTL. */
        TTL: (number|Long);

        /** LeaseTimeToLiveResponse grantedTTL. */
        grantedTTL: (number|Long);

        /** LeaseTimeToLiveResponse keys. */
        keys: Uint8Array[];

        /**
         * Creates a new LeaseTimeToLiveResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseTimeToLiveResponse instance
         */
        static create(properties: etcdserverpb.LeaseTimeToLiveResponse.$Shape): etcdserverpb.LeaseTimeToLiveResponse & etcdserverpb.LeaseTimeToLiveResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseTimeToLiveResponse.$Properties): etcdserverpb.LeaseTimeToLiveResponse;

        /**
         * Encodes the specified LeaseTimeToLiveResponse message. Does not implicitly {@link etcdserverpb.LeaseTimeToLiveResponse.verify|verify} messages.
         * @param message LeaseTimeToLiveResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseTimeToLiveResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseTimeToLiveResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseTimeToLiveResponse & etcdserverpb.LeaseTimeToLiveResponse.$Shape} LeaseTimeToLiveResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseTimeToLiveResponse & etcdserverpb.LeaseTimeToLiveResponse.$Shape;
    }

    namespace LeaseTimeToLiveResponse {

        /** Properties of a LeaseTimeToLiveResponse. */
        interface $Properties {

            /** LeaseTimeToLiveResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaseTimeToLiveResponse ID */
            ID?: (number|Long|null);

            /** LeaseTimeToLiveResponse TTL */
            TTL?: (number|Long|null);

            /** LeaseTimeToLiveResponse grantedTTL */
            grantedTTL?: (number|Long|null);

            /** LeaseTimeToLiveResponse keys */
            keys?: (Uint8Array[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseTimeToLiveResponse. */
        type $Shape = etcdserverpb.LeaseTimeToLiveResponse.$Properties;
    }

    /**
     * Properties of a LeaseLeasesRequest.
     * @deprecated Use etcdserverpb.LeaseLeasesRequest.$Properties instead.
     */
    interface ILeaseLeasesRequest extends etcdserverpb.LeaseLeasesRequest.$Properties {
    }

    /** Represents a LeaseLeasesRequest. */
    class LeaseLeasesRequest {

        /**
         * Constructs a new LeaseLeasesRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseLeasesRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new LeaseLeasesRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseLeasesRequest instance
         */
        static create(properties: etcdserverpb.LeaseLeasesRequest.$Shape): etcdserverpb.LeaseLeasesRequest & etcdserverpb.LeaseLeasesRequest.$Shape;
        static create(properties?: etcdserverpb.LeaseLeasesRequest.$Properties): etcdserverpb.LeaseLeasesRequest;

        /**
         * Encodes the specified LeaseLeasesRequest message. Does not implicitly {@link etcdserverpb.LeaseLeasesRequest.verify|verify} messages.
         * @param message LeaseLeasesRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseLeasesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseLeasesRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseLeasesRequest & etcdserverpb.LeaseLeasesRequest.$Shape} LeaseLeasesRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseLeasesRequest & etcdserverpb.LeaseLeasesRequest.$Shape;
    }

    namespace LeaseLeasesRequest {

        /** Properties of a LeaseLeasesRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseLeasesRequest. */
        type $Shape = etcdserverpb.LeaseLeasesRequest.$Properties;
    }

    /**
     * Properties of a LeaseStatus.
     * @deprecated Use etcdserverpb.LeaseStatus.$Properties instead.
     */
    interface ILeaseStatus extends etcdserverpb.LeaseStatus.$Properties {
    }

    /** Represents a LeaseStatus. */
    class LeaseStatus {

        /**
         * Constructs a new LeaseStatus.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseStatus.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseStatus ID. */
        ID: (number|Long);

        /**
         * Creates a new LeaseStatus instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseStatus instance
         */
        static create(properties: etcdserverpb.LeaseStatus.$Shape): etcdserverpb.LeaseStatus & etcdserverpb.LeaseStatus.$Shape;
        static create(properties?: etcdserverpb.LeaseStatus.$Properties): etcdserverpb.LeaseStatus;

        /**
         * Encodes the specified LeaseStatus message. Does not implicitly {@link etcdserverpb.LeaseStatus.verify|verify} messages.
         * @param message LeaseStatus message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseStatus message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseStatus & etcdserverpb.LeaseStatus.$Shape} LeaseStatus
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseStatus & etcdserverpb.LeaseStatus.$Shape;
    }

    namespace LeaseStatus {

        /** Properties of a LeaseStatus. */
        interface $Properties {

            /** LeaseStatus ID */
            ID?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseStatus. */
        type $Shape = etcdserverpb.LeaseStatus.$Properties;
    }

    /**
     * Properties of a LeaseLeasesResponse.
     * @deprecated Use etcdserverpb.LeaseLeasesResponse.$Properties instead.
     */
    interface ILeaseLeasesResponse extends etcdserverpb.LeaseLeasesResponse.$Properties {
    }

    /** Represents a LeaseLeasesResponse. */
    class LeaseLeasesResponse {

        /**
         * Constructs a new LeaseLeasesResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.LeaseLeasesResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseLeasesResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaseLeasesResponse leases. */
        leases: etcdserverpb.LeaseStatus.$Properties[];

        /**
         * Creates a new LeaseLeasesResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseLeasesResponse instance
         */
        static create(properties: etcdserverpb.LeaseLeasesResponse.$Shape): etcdserverpb.LeaseLeasesResponse & etcdserverpb.LeaseLeasesResponse.$Shape;
        static create(properties?: etcdserverpb.LeaseLeasesResponse.$Properties): etcdserverpb.LeaseLeasesResponse;

        /**
         * Encodes the specified LeaseLeasesResponse message. Does not implicitly {@link etcdserverpb.LeaseLeasesResponse.verify|verify} messages.
         * @param message LeaseLeasesResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.LeaseLeasesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseLeasesResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.LeaseLeasesResponse & etcdserverpb.LeaseLeasesResponse.$Shape} LeaseLeasesResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseLeasesResponse & etcdserverpb.LeaseLeasesResponse.$Shape;
    }

    namespace LeaseLeasesResponse {

        /** Properties of a LeaseLeasesResponse. */
        interface $Properties {

            /** LeaseLeasesResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaseLeasesResponse leases */
            leases?: (etcdserverpb.LeaseStatus.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseLeasesResponse. */
        type $Shape = etcdserverpb.LeaseLeasesResponse.$Properties;
    }

    /**
     * Properties of a Member.
     * @deprecated Use etcdserverpb.Member.$Properties instead.
     */
    interface IMember extends etcdserverpb.Member.$Properties {
    }

    /** Represents a Member. */
    class Member {

        /**
         * Constructs a new Member.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.Member.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Member ID. */
        ID: (number|Long);

        /** Member name. */
        name: string;

        /** Member peerURLs. */
        peerURLs: string[];

        /** Member clientURLs. */
        clientURLs: string[];

        /** Member isLearner. */
        isLearner: boolean;

        /**
         * Creates a new Member instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Member instance
         */
        static create(properties: etcdserverpb.Member.$Shape): etcdserverpb.Member & etcdserverpb.Member.$Shape;
        static create(properties?: etcdserverpb.Member.$Properties): etcdserverpb.Member;

        /**
         * Encodes the specified Member message. Does not implicitly {@link etcdserverpb.Member.verify|verify} messages.
         * @param message Member message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.Member.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Member message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.Member & etcdserverpb.Member.$Shape} Member
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.Member & etcdserverpb.Member.$Shape;
    }

    namespace Member {

        /** Properties of a Member. */
        interface $Properties {

            /** Member ID */
            ID?: (number|Long|null);

            /** Member name */
            name?: (string|null);

            /** Member peerURLs */
            peerURLs?: (string[]|null);

            /** Member clientURLs */
            clientURLs?: (string[]|null);

            /** Member isLearner */
            isLearner?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Member. */
        type $Shape = etcdserverpb.Member.$Properties;
    }

    /**
     * Properties of a MemberAddRequest.
     * @deprecated Use etcdserverpb.MemberAddRequest.$Properties instead.
     */
    interface IMemberAddRequest extends etcdserverpb.MemberAddRequest.$Properties {
    }

    /** Represents a MemberAddRequest. */
    class MemberAddRequest {

        /**
         * Constructs a new MemberAddRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberAddRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberAddRequest peerURLs. */
        peerURLs: string[];

        /** MemberAddRequest isLearner. */
        isLearner: boolean;

        /**
         * Creates a new MemberAddRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberAddRequest instance
         */
        static create(properties: etcdserverpb.MemberAddRequest.$Shape): etcdserverpb.MemberAddRequest & etcdserverpb.MemberAddRequest.$Shape;
        static create(properties?: etcdserverpb.MemberAddRequest.$Properties): etcdserverpb.MemberAddRequest;

        /**
         * Encodes the specified MemberAddRequest message. Does not implicitly {@link etcdserverpb.MemberAddRequest.verify|verify} messages.
         * @param message MemberAddRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberAddRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberAddRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberAddRequest & etcdserverpb.MemberAddRequest.$Shape} MemberAddRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberAddRequest & etcdserverpb.MemberAddRequest.$Shape;
    }

    namespace MemberAddRequest {

        /** Properties of a MemberAddRequest. */
        interface $Properties {

            /** MemberAddRequest peerURLs */
            peerURLs?: (string[]|null);

            /** MemberAddRequest isLearner */
            isLearner?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberAddRequest. */
        type $Shape = etcdserverpb.MemberAddRequest.$Properties;
    }

    /**
     * Properties of a MemberAddResponse.
     * @deprecated Use etcdserverpb.MemberAddResponse.$Properties instead.
     */
    interface IMemberAddResponse extends etcdserverpb.MemberAddResponse.$Properties {
    }

    /** Represents a MemberAddResponse. */
    class MemberAddResponse {

        /**
         * Constructs a new MemberAddResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberAddResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberAddResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** MemberAddResponse member. */
        member?: (etcdserverpb.Member.$Properties|null);

        /** MemberAddResponse members. */
        members: etcdserverpb.Member.$Properties[];

        /**
         * Creates a new MemberAddResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberAddResponse instance
         */
        static create(properties: etcdserverpb.MemberAddResponse.$Shape): etcdserverpb.MemberAddResponse & etcdserverpb.MemberAddResponse.$Shape;
        static create(properties?: etcdserverpb.MemberAddResponse.$Properties): etcdserverpb.MemberAddResponse;

        /**
         * Encodes the specified MemberAddResponse message. Does not implicitly {@link etcdserverpb.MemberAddResponse.verify|verify} messages.
         * @param message MemberAddResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberAddResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberAddResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberAddResponse & etcdserverpb.MemberAddResponse.$Shape} MemberAddResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberAddResponse & etcdserverpb.MemberAddResponse.$Shape;
    }

    namespace MemberAddResponse {

        /** Properties of a MemberAddResponse. */
        interface $Properties {

            /** MemberAddResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** MemberAddResponse member */
            member?: (etcdserverpb.Member.$Properties|null);

            /** MemberAddResponse members */
            members?: (etcdserverpb.Member.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberAddResponse. */
        type $Shape = etcdserverpb.MemberAddResponse.$Properties;
    }

    /**
     * Properties of a MemberRemoveRequest.
     * @deprecated Use etcdserverpb.MemberRemoveRequest.$Properties instead.
     */
    interface IMemberRemoveRequest extends etcdserverpb.MemberRemoveRequest.$Properties {
    }

    /** Represents a MemberRemoveRequest. */
    class MemberRemoveRequest {

        /**
         * Constructs a new MemberRemoveRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberRemoveRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberRemoveRequest ID. */
        ID: (number|Long);

        /**
         * Creates a new MemberRemoveRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberRemoveRequest instance
         */
        static create(properties: etcdserverpb.MemberRemoveRequest.$Shape): etcdserverpb.MemberRemoveRequest & etcdserverpb.MemberRemoveRequest.$Shape;
        static create(properties?: etcdserverpb.MemberRemoveRequest.$Properties): etcdserverpb.MemberRemoveRequest;

        /**
         * Encodes the specified MemberRemoveRequest message. Does not implicitly {@link etcdserverpb.MemberRemoveRequest.verify|verify} messages.
         * @param message MemberRemoveRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberRemoveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberRemoveRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberRemoveRequest & etcdserverpb.MemberRemoveRequest.$Shape} MemberRemoveRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberRemoveRequest & etcdserverpb.MemberRemoveRequest.$Shape;
    }

    namespace MemberRemoveRequest {

        /** Properties of a MemberRemoveRequest. */
        interface $Properties {

            /** MemberRemoveRequest ID */
            ID?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberRemoveRequest. */
        type $Shape = etcdserverpb.MemberRemoveRequest.$Properties;
    }

    /**
     * Properties of a MemberRemoveResponse.
     * @deprecated Use etcdserverpb.MemberRemoveResponse.$Properties instead.
     */
    interface IMemberRemoveResponse extends etcdserverpb.MemberRemoveResponse.$Properties {
    }

    /** Represents a MemberRemoveResponse. */
    class MemberRemoveResponse {

        /**
         * Constructs a new MemberRemoveResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberRemoveResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberRemoveResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** MemberRemoveResponse members. */
        members: etcdserverpb.Member.$Properties[];

        /**
         * Creates a new MemberRemoveResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberRemoveResponse instance
         */
        static create(properties: etcdserverpb.MemberRemoveResponse.$Shape): etcdserverpb.MemberRemoveResponse & etcdserverpb.MemberRemoveResponse.$Shape;
        static create(properties?: etcdserverpb.MemberRemoveResponse.$Properties): etcdserverpb.MemberRemoveResponse;

        /**
         * Encodes the specified MemberRemoveResponse message. Does not implicitly {@link etcdserverpb.MemberRemoveResponse.verify|verify} messages.
         * @param message MemberRemoveResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberRemoveResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberRemoveResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberRemoveResponse & etcdserverpb.MemberRemoveResponse.$Shape} MemberRemoveResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberRemoveResponse & etcdserverpb.MemberRemoveResponse.$Shape;
    }

    namespace MemberRemoveResponse {

        /** Properties of a MemberRemoveResponse. */
        interface $Properties {

            /** MemberRemoveResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** MemberRemoveResponse members */
            members?: (etcdserverpb.Member.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberRemoveResponse. */
        type $Shape = etcdserverpb.MemberRemoveResponse.$Properties;
    }

    /**
     * Properties of a MemberUpdateRequest.
     * @deprecated Use etcdserverpb.MemberUpdateRequest.$Properties instead.
     */
    interface IMemberUpdateRequest extends etcdserverpb.MemberUpdateRequest.$Properties {
    }

    /** Represents a MemberUpdateRequest. */
    class MemberUpdateRequest {

        /**
         * Constructs a new MemberUpdateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberUpdateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberUpdateRequest ID. */
        ID: (number|Long);

        /** MemberUpdateRequest peerURLs. */
        peerURLs: string[];

        /**
         * Creates a new MemberUpdateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberUpdateRequest instance
         */
        static create(properties: etcdserverpb.MemberUpdateRequest.$Shape): etcdserverpb.MemberUpdateRequest & etcdserverpb.MemberUpdateRequest.$Shape;
        static create(properties?: etcdserverpb.MemberUpdateRequest.$Properties): etcdserverpb.MemberUpdateRequest;

        /**
         * Encodes the specified MemberUpdateRequest message. Does not implicitly {@link etcdserverpb.MemberUpdateRequest.verify|verify} messages.
         * @param message MemberUpdateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberUpdateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberUpdateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberUpdateRequest & etcdserverpb.MemberUpdateRequest.$Shape} MemberUpdateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberUpdateRequest & etcdserverpb.MemberUpdateRequest.$Shape;
    }

    namespace MemberUpdateRequest {

        /** Properties of a MemberUpdateRequest. */
        interface $Properties {

            /** MemberUpdateRequest ID */
            ID?: (number|Long|null);

            /** MemberUpdateRequest peerURLs */
            peerURLs?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberUpdateRequest. */
        type $Shape = etcdserverpb.MemberUpdateRequest.$Properties;
    }

    /**
     * Properties of a MemberUpdateResponse.
     * @deprecated Use etcdserverpb.MemberUpdateResponse.$Properties instead.
     */
    interface IMemberUpdateResponse extends etcdserverpb.MemberUpdateResponse.$Properties {
    }

    /** Represents a MemberUpdateResponse. */
    class MemberUpdateResponse {

        /**
         * Constructs a new MemberUpdateResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberUpdateResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberUpdateResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** MemberUpdateResponse members. */
        members: etcdserverpb.Member.$Properties[];

        /**
         * Creates a new MemberUpdateResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberUpdateResponse instance
         */
        static create(properties: etcdserverpb.MemberUpdateResponse.$Shape): etcdserverpb.MemberUpdateResponse & etcdserverpb.MemberUpdateResponse.$Shape;
        static create(properties?: etcdserverpb.MemberUpdateResponse.$Properties): etcdserverpb.MemberUpdateResponse;

        /**
         * Encodes the specified MemberUpdateResponse message. Does not implicitly {@link etcdserverpb.MemberUpdateResponse.verify|verify} messages.
         * @param message MemberUpdateResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberUpdateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberUpdateResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberUpdateResponse & etcdserverpb.MemberUpdateResponse.$Shape} MemberUpdateResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberUpdateResponse & etcdserverpb.MemberUpdateResponse.$Shape;
    }

    namespace MemberUpdateResponse {

        /** Properties of a MemberUpdateResponse. */
        interface $Properties {

            /** MemberUpdateResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** MemberUpdateResponse members */
            members?: (etcdserverpb.Member.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberUpdateResponse. */
        type $Shape = etcdserverpb.MemberUpdateResponse.$Properties;
    }

    /**
     * Properties of a MemberListRequest.
     * @deprecated Use etcdserverpb.MemberListRequest.$Properties instead.
     */
    interface IMemberListRequest extends etcdserverpb.MemberListRequest.$Properties {
    }

    /** Represents a MemberListRequest. */
    class MemberListRequest {

        /**
         * Constructs a new MemberListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberListRequest linearizable. */
        linearizable: boolean;

        /**
         * Creates a new MemberListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberListRequest instance
         */
        static create(properties: etcdserverpb.MemberListRequest.$Shape): etcdserverpb.MemberListRequest & etcdserverpb.MemberListRequest.$Shape;
        static create(properties?: etcdserverpb.MemberListRequest.$Properties): etcdserverpb.MemberListRequest;

        /**
         * Encodes the specified MemberListRequest message. Does not implicitly {@link etcdserverpb.MemberListRequest.verify|verify} messages.
         * @param message MemberListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberListRequest & etcdserverpb.MemberListRequest.$Shape} MemberListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberListRequest & etcdserverpb.MemberListRequest.$Shape;
    }

    namespace MemberListRequest {

        /** Properties of a MemberListRequest. */
        interface $Properties {

            /** MemberListRequest linearizable */
            linearizable?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberListRequest. */
        type $Shape = etcdserverpb.MemberListRequest.$Properties;
    }

    /**
     * Properties of a MemberListResponse.
     * @deprecated Use etcdserverpb.MemberListResponse.$Properties instead.
     */
    interface IMemberListResponse extends etcdserverpb.MemberListResponse.$Properties {
    }

    /** Represents a MemberListResponse. */
    class MemberListResponse {

        /**
         * Constructs a new MemberListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** MemberListResponse members. */
        members: etcdserverpb.Member.$Properties[];

        /**
         * Creates a new MemberListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberListResponse instance
         */
        static create(properties: etcdserverpb.MemberListResponse.$Shape): etcdserverpb.MemberListResponse & etcdserverpb.MemberListResponse.$Shape;
        static create(properties?: etcdserverpb.MemberListResponse.$Properties): etcdserverpb.MemberListResponse;

        /**
         * Encodes the specified MemberListResponse message. Does not implicitly {@link etcdserverpb.MemberListResponse.verify|verify} messages.
         * @param message MemberListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberListResponse & etcdserverpb.MemberListResponse.$Shape} MemberListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberListResponse & etcdserverpb.MemberListResponse.$Shape;
    }

    namespace MemberListResponse {

        /** Properties of a MemberListResponse. */
        interface $Properties {

            /** MemberListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** MemberListResponse members */
            members?: (etcdserverpb.Member.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberListResponse. */
        type $Shape = etcdserverpb.MemberListResponse.$Properties;
    }

    /**
     * Properties of a MemberPromoteRequest.
     * @deprecated Use etcdserverpb.MemberPromoteRequest.$Properties instead.
     */
    interface IMemberPromoteRequest extends etcdserverpb.MemberPromoteRequest.$Properties {
    }

    /** Represents a MemberPromoteRequest. */
    class MemberPromoteRequest {

        /**
         * Constructs a new MemberPromoteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberPromoteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberPromoteRequest ID. */
        ID: (number|Long);

        /**
         * Creates a new MemberPromoteRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberPromoteRequest instance
         */
        static create(properties: etcdserverpb.MemberPromoteRequest.$Shape): etcdserverpb.MemberPromoteRequest & etcdserverpb.MemberPromoteRequest.$Shape;
        static create(properties?: etcdserverpb.MemberPromoteRequest.$Properties): etcdserverpb.MemberPromoteRequest;

        /**
         * Encodes the specified MemberPromoteRequest message. Does not implicitly {@link etcdserverpb.MemberPromoteRequest.verify|verify} messages.
         * @param message MemberPromoteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberPromoteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberPromoteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberPromoteRequest & etcdserverpb.MemberPromoteRequest.$Shape} MemberPromoteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberPromoteRequest & etcdserverpb.MemberPromoteRequest.$Shape;
    }

    namespace MemberPromoteRequest {

        /** Properties of a MemberPromoteRequest. */
        interface $Properties {

            /** MemberPromoteRequest ID */
            ID?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberPromoteRequest. */
        type $Shape = etcdserverpb.MemberPromoteRequest.$Properties;
    }

    /**
     * Properties of a MemberPromoteResponse.
     * @deprecated Use etcdserverpb.MemberPromoteResponse.$Properties instead.
     */
    interface IMemberPromoteResponse extends etcdserverpb.MemberPromoteResponse.$Properties {
    }

    /** Represents a MemberPromoteResponse. */
    class MemberPromoteResponse {

        /**
         * Constructs a new MemberPromoteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MemberPromoteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberPromoteResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** MemberPromoteResponse members. */
        members: etcdserverpb.Member.$Properties[];

        /**
         * Creates a new MemberPromoteResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberPromoteResponse instance
         */
        static create(properties: etcdserverpb.MemberPromoteResponse.$Shape): etcdserverpb.MemberPromoteResponse & etcdserverpb.MemberPromoteResponse.$Shape;
        static create(properties?: etcdserverpb.MemberPromoteResponse.$Properties): etcdserverpb.MemberPromoteResponse;

        /**
         * Encodes the specified MemberPromoteResponse message. Does not implicitly {@link etcdserverpb.MemberPromoteResponse.verify|verify} messages.
         * @param message MemberPromoteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MemberPromoteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberPromoteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MemberPromoteResponse & etcdserverpb.MemberPromoteResponse.$Shape} MemberPromoteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MemberPromoteResponse & etcdserverpb.MemberPromoteResponse.$Shape;
    }

    namespace MemberPromoteResponse {

        /** Properties of a MemberPromoteResponse. */
        interface $Properties {

            /** MemberPromoteResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** MemberPromoteResponse members */
            members?: (etcdserverpb.Member.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberPromoteResponse. */
        type $Shape = etcdserverpb.MemberPromoteResponse.$Properties;
    }

    /**
     * Properties of a DefragmentRequest.
     * @deprecated Use etcdserverpb.DefragmentRequest.$Properties instead.
     */
    interface IDefragmentRequest extends etcdserverpb.DefragmentRequest.$Properties {
    }

    /** Represents a DefragmentRequest. */
    class DefragmentRequest {

        /**
         * Constructs a new DefragmentRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DefragmentRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new DefragmentRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DefragmentRequest instance
         */
        static create(properties: etcdserverpb.DefragmentRequest.$Shape): etcdserverpb.DefragmentRequest & etcdserverpb.DefragmentRequest.$Shape;
        static create(properties?: etcdserverpb.DefragmentRequest.$Properties): etcdserverpb.DefragmentRequest;

        /**
         * Encodes the specified DefragmentRequest message. Does not implicitly {@link etcdserverpb.DefragmentRequest.verify|verify} messages.
         * @param message DefragmentRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DefragmentRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DefragmentRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DefragmentRequest & etcdserverpb.DefragmentRequest.$Shape} DefragmentRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DefragmentRequest & etcdserverpb.DefragmentRequest.$Shape;
    }

    namespace DefragmentRequest {

        /** Properties of a DefragmentRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DefragmentRequest. */
        type $Shape = etcdserverpb.DefragmentRequest.$Properties;
    }

    /**
     * Properties of a DefragmentResponse.
     * @deprecated Use etcdserverpb.DefragmentResponse.$Properties instead.
     */
    interface IDefragmentResponse extends etcdserverpb.DefragmentResponse.$Properties {
    }

    /** Represents a DefragmentResponse. */
    class DefragmentResponse {

        /**
         * Constructs a new DefragmentResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DefragmentResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DefragmentResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new DefragmentResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DefragmentResponse instance
         */
        static create(properties: etcdserverpb.DefragmentResponse.$Shape): etcdserverpb.DefragmentResponse & etcdserverpb.DefragmentResponse.$Shape;
        static create(properties?: etcdserverpb.DefragmentResponse.$Properties): etcdserverpb.DefragmentResponse;

        /**
         * Encodes the specified DefragmentResponse message. Does not implicitly {@link etcdserverpb.DefragmentResponse.verify|verify} messages.
         * @param message DefragmentResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DefragmentResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DefragmentResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DefragmentResponse & etcdserverpb.DefragmentResponse.$Shape} DefragmentResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DefragmentResponse & etcdserverpb.DefragmentResponse.$Shape;
    }

    namespace DefragmentResponse {

        /** Properties of a DefragmentResponse. */
        interface $Properties {

            /** DefragmentResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DefragmentResponse. */
        type $Shape = etcdserverpb.DefragmentResponse.$Properties;
    }

    /**
     * Properties of a MoveLeaderRequest.
     * @deprecated Use etcdserverpb.MoveLeaderRequest.$Properties instead.
     */
    interface IMoveLeaderRequest extends etcdserverpb.MoveLeaderRequest.$Properties {
    }

    /** Represents a MoveLeaderRequest. */
    class MoveLeaderRequest {

        /**
         * Constructs a new MoveLeaderRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MoveLeaderRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MoveLeaderRequest targetID. */
        targetID: (number|Long);

        /**
         * Creates a new MoveLeaderRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MoveLeaderRequest instance
         */
        static create(properties: etcdserverpb.MoveLeaderRequest.$Shape): etcdserverpb.MoveLeaderRequest & etcdserverpb.MoveLeaderRequest.$Shape;
        static create(properties?: etcdserverpb.MoveLeaderRequest.$Properties): etcdserverpb.MoveLeaderRequest;

        /**
         * Encodes the specified MoveLeaderRequest message. Does not implicitly {@link etcdserverpb.MoveLeaderRequest.verify|verify} messages.
         * @param message MoveLeaderRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MoveLeaderRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MoveLeaderRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MoveLeaderRequest & etcdserverpb.MoveLeaderRequest.$Shape} MoveLeaderRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MoveLeaderRequest & etcdserverpb.MoveLeaderRequest.$Shape;
    }

    namespace MoveLeaderRequest {

        /** Properties of a MoveLeaderRequest. */
        interface $Properties {

            /** MoveLeaderRequest targetID */
            targetID?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MoveLeaderRequest. */
        type $Shape = etcdserverpb.MoveLeaderRequest.$Properties;
    }

    /**
     * Properties of a MoveLeaderResponse.
     * @deprecated Use etcdserverpb.MoveLeaderResponse.$Properties instead.
     */
    interface IMoveLeaderResponse extends etcdserverpb.MoveLeaderResponse.$Properties {
    }

    /** Represents a MoveLeaderResponse. */
    class MoveLeaderResponse {

        /**
         * Constructs a new MoveLeaderResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.MoveLeaderResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MoveLeaderResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new MoveLeaderResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MoveLeaderResponse instance
         */
        static create(properties: etcdserverpb.MoveLeaderResponse.$Shape): etcdserverpb.MoveLeaderResponse & etcdserverpb.MoveLeaderResponse.$Shape;
        static create(properties?: etcdserverpb.MoveLeaderResponse.$Properties): etcdserverpb.MoveLeaderResponse;

        /**
         * Encodes the specified MoveLeaderResponse message. Does not implicitly {@link etcdserverpb.MoveLeaderResponse.verify|verify} messages.
         * @param message MoveLeaderResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.MoveLeaderResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MoveLeaderResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.MoveLeaderResponse & etcdserverpb.MoveLeaderResponse.$Shape} MoveLeaderResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.MoveLeaderResponse & etcdserverpb.MoveLeaderResponse.$Shape;
    }

    namespace MoveLeaderResponse {

        /** Properties of a MoveLeaderResponse. */
        interface $Properties {

            /** MoveLeaderResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MoveLeaderResponse. */
        type $Shape = etcdserverpb.MoveLeaderResponse.$Properties;
    }

    /** AlarmType enum. */
    enum AlarmType {

        /** NONE value */
        NONE = 0,

        /** NOSPACE value */
        NOSPACE = 1,

        /** CORRUPT value */
        CORRUPT = 2
    }

    /**
     * Properties of an AlarmRequest.
     * @deprecated Use etcdserverpb.AlarmRequest.$Properties instead.
     */
    interface IAlarmRequest extends etcdserverpb.AlarmRequest.$Properties {
    }

    /** Represents an AlarmRequest. */
    class AlarmRequest {

        /**
         * Constructs a new AlarmRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AlarmRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AlarmRequest action. */
        action: etcdserverpb.AlarmRequest.AlarmAction;

        /** AlarmRequest memberID. */
        memberID: (number|Long);

        /** AlarmRequest alarm. */
        alarm: etcdserverpb.AlarmType;

        /**
         * Creates a new AlarmRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AlarmRequest instance
         */
        static create(properties: etcdserverpb.AlarmRequest.$Shape): etcdserverpb.AlarmRequest & etcdserverpb.AlarmRequest.$Shape;
        static create(properties?: etcdserverpb.AlarmRequest.$Properties): etcdserverpb.AlarmRequest;

        /**
         * Encodes the specified AlarmRequest message. Does not implicitly {@link etcdserverpb.AlarmRequest.verify|verify} messages.
         * @param message AlarmRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AlarmRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AlarmRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AlarmRequest & etcdserverpb.AlarmRequest.$Shape} AlarmRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AlarmRequest & etcdserverpb.AlarmRequest.$Shape;
    }

    namespace AlarmRequest {

        /** Properties of an AlarmRequest. */
        interface $Properties {

            /** AlarmRequest action */
            action?: (etcdserverpb.AlarmRequest.AlarmAction|null);

            /** AlarmRequest memberID */
            memberID?: (number|Long|null);

            /** AlarmRequest alarm */
            alarm?: (etcdserverpb.AlarmType|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AlarmRequest. */
        type $Shape = etcdserverpb.AlarmRequest.$Properties;

        /** AlarmAction enum. */
        enum AlarmAction {

            /** GET value */
            GET = 0,

            /** ACTIVATE value */
            ACTIVATE = 1,

            /** DEACTIVATE value */
            DEACTIVATE = 2
        }
    }

    /**
     * Properties of an AlarmMember.
     * @deprecated Use etcdserverpb.AlarmMember.$Properties instead.
     */
    interface IAlarmMember extends etcdserverpb.AlarmMember.$Properties {
    }

    /** Represents an AlarmMember. */
    class AlarmMember {

        /**
         * Constructs a new AlarmMember.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AlarmMember.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AlarmMember memberID. */
        memberID: (number|Long);

        /** AlarmMember alarm. */
        alarm: etcdserverpb.AlarmType;

        /**
         * Creates a new AlarmMember instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AlarmMember instance
         */
        static create(properties: etcdserverpb.AlarmMember.$Shape): etcdserverpb.AlarmMember & etcdserverpb.AlarmMember.$Shape;
        static create(properties?: etcdserverpb.AlarmMember.$Properties): etcdserverpb.AlarmMember;

        /**
         * Encodes the specified AlarmMember message. Does not implicitly {@link etcdserverpb.AlarmMember.verify|verify} messages.
         * @param message AlarmMember message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AlarmMember.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AlarmMember message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AlarmMember & etcdserverpb.AlarmMember.$Shape} AlarmMember
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AlarmMember & etcdserverpb.AlarmMember.$Shape;
    }

    namespace AlarmMember {

        /** Properties of an AlarmMember. */
        interface $Properties {

            /** AlarmMember memberID */
            memberID?: (number|Long|null);

            /** AlarmMember alarm */
            alarm?: (etcdserverpb.AlarmType|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AlarmMember. */
        type $Shape = etcdserverpb.AlarmMember.$Properties;
    }

    /**
     * Properties of an AlarmResponse.
     * @deprecated Use etcdserverpb.AlarmResponse.$Properties instead.
     */
    interface IAlarmResponse extends etcdserverpb.AlarmResponse.$Properties {
    }

    /** Represents an AlarmResponse. */
    class AlarmResponse {

        /**
         * Constructs a new AlarmResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AlarmResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AlarmResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AlarmResponse alarms. */
        alarms: etcdserverpb.AlarmMember.$Properties[];

        /**
         * Creates a new AlarmResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AlarmResponse instance
         */
        static create(properties: etcdserverpb.AlarmResponse.$Shape): etcdserverpb.AlarmResponse & etcdserverpb.AlarmResponse.$Shape;
        static create(properties?: etcdserverpb.AlarmResponse.$Properties): etcdserverpb.AlarmResponse;

        /**
         * Encodes the specified AlarmResponse message. Does not implicitly {@link etcdserverpb.AlarmResponse.verify|verify} messages.
         * @param message AlarmResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AlarmResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AlarmResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AlarmResponse & etcdserverpb.AlarmResponse.$Shape} AlarmResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AlarmResponse & etcdserverpb.AlarmResponse.$Shape;
    }

    namespace AlarmResponse {

        /** Properties of an AlarmResponse. */
        interface $Properties {

            /** AlarmResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AlarmResponse alarms */
            alarms?: (etcdserverpb.AlarmMember.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AlarmResponse. */
        type $Shape = etcdserverpb.AlarmResponse.$Properties;
    }

    /**
     * Properties of a DowngradeRequest.
     * @deprecated Use etcdserverpb.DowngradeRequest.$Properties instead.
     */
    interface IDowngradeRequest extends etcdserverpb.DowngradeRequest.$Properties {
    }

    /** Represents a DowngradeRequest. */
    class DowngradeRequest {

        /**
         * Constructs a new DowngradeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DowngradeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DowngradeRequest action. */
        action: etcdserverpb.DowngradeRequest.DowngradeAction;

        /** DowngradeRequest version. */
        version: string;

        /**
         * Creates a new DowngradeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DowngradeRequest instance
         */
        static create(properties: etcdserverpb.DowngradeRequest.$Shape): etcdserverpb.DowngradeRequest & etcdserverpb.DowngradeRequest.$Shape;
        static create(properties?: etcdserverpb.DowngradeRequest.$Properties): etcdserverpb.DowngradeRequest;

        /**
         * Encodes the specified DowngradeRequest message. Does not implicitly {@link etcdserverpb.DowngradeRequest.verify|verify} messages.
         * @param message DowngradeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DowngradeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DowngradeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DowngradeRequest & etcdserverpb.DowngradeRequest.$Shape} DowngradeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DowngradeRequest & etcdserverpb.DowngradeRequest.$Shape;
    }

    namespace DowngradeRequest {

        /** Properties of a DowngradeRequest. */
        interface $Properties {

            /** DowngradeRequest action */
            action?: (etcdserverpb.DowngradeRequest.DowngradeAction|null);

            /** DowngradeRequest version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DowngradeRequest. */
        type $Shape = etcdserverpb.DowngradeRequest.$Properties;

        /** DowngradeAction enum. */
        enum DowngradeAction {

            /** VALIDATE value */
            VALIDATE = 0,

            /** ENABLE value */
            ENABLE = 1,

            /** CANCEL value */
            CANCEL = 2
        }
    }

    /**
     * Properties of a DowngradeResponse.
     * @deprecated Use etcdserverpb.DowngradeResponse.$Properties instead.
     */
    interface IDowngradeResponse extends etcdserverpb.DowngradeResponse.$Properties {
    }

    /** Represents a DowngradeResponse. */
    class DowngradeResponse {

        /**
         * Constructs a new DowngradeResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DowngradeResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DowngradeResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** DowngradeResponse version. */
        version: string;

        /**
         * Creates a new DowngradeResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DowngradeResponse instance
         */
        static create(properties: etcdserverpb.DowngradeResponse.$Shape): etcdserverpb.DowngradeResponse & etcdserverpb.DowngradeResponse.$Shape;
        static create(properties?: etcdserverpb.DowngradeResponse.$Properties): etcdserverpb.DowngradeResponse;

        /**
         * Encodes the specified DowngradeResponse message. Does not implicitly {@link etcdserverpb.DowngradeResponse.verify|verify} messages.
         * @param message DowngradeResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DowngradeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DowngradeResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DowngradeResponse & etcdserverpb.DowngradeResponse.$Shape} DowngradeResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DowngradeResponse & etcdserverpb.DowngradeResponse.$Shape;
    }

    namespace DowngradeResponse {

        /** Properties of a DowngradeResponse. */
        interface $Properties {

            /** DowngradeResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** DowngradeResponse version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DowngradeResponse. */
        type $Shape = etcdserverpb.DowngradeResponse.$Properties;
    }

    /**
     * Properties of a DowngradeVersionTestRequest.
     * @deprecated Use etcdserverpb.DowngradeVersionTestRequest.$Properties instead.
     */
    interface IDowngradeVersionTestRequest extends etcdserverpb.DowngradeVersionTestRequest.$Properties {
    }

    /** Represents a DowngradeVersionTestRequest. */
    class DowngradeVersionTestRequest {

        /**
         * Constructs a new DowngradeVersionTestRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DowngradeVersionTestRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DowngradeVersionTestRequest ver. */
        ver: string;

        /**
         * Creates a new DowngradeVersionTestRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DowngradeVersionTestRequest instance
         */
        static create(properties: etcdserverpb.DowngradeVersionTestRequest.$Shape): etcdserverpb.DowngradeVersionTestRequest & etcdserverpb.DowngradeVersionTestRequest.$Shape;
        static create(properties?: etcdserverpb.DowngradeVersionTestRequest.$Properties): etcdserverpb.DowngradeVersionTestRequest;

        /**
         * Encodes the specified DowngradeVersionTestRequest message. Does not implicitly {@link etcdserverpb.DowngradeVersionTestRequest.verify|verify} messages.
         * @param message DowngradeVersionTestRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DowngradeVersionTestRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DowngradeVersionTestRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DowngradeVersionTestRequest & etcdserverpb.DowngradeVersionTestRequest.$Shape} DowngradeVersionTestRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DowngradeVersionTestRequest & etcdserverpb.DowngradeVersionTestRequest.$Shape;
    }

    namespace DowngradeVersionTestRequest {

        /** Properties of a DowngradeVersionTestRequest. */
        interface $Properties {

            /** DowngradeVersionTestRequest ver */
            ver?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DowngradeVersionTestRequest. */
        type $Shape = etcdserverpb.DowngradeVersionTestRequest.$Properties;
    }

    /**
     * Properties of a StatusRequest.
     * @deprecated Use etcdserverpb.StatusRequest.$Properties instead.
     */
    interface IStatusRequest extends etcdserverpb.StatusRequest.$Properties {
    }

    /** Represents a StatusRequest. */
    class StatusRequest {

        /**
         * Constructs a new StatusRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.StatusRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new StatusRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatusRequest instance
         */
        static create(properties: etcdserverpb.StatusRequest.$Shape): etcdserverpb.StatusRequest & etcdserverpb.StatusRequest.$Shape;
        static create(properties?: etcdserverpb.StatusRequest.$Properties): etcdserverpb.StatusRequest;

        /**
         * Encodes the specified StatusRequest message. Does not implicitly {@link etcdserverpb.StatusRequest.verify|verify} messages.
         * @param message StatusRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.StatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatusRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.StatusRequest & etcdserverpb.StatusRequest.$Shape} StatusRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.StatusRequest & etcdserverpb.StatusRequest.$Shape;
    }

    namespace StatusRequest {

        /** Properties of a StatusRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatusRequest. */
        type $Shape = etcdserverpb.StatusRequest.$Properties;
    }

    /**
     * Properties of a StatusResponse.
     * @deprecated Use etcdserverpb.StatusResponse.$Properties instead.
     */
    interface IStatusResponse extends etcdserverpb.StatusResponse.$Properties {
    }

    /** Represents a StatusResponse. */
    class StatusResponse {

        /**
         * Constructs a new StatusResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.StatusResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StatusResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** StatusResponse version. */
        version: string;

        /** StatusResponse dbSize. */
        dbSize: (number|Long);

        /** StatusResponse leader. */
        leader: (number|Long);

        /** StatusResponse raftIndex. */
        raftIndex: (number|Long);

        /** StatusResponse raftTerm. */
        raftTerm: (number|Long);

        /** StatusResponse raftAppliedIndex. */
        raftAppliedIndex: (number|Long);

        /** StatusResponse errors. */
        errors: string[];

        /** StatusResponse dbSizeInUse. */
        dbSizeInUse: (number|Long);

        /** StatusResponse isLearner. */
        isLearner: boolean;

        /** StatusResponse storageVersion. */
        storageVersion: string;

        /** StatusResponse dbSizeQuota. */
        dbSizeQuota: (number|Long);

        /** StatusResponse downgradeInfo. */
        downgradeInfo?: (etcdserverpb.DowngradeInfo.$Properties|null);

        /** StatusResponse raftkvVersion. */
        raftkvVersion: string;

        /** StatusResponse hotRead. */
        hotRead?: (raftkvpb.HotKey.$Properties|null);

        /** StatusResponse hotWrite. */
        hotWrite?: (raftkvpb.HotKey.$Properties|null);

        /**
         * Creates a new StatusResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatusResponse instance
         */
        static create(properties: etcdserverpb.StatusResponse.$Shape): etcdserverpb.StatusResponse & etcdserverpb.StatusResponse.$Shape;
        static create(properties?: etcdserverpb.StatusResponse.$Properties): etcdserverpb.StatusResponse;

        /**
         * Encodes the specified StatusResponse message. Does not implicitly {@link etcdserverpb.StatusResponse.verify|verify} messages.
         * @param message StatusResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.StatusResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatusResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.StatusResponse & etcdserverpb.StatusResponse.$Shape} StatusResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.StatusResponse & etcdserverpb.StatusResponse.$Shape;
    }

    namespace StatusResponse {

        /** Properties of a StatusResponse. */
        interface $Properties {

            /** StatusResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** StatusResponse version */
            version?: (string|null);

            /** StatusResponse dbSize */
            dbSize?: (number|Long|null);

            /** StatusResponse leader */
            leader?: (number|Long|null);

            /** StatusResponse raftIndex */
            raftIndex?: (number|Long|null);

            /** StatusResponse raftTerm */
            raftTerm?: (number|Long|null);

            /** StatusResponse raftAppliedIndex */
            raftAppliedIndex?: (number|Long|null);

            /** StatusResponse errors */
            errors?: (string[]|null);

            /** StatusResponse dbSizeInUse */
            dbSizeInUse?: (number|Long|null);

            /** StatusResponse isLearner */
            isLearner?: (boolean|null);

            /** StatusResponse storageVersion */
            storageVersion?: (string|null);

            /** StatusResponse dbSizeQuota */
            dbSizeQuota?: (number|Long|null);

            /** StatusResponse downgradeInfo */
            downgradeInfo?: (etcdserverpb.DowngradeInfo.$Properties|null);

            /** StatusResponse raftkvVersion */
            raftkvVersion?: (string|null);

            /** StatusResponse hotRead */
            hotRead?: (raftkvpb.HotKey.$Properties|null);

            /** StatusResponse hotWrite */
            hotWrite?: (raftkvpb.HotKey.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatusResponse. */
        type $Shape = etcdserverpb.StatusResponse.$Properties;
    }

    /**
     * Properties of a DowngradeInfo.
     * @deprecated Use etcdserverpb.DowngradeInfo.$Properties instead.
     */
    interface IDowngradeInfo extends etcdserverpb.DowngradeInfo.$Properties {
    }

    /** Represents a DowngradeInfo. */
    class DowngradeInfo {

        /**
         * Constructs a new DowngradeInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.DowngradeInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DowngradeInfo enabled. */
        enabled: boolean;

        /** DowngradeInfo targetVersion. */
        targetVersion: string;

        /**
         * Creates a new DowngradeInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DowngradeInfo instance
         */
        static create(properties: etcdserverpb.DowngradeInfo.$Shape): etcdserverpb.DowngradeInfo & etcdserverpb.DowngradeInfo.$Shape;
        static create(properties?: etcdserverpb.DowngradeInfo.$Properties): etcdserverpb.DowngradeInfo;

        /**
         * Encodes the specified DowngradeInfo message. Does not implicitly {@link etcdserverpb.DowngradeInfo.verify|verify} messages.
         * @param message DowngradeInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.DowngradeInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DowngradeInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.DowngradeInfo & etcdserverpb.DowngradeInfo.$Shape} DowngradeInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DowngradeInfo & etcdserverpb.DowngradeInfo.$Shape;
    }

    namespace DowngradeInfo {

        /** Properties of a DowngradeInfo. */
        interface $Properties {

            /** DowngradeInfo enabled */
            enabled?: (boolean|null);

            /** DowngradeInfo targetVersion */
            targetVersion?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DowngradeInfo. */
        type $Shape = etcdserverpb.DowngradeInfo.$Properties;
    }

    /**
     * Properties of an AuthEnableRequest.
     * @deprecated Use etcdserverpb.AuthEnableRequest.$Properties instead.
     */
    interface IAuthEnableRequest extends etcdserverpb.AuthEnableRequest.$Properties {
    }

    /** Represents an AuthEnableRequest. */
    class AuthEnableRequest {

        /**
         * Constructs a new AuthEnableRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthEnableRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new AuthEnableRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthEnableRequest instance
         */
        static create(properties: etcdserverpb.AuthEnableRequest.$Shape): etcdserverpb.AuthEnableRequest & etcdserverpb.AuthEnableRequest.$Shape;
        static create(properties?: etcdserverpb.AuthEnableRequest.$Properties): etcdserverpb.AuthEnableRequest;

        /**
         * Encodes the specified AuthEnableRequest message. Does not implicitly {@link etcdserverpb.AuthEnableRequest.verify|verify} messages.
         * @param message AuthEnableRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthEnableRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthEnableRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthEnableRequest & etcdserverpb.AuthEnableRequest.$Shape} AuthEnableRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthEnableRequest & etcdserverpb.AuthEnableRequest.$Shape;
    }

    namespace AuthEnableRequest {

        /** Properties of an AuthEnableRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthEnableRequest. */
        type $Shape = etcdserverpb.AuthEnableRequest.$Properties;
    }

    /**
     * Properties of an AuthDisableRequest.
     * @deprecated Use etcdserverpb.AuthDisableRequest.$Properties instead.
     */
    interface IAuthDisableRequest extends etcdserverpb.AuthDisableRequest.$Properties {
    }

    /** Represents an AuthDisableRequest. */
    class AuthDisableRequest {

        /**
         * Constructs a new AuthDisableRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthDisableRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new AuthDisableRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthDisableRequest instance
         */
        static create(properties: etcdserverpb.AuthDisableRequest.$Shape): etcdserverpb.AuthDisableRequest & etcdserverpb.AuthDisableRequest.$Shape;
        static create(properties?: etcdserverpb.AuthDisableRequest.$Properties): etcdserverpb.AuthDisableRequest;

        /**
         * Encodes the specified AuthDisableRequest message. Does not implicitly {@link etcdserverpb.AuthDisableRequest.verify|verify} messages.
         * @param message AuthDisableRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthDisableRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthDisableRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthDisableRequest & etcdserverpb.AuthDisableRequest.$Shape} AuthDisableRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthDisableRequest & etcdserverpb.AuthDisableRequest.$Shape;
    }

    namespace AuthDisableRequest {

        /** Properties of an AuthDisableRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthDisableRequest. */
        type $Shape = etcdserverpb.AuthDisableRequest.$Properties;
    }

    /**
     * Properties of an AuthStatusRequest.
     * @deprecated Use etcdserverpb.AuthStatusRequest.$Properties instead.
     */
    interface IAuthStatusRequest extends etcdserverpb.AuthStatusRequest.$Properties {
    }

    /** Represents an AuthStatusRequest. */
    class AuthStatusRequest {

        /**
         * Constructs a new AuthStatusRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthStatusRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new AuthStatusRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthStatusRequest instance
         */
        static create(properties: etcdserverpb.AuthStatusRequest.$Shape): etcdserverpb.AuthStatusRequest & etcdserverpb.AuthStatusRequest.$Shape;
        static create(properties?: etcdserverpb.AuthStatusRequest.$Properties): etcdserverpb.AuthStatusRequest;

        /**
         * Encodes the specified AuthStatusRequest message. Does not implicitly {@link etcdserverpb.AuthStatusRequest.verify|verify} messages.
         * @param message AuthStatusRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthStatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthStatusRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthStatusRequest & etcdserverpb.AuthStatusRequest.$Shape} AuthStatusRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthStatusRequest & etcdserverpb.AuthStatusRequest.$Shape;
    }

    namespace AuthStatusRequest {

        /** Properties of an AuthStatusRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthStatusRequest. */
        type $Shape = etcdserverpb.AuthStatusRequest.$Properties;
    }

    /**
     * Properties of an AuthenticateRequest.
     * @deprecated Use etcdserverpb.AuthenticateRequest.$Properties instead.
     */
    interface IAuthenticateRequest extends etcdserverpb.AuthenticateRequest.$Properties {
    }

    /** Represents an AuthenticateRequest. */
    class AuthenticateRequest {

        /**
         * Constructs a new AuthenticateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthenticateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthenticateRequest name. */
        name: string;

        /** AuthenticateRequest password. */
        password: string;

        /**
         * Creates a new AuthenticateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthenticateRequest instance
         */
        static create(properties: etcdserverpb.AuthenticateRequest.$Shape): etcdserverpb.AuthenticateRequest & etcdserverpb.AuthenticateRequest.$Shape;
        static create(properties?: etcdserverpb.AuthenticateRequest.$Properties): etcdserverpb.AuthenticateRequest;

        /**
         * Encodes the specified AuthenticateRequest message. Does not implicitly {@link etcdserverpb.AuthenticateRequest.verify|verify} messages.
         * @param message AuthenticateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthenticateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthenticateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthenticateRequest & etcdserverpb.AuthenticateRequest.$Shape} AuthenticateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthenticateRequest & etcdserverpb.AuthenticateRequest.$Shape;
    }

    namespace AuthenticateRequest {

        /** Properties of an AuthenticateRequest. */
        interface $Properties {

            /** AuthenticateRequest name */
            name?: (string|null);

            /** AuthenticateRequest password */
            password?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthenticateRequest. */
        type $Shape = etcdserverpb.AuthenticateRequest.$Properties;
    }

    /**
     * Properties of an AuthUserAddRequest.
     * @deprecated Use etcdserverpb.AuthUserAddRequest.$Properties instead.
     */
    interface IAuthUserAddRequest extends etcdserverpb.AuthUserAddRequest.$Properties {
    }

    /** Represents an AuthUserAddRequest. */
    class AuthUserAddRequest {

        /**
         * Constructs a new AuthUserAddRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserAddRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserAddRequest name. */
        name: string;

        /** AuthUserAddRequest password. */
        password: string;

        /** AuthUserAddRequest options. */
        options?: (authpb.UserAddOptions.$Properties|null);

        /** AuthUserAddRequest hashedPassword. */
        hashedPassword: string;

        /**
         * Creates a new AuthUserAddRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserAddRequest instance
         */
        static create(properties: etcdserverpb.AuthUserAddRequest.$Shape): etcdserverpb.AuthUserAddRequest & etcdserverpb.AuthUserAddRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserAddRequest.$Properties): etcdserverpb.AuthUserAddRequest;

        /**
         * Encodes the specified AuthUserAddRequest message. Does not implicitly {@link etcdserverpb.AuthUserAddRequest.verify|verify} messages.
         * @param message AuthUserAddRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserAddRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserAddRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserAddRequest & etcdserverpb.AuthUserAddRequest.$Shape} AuthUserAddRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserAddRequest & etcdserverpb.AuthUserAddRequest.$Shape;
    }

    namespace AuthUserAddRequest {

        /** Properties of an AuthUserAddRequest. */
        interface $Properties {

            /** AuthUserAddRequest name */
            name?: (string|null);

            /** AuthUserAddRequest password */
            password?: (string|null);

            /** AuthUserAddRequest options */
            options?: (authpb.UserAddOptions.$Properties|null);

            /** AuthUserAddRequest hashedPassword */
            hashedPassword?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserAddRequest. */
        type $Shape = etcdserverpb.AuthUserAddRequest.$Properties;
    }

    /**
     * Properties of an AuthUserGetRequest.
     * @deprecated Use etcdserverpb.AuthUserGetRequest.$Properties instead.
     */
    interface IAuthUserGetRequest extends etcdserverpb.AuthUserGetRequest.$Properties {
    }

    /** Represents an AuthUserGetRequest. */
    class AuthUserGetRequest {

        /**
         * Constructs a new AuthUserGetRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserGetRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserGetRequest name. */
        name: string;

        /**
         * Creates a new AuthUserGetRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserGetRequest instance
         */
        static create(properties: etcdserverpb.AuthUserGetRequest.$Shape): etcdserverpb.AuthUserGetRequest & etcdserverpb.AuthUserGetRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserGetRequest.$Properties): etcdserverpb.AuthUserGetRequest;

        /**
         * Encodes the specified AuthUserGetRequest message. Does not implicitly {@link etcdserverpb.AuthUserGetRequest.verify|verify} messages.
         * @param message AuthUserGetRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserGetRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserGetRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserGetRequest & etcdserverpb.AuthUserGetRequest.$Shape} AuthUserGetRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserGetRequest & etcdserverpb.AuthUserGetRequest.$Shape;
    }

    namespace AuthUserGetRequest {

        /** Properties of an AuthUserGetRequest. */
        interface $Properties {

            /** AuthUserGetRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserGetRequest. */
        type $Shape = etcdserverpb.AuthUserGetRequest.$Properties;
    }

    /**
     * Properties of an AuthUserDeleteRequest.
     * @deprecated Use etcdserverpb.AuthUserDeleteRequest.$Properties instead.
     */
    interface IAuthUserDeleteRequest extends etcdserverpb.AuthUserDeleteRequest.$Properties {
    }

    /** Represents an AuthUserDeleteRequest. */
    class AuthUserDeleteRequest {

        /**
         * Constructs a new AuthUserDeleteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserDeleteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserDeleteRequest name. */
        name: string;

        /**
         * Creates a new AuthUserDeleteRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserDeleteRequest instance
         */
        static create(properties: etcdserverpb.AuthUserDeleteRequest.$Shape): etcdserverpb.AuthUserDeleteRequest & etcdserverpb.AuthUserDeleteRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserDeleteRequest.$Properties): etcdserverpb.AuthUserDeleteRequest;

        /**
         * Encodes the specified AuthUserDeleteRequest message. Does not implicitly {@link etcdserverpb.AuthUserDeleteRequest.verify|verify} messages.
         * @param message AuthUserDeleteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserDeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserDeleteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserDeleteRequest & etcdserverpb.AuthUserDeleteRequest.$Shape} AuthUserDeleteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserDeleteRequest & etcdserverpb.AuthUserDeleteRequest.$Shape;
    }

    namespace AuthUserDeleteRequest {

        /** Properties of an AuthUserDeleteRequest. */
        interface $Properties {

            /** AuthUserDeleteRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserDeleteRequest. */
        type $Shape = etcdserverpb.AuthUserDeleteRequest.$Properties;
    }

    /**
     * Properties of an AuthUserChangePasswordRequest.
     * @deprecated Use etcdserverpb.AuthUserChangePasswordRequest.$Properties instead.
     */
    interface IAuthUserChangePasswordRequest extends etcdserverpb.AuthUserChangePasswordRequest.$Properties {
    }

    /** Represents an AuthUserChangePasswordRequest. */
    class AuthUserChangePasswordRequest {

        /**
         * Constructs a new AuthUserChangePasswordRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserChangePasswordRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserChangePasswordRequest name. */
        name: string;

        /** AuthUserChangePasswordRequest password. */
        password: string;

        /** AuthUserChangePasswordRequest hashedPassword. */
        hashedPassword: string;

        /**
         * Creates a new AuthUserChangePasswordRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserChangePasswordRequest instance
         */
        static create(properties: etcdserverpb.AuthUserChangePasswordRequest.$Shape): etcdserverpb.AuthUserChangePasswordRequest & etcdserverpb.AuthUserChangePasswordRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserChangePasswordRequest.$Properties): etcdserverpb.AuthUserChangePasswordRequest;

        /**
         * Encodes the specified AuthUserChangePasswordRequest message. Does not implicitly {@link etcdserverpb.AuthUserChangePasswordRequest.verify|verify} messages.
         * @param message AuthUserChangePasswordRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserChangePasswordRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserChangePasswordRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserChangePasswordRequest & etcdserverpb.AuthUserChangePasswordRequest.$Shape} AuthUserChangePasswordRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserChangePasswordRequest & etcdserverpb.AuthUserChangePasswordRequest.$Shape;
    }

    namespace AuthUserChangePasswordRequest {

        /** Properties of an AuthUserChangePasswordRequest. */
        interface $Properties {

            /** AuthUserChangePasswordRequest name */
            name?: (string|null);

            /** AuthUserChangePasswordRequest password */
            password?: (string|null);

            /** AuthUserChangePasswordRequest hashedPassword */
            hashedPassword?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserChangePasswordRequest. */
        type $Shape = etcdserverpb.AuthUserChangePasswordRequest.$Properties;
    }

    /**
     * Properties of an AuthUserGrantRoleRequest.
     * @deprecated Use etcdserverpb.AuthUserGrantRoleRequest.$Properties instead.
     */
    interface IAuthUserGrantRoleRequest extends etcdserverpb.AuthUserGrantRoleRequest.$Properties {
    }

    /** Represents an AuthUserGrantRoleRequest. */
    class AuthUserGrantRoleRequest {

        /**
         * Constructs a new AuthUserGrantRoleRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserGrantRoleRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserGrantRoleRequest user. */
        user: string;

        /** AuthUserGrantRoleRequest role. */
        role: string;

        /**
         * Creates a new AuthUserGrantRoleRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserGrantRoleRequest instance
         */
        static create(properties: etcdserverpb.AuthUserGrantRoleRequest.$Shape): etcdserverpb.AuthUserGrantRoleRequest & etcdserverpb.AuthUserGrantRoleRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserGrantRoleRequest.$Properties): etcdserverpb.AuthUserGrantRoleRequest;

        /**
         * Encodes the specified AuthUserGrantRoleRequest message. Does not implicitly {@link etcdserverpb.AuthUserGrantRoleRequest.verify|verify} messages.
         * @param message AuthUserGrantRoleRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserGrantRoleRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserGrantRoleRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserGrantRoleRequest & etcdserverpb.AuthUserGrantRoleRequest.$Shape} AuthUserGrantRoleRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserGrantRoleRequest & etcdserverpb.AuthUserGrantRoleRequest.$Shape;
    }

    namespace AuthUserGrantRoleRequest {

        /** Properties of an AuthUserGrantRoleRequest. */
        interface $Properties {

            /** AuthUserGrantRoleRequest user */
            user?: (string|null);

            /** AuthUserGrantRoleRequest role */
            role?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserGrantRoleRequest. */
        type $Shape = etcdserverpb.AuthUserGrantRoleRequest.$Properties;
    }

    /**
     * Properties of an AuthUserRevokeRoleRequest.
     * @deprecated Use etcdserverpb.AuthUserRevokeRoleRequest.$Properties instead.
     */
    interface IAuthUserRevokeRoleRequest extends etcdserverpb.AuthUserRevokeRoleRequest.$Properties {
    }

    /** Represents an AuthUserRevokeRoleRequest. */
    class AuthUserRevokeRoleRequest {

        /**
         * Constructs a new AuthUserRevokeRoleRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserRevokeRoleRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserRevokeRoleRequest name. */
        name: string;

        /** AuthUserRevokeRoleRequest role. */
        role: string;

        /**
         * Creates a new AuthUserRevokeRoleRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserRevokeRoleRequest instance
         */
        static create(properties: etcdserverpb.AuthUserRevokeRoleRequest.$Shape): etcdserverpb.AuthUserRevokeRoleRequest & etcdserverpb.AuthUserRevokeRoleRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserRevokeRoleRequest.$Properties): etcdserverpb.AuthUserRevokeRoleRequest;

        /**
         * Encodes the specified AuthUserRevokeRoleRequest message. Does not implicitly {@link etcdserverpb.AuthUserRevokeRoleRequest.verify|verify} messages.
         * @param message AuthUserRevokeRoleRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserRevokeRoleRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserRevokeRoleRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserRevokeRoleRequest & etcdserverpb.AuthUserRevokeRoleRequest.$Shape} AuthUserRevokeRoleRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserRevokeRoleRequest & etcdserverpb.AuthUserRevokeRoleRequest.$Shape;
    }

    namespace AuthUserRevokeRoleRequest {

        /** Properties of an AuthUserRevokeRoleRequest. */
        interface $Properties {

            /** AuthUserRevokeRoleRequest name */
            name?: (string|null);

            /** AuthUserRevokeRoleRequest role */
            role?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserRevokeRoleRequest. */
        type $Shape = etcdserverpb.AuthUserRevokeRoleRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleAddRequest.
     * @deprecated Use etcdserverpb.AuthRoleAddRequest.$Properties instead.
     */
    interface IAuthRoleAddRequest extends etcdserverpb.AuthRoleAddRequest.$Properties {
    }

    /** Represents an AuthRoleAddRequest. */
    class AuthRoleAddRequest {

        /**
         * Constructs a new AuthRoleAddRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleAddRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleAddRequest name. */
        name: string;

        /**
         * Creates a new AuthRoleAddRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleAddRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleAddRequest.$Shape): etcdserverpb.AuthRoleAddRequest & etcdserverpb.AuthRoleAddRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleAddRequest.$Properties): etcdserverpb.AuthRoleAddRequest;

        /**
         * Encodes the specified AuthRoleAddRequest message. Does not implicitly {@link etcdserverpb.AuthRoleAddRequest.verify|verify} messages.
         * @param message AuthRoleAddRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleAddRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleAddRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleAddRequest & etcdserverpb.AuthRoleAddRequest.$Shape} AuthRoleAddRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleAddRequest & etcdserverpb.AuthRoleAddRequest.$Shape;
    }

    namespace AuthRoleAddRequest {

        /** Properties of an AuthRoleAddRequest. */
        interface $Properties {

            /** AuthRoleAddRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleAddRequest. */
        type $Shape = etcdserverpb.AuthRoleAddRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleGetRequest.
     * @deprecated Use etcdserverpb.AuthRoleGetRequest.$Properties instead.
     */
    interface IAuthRoleGetRequest extends etcdserverpb.AuthRoleGetRequest.$Properties {
    }

    /** Represents an AuthRoleGetRequest. */
    class AuthRoleGetRequest {

        /**
         * Constructs a new AuthRoleGetRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleGetRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleGetRequest role. */
        role: string;

        /**
         * Creates a new AuthRoleGetRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleGetRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleGetRequest.$Shape): etcdserverpb.AuthRoleGetRequest & etcdserverpb.AuthRoleGetRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleGetRequest.$Properties): etcdserverpb.AuthRoleGetRequest;

        /**
         * Encodes the specified AuthRoleGetRequest message. Does not implicitly {@link etcdserverpb.AuthRoleGetRequest.verify|verify} messages.
         * @param message AuthRoleGetRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleGetRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleGetRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleGetRequest & etcdserverpb.AuthRoleGetRequest.$Shape} AuthRoleGetRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleGetRequest & etcdserverpb.AuthRoleGetRequest.$Shape;
    }

    namespace AuthRoleGetRequest {

        /** Properties of an AuthRoleGetRequest. */
        interface $Properties {

            /** AuthRoleGetRequest role */
            role?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleGetRequest. */
        type $Shape = etcdserverpb.AuthRoleGetRequest.$Properties;
    }

    /**
     * Properties of an AuthUserListRequest.
     * @deprecated Use etcdserverpb.AuthUserListRequest.$Properties instead.
     */
    interface IAuthUserListRequest extends etcdserverpb.AuthUserListRequest.$Properties {
    }

    /** Represents an AuthUserListRequest. */
    class AuthUserListRequest {

        /**
         * Constructs a new AuthUserListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new AuthUserListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserListRequest instance
         */
        static create(properties: etcdserverpb.AuthUserListRequest.$Shape): etcdserverpb.AuthUserListRequest & etcdserverpb.AuthUserListRequest.$Shape;
        static create(properties?: etcdserverpb.AuthUserListRequest.$Properties): etcdserverpb.AuthUserListRequest;

        /**
         * Encodes the specified AuthUserListRequest message. Does not implicitly {@link etcdserverpb.AuthUserListRequest.verify|verify} messages.
         * @param message AuthUserListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserListRequest & etcdserverpb.AuthUserListRequest.$Shape} AuthUserListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserListRequest & etcdserverpb.AuthUserListRequest.$Shape;
    }

    namespace AuthUserListRequest {

        /** Properties of an AuthUserListRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserListRequest. */
        type $Shape = etcdserverpb.AuthUserListRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleListRequest.
     * @deprecated Use etcdserverpb.AuthRoleListRequest.$Properties instead.
     */
    interface IAuthRoleListRequest extends etcdserverpb.AuthRoleListRequest.$Properties {
    }

    /** Represents an AuthRoleListRequest. */
    class AuthRoleListRequest {

        /**
         * Constructs a new AuthRoleListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new AuthRoleListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleListRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleListRequest.$Shape): etcdserverpb.AuthRoleListRequest & etcdserverpb.AuthRoleListRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleListRequest.$Properties): etcdserverpb.AuthRoleListRequest;

        /**
         * Encodes the specified AuthRoleListRequest message. Does not implicitly {@link etcdserverpb.AuthRoleListRequest.verify|verify} messages.
         * @param message AuthRoleListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleListRequest & etcdserverpb.AuthRoleListRequest.$Shape} AuthRoleListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleListRequest & etcdserverpb.AuthRoleListRequest.$Shape;
    }

    namespace AuthRoleListRequest {

        /** Properties of an AuthRoleListRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleListRequest. */
        type $Shape = etcdserverpb.AuthRoleListRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleDeleteRequest.
     * @deprecated Use etcdserverpb.AuthRoleDeleteRequest.$Properties instead.
     */
    interface IAuthRoleDeleteRequest extends etcdserverpb.AuthRoleDeleteRequest.$Properties {
    }

    /** Represents an AuthRoleDeleteRequest. */
    class AuthRoleDeleteRequest {

        /**
         * Constructs a new AuthRoleDeleteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleDeleteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleDeleteRequest role. */
        role: string;

        /**
         * Creates a new AuthRoleDeleteRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleDeleteRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleDeleteRequest.$Shape): etcdserverpb.AuthRoleDeleteRequest & etcdserverpb.AuthRoleDeleteRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleDeleteRequest.$Properties): etcdserverpb.AuthRoleDeleteRequest;

        /**
         * Encodes the specified AuthRoleDeleteRequest message. Does not implicitly {@link etcdserverpb.AuthRoleDeleteRequest.verify|verify} messages.
         * @param message AuthRoleDeleteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleDeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleDeleteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleDeleteRequest & etcdserverpb.AuthRoleDeleteRequest.$Shape} AuthRoleDeleteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleDeleteRequest & etcdserverpb.AuthRoleDeleteRequest.$Shape;
    }

    namespace AuthRoleDeleteRequest {

        /** Properties of an AuthRoleDeleteRequest. */
        interface $Properties {

            /** AuthRoleDeleteRequest role */
            role?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleDeleteRequest. */
        type $Shape = etcdserverpb.AuthRoleDeleteRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleGrantPermissionRequest.
     * @deprecated Use etcdserverpb.AuthRoleGrantPermissionRequest.$Properties instead.
     */
    interface IAuthRoleGrantPermissionRequest extends etcdserverpb.AuthRoleGrantPermissionRequest.$Properties {
    }

    /** Represents an AuthRoleGrantPermissionRequest. */
    class AuthRoleGrantPermissionRequest {

        /**
         * Constructs a new AuthRoleGrantPermissionRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleGrantPermissionRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleGrantPermissionRequest name. */
        name: string;

        /** AuthRoleGrantPermissionRequest perm. */
        perm?: (authpb.Permission.$Properties|null);

        /**
         * Creates a new AuthRoleGrantPermissionRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleGrantPermissionRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleGrantPermissionRequest.$Shape): etcdserverpb.AuthRoleGrantPermissionRequest & etcdserverpb.AuthRoleGrantPermissionRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleGrantPermissionRequest.$Properties): etcdserverpb.AuthRoleGrantPermissionRequest;

        /**
         * Encodes the specified AuthRoleGrantPermissionRequest message. Does not implicitly {@link etcdserverpb.AuthRoleGrantPermissionRequest.verify|verify} messages.
         * @param message AuthRoleGrantPermissionRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleGrantPermissionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleGrantPermissionRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleGrantPermissionRequest & etcdserverpb.AuthRoleGrantPermissionRequest.$Shape} AuthRoleGrantPermissionRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleGrantPermissionRequest & etcdserverpb.AuthRoleGrantPermissionRequest.$Shape;
    }

    namespace AuthRoleGrantPermissionRequest {

        /** Properties of an AuthRoleGrantPermissionRequest. */
        interface $Properties {

            /** AuthRoleGrantPermissionRequest name */
            name?: (string|null);

            /** AuthRoleGrantPermissionRequest perm */
            perm?: (authpb.Permission.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleGrantPermissionRequest. */
        type $Shape = etcdserverpb.AuthRoleGrantPermissionRequest.$Properties;
    }

    /**
     * Properties of an AuthRoleRevokePermissionRequest.
     * @deprecated Use etcdserverpb.AuthRoleRevokePermissionRequest.$Properties instead.
     */
    interface IAuthRoleRevokePermissionRequest extends etcdserverpb.AuthRoleRevokePermissionRequest.$Properties {
    }

    /** Represents an AuthRoleRevokePermissionRequest. */
    class AuthRoleRevokePermissionRequest {

        /**
         * Constructs a new AuthRoleRevokePermissionRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleRevokePermissionRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleRevokePermissionRequest role. */
        role: string;

        /** AuthRoleRevokePermissionRequest key. */
        key: Uint8Array;

        /** AuthRoleRevokePermissionRequest rangeEnd. */
        rangeEnd: Uint8Array;

        /**
         * Creates a new AuthRoleRevokePermissionRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleRevokePermissionRequest instance
         */
        static create(properties: etcdserverpb.AuthRoleRevokePermissionRequest.$Shape): etcdserverpb.AuthRoleRevokePermissionRequest & etcdserverpb.AuthRoleRevokePermissionRequest.$Shape;
        static create(properties?: etcdserverpb.AuthRoleRevokePermissionRequest.$Properties): etcdserverpb.AuthRoleRevokePermissionRequest;

        /**
         * Encodes the specified AuthRoleRevokePermissionRequest message. Does not implicitly {@link etcdserverpb.AuthRoleRevokePermissionRequest.verify|verify} messages.
         * @param message AuthRoleRevokePermissionRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleRevokePermissionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleRevokePermissionRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleRevokePermissionRequest & etcdserverpb.AuthRoleRevokePermissionRequest.$Shape} AuthRoleRevokePermissionRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleRevokePermissionRequest & etcdserverpb.AuthRoleRevokePermissionRequest.$Shape;
    }

    namespace AuthRoleRevokePermissionRequest {

        /** Properties of an AuthRoleRevokePermissionRequest. */
        interface $Properties {

            /** AuthRoleRevokePermissionRequest role */
            role?: (string|null);

            /** AuthRoleRevokePermissionRequest key */
            key?: (Uint8Array|null);

            /** AuthRoleRevokePermissionRequest rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleRevokePermissionRequest. */
        type $Shape = etcdserverpb.AuthRoleRevokePermissionRequest.$Properties;
    }

    /**
     * Properties of an AuthEnableResponse.
     * @deprecated Use etcdserverpb.AuthEnableResponse.$Properties instead.
     */
    interface IAuthEnableResponse extends etcdserverpb.AuthEnableResponse.$Properties {
    }

    /** Represents an AuthEnableResponse. */
    class AuthEnableResponse {

        /**
         * Constructs a new AuthEnableResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthEnableResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthEnableResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthEnableResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthEnableResponse instance
         */
        static create(properties: etcdserverpb.AuthEnableResponse.$Shape): etcdserverpb.AuthEnableResponse & etcdserverpb.AuthEnableResponse.$Shape;
        static create(properties?: etcdserverpb.AuthEnableResponse.$Properties): etcdserverpb.AuthEnableResponse;

        /**
         * Encodes the specified AuthEnableResponse message. Does not implicitly {@link etcdserverpb.AuthEnableResponse.verify|verify} messages.
         * @param message AuthEnableResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthEnableResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthEnableResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthEnableResponse & etcdserverpb.AuthEnableResponse.$Shape} AuthEnableResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthEnableResponse & etcdserverpb.AuthEnableResponse.$Shape;
    }

    namespace AuthEnableResponse {

        /** Properties of an AuthEnableResponse. */
        interface $Properties {

            /** AuthEnableResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthEnableResponse. */
        type $Shape = etcdserverpb.AuthEnableResponse.$Properties;
    }

    /**
     * Properties of an AuthDisableResponse.
     * @deprecated Use etcdserverpb.AuthDisableResponse.$Properties instead.
     */
    interface IAuthDisableResponse extends etcdserverpb.AuthDisableResponse.$Properties {
    }

    /** Represents an AuthDisableResponse. */
    class AuthDisableResponse {

        /**
         * Constructs a new AuthDisableResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthDisableResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthDisableResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthDisableResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthDisableResponse instance
         */
        static create(properties: etcdserverpb.AuthDisableResponse.$Shape): etcdserverpb.AuthDisableResponse & etcdserverpb.AuthDisableResponse.$Shape;
        static create(properties?: etcdserverpb.AuthDisableResponse.$Properties): etcdserverpb.AuthDisableResponse;

        /**
         * Encodes the specified AuthDisableResponse message. Does not implicitly {@link etcdserverpb.AuthDisableResponse.verify|verify} messages.
         * @param message AuthDisableResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthDisableResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthDisableResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthDisableResponse & etcdserverpb.AuthDisableResponse.$Shape} AuthDisableResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthDisableResponse & etcdserverpb.AuthDisableResponse.$Shape;
    }

    namespace AuthDisableResponse {

        /** Properties of an AuthDisableResponse. */
        interface $Properties {

            /** AuthDisableResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthDisableResponse. */
        type $Shape = etcdserverpb.AuthDisableResponse.$Properties;
    }

    /**
     * Properties of an AuthStatusResponse.
     * @deprecated Use etcdserverpb.AuthStatusResponse.$Properties instead.
     */
    interface IAuthStatusResponse extends etcdserverpb.AuthStatusResponse.$Properties {
    }

    /** Represents an AuthStatusResponse. */
    class AuthStatusResponse {

        /**
         * Constructs a new AuthStatusResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthStatusResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthStatusResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthStatusResponse enabled. */
        enabled: boolean;

        /** AuthStatusResponse authRevision. */
        authRevision: (number|Long);

        /**
         * Creates a new AuthStatusResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthStatusResponse instance
         */
        static create(properties: etcdserverpb.AuthStatusResponse.$Shape): etcdserverpb.AuthStatusResponse & etcdserverpb.AuthStatusResponse.$Shape;
        static create(properties?: etcdserverpb.AuthStatusResponse.$Properties): etcdserverpb.AuthStatusResponse;

        /**
         * Encodes the specified AuthStatusResponse message. Does not implicitly {@link etcdserverpb.AuthStatusResponse.verify|verify} messages.
         * @param message AuthStatusResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthStatusResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthStatusResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthStatusResponse & etcdserverpb.AuthStatusResponse.$Shape} AuthStatusResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthStatusResponse & etcdserverpb.AuthStatusResponse.$Shape;
    }

    namespace AuthStatusResponse {

        /** Properties of an AuthStatusResponse. */
        interface $Properties {

            /** AuthStatusResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthStatusResponse enabled */
            enabled?: (boolean|null);

            /** AuthStatusResponse authRevision */
            authRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthStatusResponse. */
        type $Shape = etcdserverpb.AuthStatusResponse.$Properties;
    }

    /**
     * Properties of an AuthenticateResponse.
     * @deprecated Use etcdserverpb.AuthenticateResponse.$Properties instead.
     */
    interface IAuthenticateResponse extends etcdserverpb.AuthenticateResponse.$Properties {
    }

    /** Represents an AuthenticateResponse. */
    class AuthenticateResponse {

        /**
         * Constructs a new AuthenticateResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthenticateResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthenticateResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthenticateResponse token. */
        token: string;

        /**
         * Creates a new AuthenticateResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthenticateResponse instance
         */
        static create(properties: etcdserverpb.AuthenticateResponse.$Shape): etcdserverpb.AuthenticateResponse & etcdserverpb.AuthenticateResponse.$Shape;
        static create(properties?: etcdserverpb.AuthenticateResponse.$Properties): etcdserverpb.AuthenticateResponse;

        /**
         * Encodes the specified AuthenticateResponse message. Does not implicitly {@link etcdserverpb.AuthenticateResponse.verify|verify} messages.
         * @param message AuthenticateResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthenticateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthenticateResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthenticateResponse & etcdserverpb.AuthenticateResponse.$Shape} AuthenticateResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthenticateResponse & etcdserverpb.AuthenticateResponse.$Shape;
    }

    namespace AuthenticateResponse {

        /** Properties of an AuthenticateResponse. */
        interface $Properties {

            /** AuthenticateResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthenticateResponse token */
            token?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthenticateResponse. */
        type $Shape = etcdserverpb.AuthenticateResponse.$Properties;
    }

    /**
     * Properties of an AuthUserAddResponse.
     * @deprecated Use etcdserverpb.AuthUserAddResponse.$Properties instead.
     */
    interface IAuthUserAddResponse extends etcdserverpb.AuthUserAddResponse.$Properties {
    }

    /** Represents an AuthUserAddResponse. */
    class AuthUserAddResponse {

        /**
         * Constructs a new AuthUserAddResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserAddResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserAddResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthUserAddResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserAddResponse instance
         */
        static create(properties: etcdserverpb.AuthUserAddResponse.$Shape): etcdserverpb.AuthUserAddResponse & etcdserverpb.AuthUserAddResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserAddResponse.$Properties): etcdserverpb.AuthUserAddResponse;

        /**
         * Encodes the specified AuthUserAddResponse message. Does not implicitly {@link etcdserverpb.AuthUserAddResponse.verify|verify} messages.
         * @param message AuthUserAddResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserAddResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserAddResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserAddResponse & etcdserverpb.AuthUserAddResponse.$Shape} AuthUserAddResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserAddResponse & etcdserverpb.AuthUserAddResponse.$Shape;
    }

    namespace AuthUserAddResponse {

        /** Properties of an AuthUserAddResponse. */
        interface $Properties {

            /** AuthUserAddResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserAddResponse. */
        type $Shape = etcdserverpb.AuthUserAddResponse.$Properties;
    }

    /**
     * Properties of an AuthUserGetResponse.
     * @deprecated Use etcdserverpb.AuthUserGetResponse.$Properties instead.
     */
    interface IAuthUserGetResponse extends etcdserverpb.AuthUserGetResponse.$Properties {
    }

    /** Represents an AuthUserGetResponse. */
    class AuthUserGetResponse {

        /**
         * Constructs a new AuthUserGetResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserGetResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserGetResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthUserGetResponse roles. */
        roles: string[];

        /**
         * Creates a new AuthUserGetResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserGetResponse instance
         */
        static create(properties: etcdserverpb.AuthUserGetResponse.$Shape): etcdserverpb.AuthUserGetResponse & etcdserverpb.AuthUserGetResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserGetResponse.$Properties): etcdserverpb.AuthUserGetResponse;

        /**
         * Encodes the specified AuthUserGetResponse message. Does not implicitly {@link etcdserverpb.AuthUserGetResponse.verify|verify} messages.
         * @param message AuthUserGetResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserGetResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserGetResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserGetResponse & etcdserverpb.AuthUserGetResponse.$Shape} AuthUserGetResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserGetResponse & etcdserverpb.AuthUserGetResponse.$Shape;
    }

    namespace AuthUserGetResponse {

        /** Properties of an AuthUserGetResponse. */
        interface $Properties {

            /** AuthUserGetResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthUserGetResponse roles */
            roles?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserGetResponse. */
        type $Shape = etcdserverpb.AuthUserGetResponse.$Properties;
    }

    /**
     * Properties of an AuthUserDeleteResponse.
     * @deprecated Use etcdserverpb.AuthUserDeleteResponse.$Properties instead.
     */
    interface IAuthUserDeleteResponse extends etcdserverpb.AuthUserDeleteResponse.$Properties {
    }

    /** Represents an AuthUserDeleteResponse. */
    class AuthUserDeleteResponse {

        /**
         * Constructs a new AuthUserDeleteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserDeleteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserDeleteResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthUserDeleteResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserDeleteResponse instance
         */
        static create(properties: etcdserverpb.AuthUserDeleteResponse.$Shape): etcdserverpb.AuthUserDeleteResponse & etcdserverpb.AuthUserDeleteResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserDeleteResponse.$Properties): etcdserverpb.AuthUserDeleteResponse;

        /**
         * Encodes the specified AuthUserDeleteResponse message. Does not implicitly {@link etcdserverpb.AuthUserDeleteResponse.verify|verify} messages.
         * @param message AuthUserDeleteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserDeleteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserDeleteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserDeleteResponse & etcdserverpb.AuthUserDeleteResponse.$Shape} AuthUserDeleteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserDeleteResponse & etcdserverpb.AuthUserDeleteResponse.$Shape;
    }

    namespace AuthUserDeleteResponse {

        /** Properties of an AuthUserDeleteResponse. */
        interface $Properties {

            /** AuthUserDeleteResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserDeleteResponse. */
        type $Shape = etcdserverpb.AuthUserDeleteResponse.$Properties;
    }

    /**
     * Properties of an AuthUserChangePasswordResponse.
     * @deprecated Use etcdserverpb.AuthUserChangePasswordResponse.$Properties instead.
     */
    interface IAuthUserChangePasswordResponse extends etcdserverpb.AuthUserChangePasswordResponse.$Properties {
    }

    /** Represents an AuthUserChangePasswordResponse. */
    class AuthUserChangePasswordResponse {

        /**
         * Constructs a new AuthUserChangePasswordResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserChangePasswordResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserChangePasswordResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthUserChangePasswordResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserChangePasswordResponse instance
         */
        static create(properties: etcdserverpb.AuthUserChangePasswordResponse.$Shape): etcdserverpb.AuthUserChangePasswordResponse & etcdserverpb.AuthUserChangePasswordResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserChangePasswordResponse.$Properties): etcdserverpb.AuthUserChangePasswordResponse;

        /**
         * Encodes the specified AuthUserChangePasswordResponse message. Does not implicitly {@link etcdserverpb.AuthUserChangePasswordResponse.verify|verify} messages.
         * @param message AuthUserChangePasswordResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserChangePasswordResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserChangePasswordResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserChangePasswordResponse & etcdserverpb.AuthUserChangePasswordResponse.$Shape} AuthUserChangePasswordResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserChangePasswordResponse & etcdserverpb.AuthUserChangePasswordResponse.$Shape;
    }

    namespace AuthUserChangePasswordResponse {

        /** Properties of an AuthUserChangePasswordResponse. */
        interface $Properties {

            /** AuthUserChangePasswordResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserChangePasswordResponse. */
        type $Shape = etcdserverpb.AuthUserChangePasswordResponse.$Properties;
    }

    /**
     * Properties of an AuthUserGrantRoleResponse.
     * @deprecated Use etcdserverpb.AuthUserGrantRoleResponse.$Properties instead.
     */
    interface IAuthUserGrantRoleResponse extends etcdserverpb.AuthUserGrantRoleResponse.$Properties {
    }

    /** Represents an AuthUserGrantRoleResponse. */
    class AuthUserGrantRoleResponse {

        /**
         * Constructs a new AuthUserGrantRoleResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserGrantRoleResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserGrantRoleResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthUserGrantRoleResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserGrantRoleResponse instance
         */
        static create(properties: etcdserverpb.AuthUserGrantRoleResponse.$Shape): etcdserverpb.AuthUserGrantRoleResponse & etcdserverpb.AuthUserGrantRoleResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserGrantRoleResponse.$Properties): etcdserverpb.AuthUserGrantRoleResponse;

        /**
         * Encodes the specified AuthUserGrantRoleResponse message. Does not implicitly {@link etcdserverpb.AuthUserGrantRoleResponse.verify|verify} messages.
         * @param message AuthUserGrantRoleResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserGrantRoleResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserGrantRoleResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserGrantRoleResponse & etcdserverpb.AuthUserGrantRoleResponse.$Shape} AuthUserGrantRoleResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserGrantRoleResponse & etcdserverpb.AuthUserGrantRoleResponse.$Shape;
    }

    namespace AuthUserGrantRoleResponse {

        /** Properties of an AuthUserGrantRoleResponse. */
        interface $Properties {

            /** AuthUserGrantRoleResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserGrantRoleResponse. */
        type $Shape = etcdserverpb.AuthUserGrantRoleResponse.$Properties;
    }

    /**
     * Properties of an AuthUserRevokeRoleResponse.
     * @deprecated Use etcdserverpb.AuthUserRevokeRoleResponse.$Properties instead.
     */
    interface IAuthUserRevokeRoleResponse extends etcdserverpb.AuthUserRevokeRoleResponse.$Properties {
    }

    /** Represents an AuthUserRevokeRoleResponse. */
    class AuthUserRevokeRoleResponse {

        /**
         * Constructs a new AuthUserRevokeRoleResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserRevokeRoleResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserRevokeRoleResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthUserRevokeRoleResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserRevokeRoleResponse instance
         */
        static create(properties: etcdserverpb.AuthUserRevokeRoleResponse.$Shape): etcdserverpb.AuthUserRevokeRoleResponse & etcdserverpb.AuthUserRevokeRoleResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserRevokeRoleResponse.$Properties): etcdserverpb.AuthUserRevokeRoleResponse;

        /**
         * Encodes the specified AuthUserRevokeRoleResponse message. Does not implicitly {@link etcdserverpb.AuthUserRevokeRoleResponse.verify|verify} messages.
         * @param message AuthUserRevokeRoleResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserRevokeRoleResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserRevokeRoleResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserRevokeRoleResponse & etcdserverpb.AuthUserRevokeRoleResponse.$Shape} AuthUserRevokeRoleResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserRevokeRoleResponse & etcdserverpb.AuthUserRevokeRoleResponse.$Shape;
    }

    namespace AuthUserRevokeRoleResponse {

        /** Properties of an AuthUserRevokeRoleResponse. */
        interface $Properties {

            /** AuthUserRevokeRoleResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserRevokeRoleResponse. */
        type $Shape = etcdserverpb.AuthUserRevokeRoleResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleAddResponse.
     * @deprecated Use etcdserverpb.AuthRoleAddResponse.$Properties instead.
     */
    interface IAuthRoleAddResponse extends etcdserverpb.AuthRoleAddResponse.$Properties {
    }

    /** Represents an AuthRoleAddResponse. */
    class AuthRoleAddResponse {

        /**
         * Constructs a new AuthRoleAddResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleAddResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleAddResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthRoleAddResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleAddResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleAddResponse.$Shape): etcdserverpb.AuthRoleAddResponse & etcdserverpb.AuthRoleAddResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleAddResponse.$Properties): etcdserverpb.AuthRoleAddResponse;

        /**
         * Encodes the specified AuthRoleAddResponse message. Does not implicitly {@link etcdserverpb.AuthRoleAddResponse.verify|verify} messages.
         * @param message AuthRoleAddResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleAddResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleAddResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleAddResponse & etcdserverpb.AuthRoleAddResponse.$Shape} AuthRoleAddResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleAddResponse & etcdserverpb.AuthRoleAddResponse.$Shape;
    }

    namespace AuthRoleAddResponse {

        /** Properties of an AuthRoleAddResponse. */
        interface $Properties {

            /** AuthRoleAddResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleAddResponse. */
        type $Shape = etcdserverpb.AuthRoleAddResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleGetResponse.
     * @deprecated Use etcdserverpb.AuthRoleGetResponse.$Properties instead.
     */
    interface IAuthRoleGetResponse extends etcdserverpb.AuthRoleGetResponse.$Properties {
    }

    /** Represents an AuthRoleGetResponse. */
    class AuthRoleGetResponse {

        /**
         * Constructs a new AuthRoleGetResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleGetResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleGetResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthRoleGetResponse perm. */
        perm: authpb.Permission.$Properties[];

        /**
         * Creates a new AuthRoleGetResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleGetResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleGetResponse.$Shape): etcdserverpb.AuthRoleGetResponse & etcdserverpb.AuthRoleGetResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleGetResponse.$Properties): etcdserverpb.AuthRoleGetResponse;

        /**
         * Encodes the specified AuthRoleGetResponse message. Does not implicitly {@link etcdserverpb.AuthRoleGetResponse.verify|verify} messages.
         * @param message AuthRoleGetResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleGetResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleGetResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleGetResponse & etcdserverpb.AuthRoleGetResponse.$Shape} AuthRoleGetResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleGetResponse & etcdserverpb.AuthRoleGetResponse.$Shape;
    }

    namespace AuthRoleGetResponse {

        /** Properties of an AuthRoleGetResponse. */
        interface $Properties {

            /** AuthRoleGetResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthRoleGetResponse perm */
            perm?: (authpb.Permission.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleGetResponse. */
        type $Shape = etcdserverpb.AuthRoleGetResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleListResponse.
     * @deprecated Use etcdserverpb.AuthRoleListResponse.$Properties instead.
     */
    interface IAuthRoleListResponse extends etcdserverpb.AuthRoleListResponse.$Properties {
    }

    /** Represents an AuthRoleListResponse. */
    class AuthRoleListResponse {

        /**
         * Constructs a new AuthRoleListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthRoleListResponse roles. */
        roles: string[];

        /**
         * Creates a new AuthRoleListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleListResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleListResponse.$Shape): etcdserverpb.AuthRoleListResponse & etcdserverpb.AuthRoleListResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleListResponse.$Properties): etcdserverpb.AuthRoleListResponse;

        /**
         * Encodes the specified AuthRoleListResponse message. Does not implicitly {@link etcdserverpb.AuthRoleListResponse.verify|verify} messages.
         * @param message AuthRoleListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleListResponse & etcdserverpb.AuthRoleListResponse.$Shape} AuthRoleListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleListResponse & etcdserverpb.AuthRoleListResponse.$Shape;
    }

    namespace AuthRoleListResponse {

        /** Properties of an AuthRoleListResponse. */
        interface $Properties {

            /** AuthRoleListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthRoleListResponse roles */
            roles?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleListResponse. */
        type $Shape = etcdserverpb.AuthRoleListResponse.$Properties;
    }

    /**
     * Properties of an AuthUserListResponse.
     * @deprecated Use etcdserverpb.AuthUserListResponse.$Properties instead.
     */
    interface IAuthUserListResponse extends etcdserverpb.AuthUserListResponse.$Properties {
    }

    /** Represents an AuthUserListResponse. */
    class AuthUserListResponse {

        /**
         * Constructs a new AuthUserListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthUserListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthUserListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** AuthUserListResponse users. */
        users: string[];

        /**
         * Creates a new AuthUserListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthUserListResponse instance
         */
        static create(properties: etcdserverpb.AuthUserListResponse.$Shape): etcdserverpb.AuthUserListResponse & etcdserverpb.AuthUserListResponse.$Shape;
        static create(properties?: etcdserverpb.AuthUserListResponse.$Properties): etcdserverpb.AuthUserListResponse;

        /**
         * Encodes the specified AuthUserListResponse message. Does not implicitly {@link etcdserverpb.AuthUserListResponse.verify|verify} messages.
         * @param message AuthUserListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthUserListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthUserListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthUserListResponse & etcdserverpb.AuthUserListResponse.$Shape} AuthUserListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthUserListResponse & etcdserverpb.AuthUserListResponse.$Shape;
    }

    namespace AuthUserListResponse {

        /** Properties of an AuthUserListResponse. */
        interface $Properties {

            /** AuthUserListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** AuthUserListResponse users */
            users?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthUserListResponse. */
        type $Shape = etcdserverpb.AuthUserListResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleDeleteResponse.
     * @deprecated Use etcdserverpb.AuthRoleDeleteResponse.$Properties instead.
     */
    interface IAuthRoleDeleteResponse extends etcdserverpb.AuthRoleDeleteResponse.$Properties {
    }

    /** Represents an AuthRoleDeleteResponse. */
    class AuthRoleDeleteResponse {

        /**
         * Constructs a new AuthRoleDeleteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleDeleteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleDeleteResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthRoleDeleteResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleDeleteResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleDeleteResponse.$Shape): etcdserverpb.AuthRoleDeleteResponse & etcdserverpb.AuthRoleDeleteResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleDeleteResponse.$Properties): etcdserverpb.AuthRoleDeleteResponse;

        /**
         * Encodes the specified AuthRoleDeleteResponse message. Does not implicitly {@link etcdserverpb.AuthRoleDeleteResponse.verify|verify} messages.
         * @param message AuthRoleDeleteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleDeleteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleDeleteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleDeleteResponse & etcdserverpb.AuthRoleDeleteResponse.$Shape} AuthRoleDeleteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleDeleteResponse & etcdserverpb.AuthRoleDeleteResponse.$Shape;
    }

    namespace AuthRoleDeleteResponse {

        /** Properties of an AuthRoleDeleteResponse. */
        interface $Properties {

            /** AuthRoleDeleteResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleDeleteResponse. */
        type $Shape = etcdserverpb.AuthRoleDeleteResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleGrantPermissionResponse.
     * @deprecated Use etcdserverpb.AuthRoleGrantPermissionResponse.$Properties instead.
     */
    interface IAuthRoleGrantPermissionResponse extends etcdserverpb.AuthRoleGrantPermissionResponse.$Properties {
    }

    /** Represents an AuthRoleGrantPermissionResponse. */
    class AuthRoleGrantPermissionResponse {

        /**
         * Constructs a new AuthRoleGrantPermissionResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleGrantPermissionResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleGrantPermissionResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthRoleGrantPermissionResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleGrantPermissionResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleGrantPermissionResponse.$Shape): etcdserverpb.AuthRoleGrantPermissionResponse & etcdserverpb.AuthRoleGrantPermissionResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleGrantPermissionResponse.$Properties): etcdserverpb.AuthRoleGrantPermissionResponse;

        /**
         * Encodes the specified AuthRoleGrantPermissionResponse message. Does not implicitly {@link etcdserverpb.AuthRoleGrantPermissionResponse.verify|verify} messages.
         * @param message AuthRoleGrantPermissionResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleGrantPermissionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleGrantPermissionResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleGrantPermissionResponse & etcdserverpb.AuthRoleGrantPermissionResponse.$Shape} AuthRoleGrantPermissionResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleGrantPermissionResponse & etcdserverpb.AuthRoleGrantPermissionResponse.$Shape;
    }

    namespace AuthRoleGrantPermissionResponse {

        /** Properties of an AuthRoleGrantPermissionResponse. */
        interface $Properties {

            /** AuthRoleGrantPermissionResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleGrantPermissionResponse. */
        type $Shape = etcdserverpb.AuthRoleGrantPermissionResponse.$Properties;
    }

    /**
     * Properties of an AuthRoleRevokePermissionResponse.
     * @deprecated Use etcdserverpb.AuthRoleRevokePermissionResponse.$Properties instead.
     */
    interface IAuthRoleRevokePermissionResponse extends etcdserverpb.AuthRoleRevokePermissionResponse.$Properties {
    }

    /** Represents an AuthRoleRevokePermissionResponse. */
    class AuthRoleRevokePermissionResponse {

        /**
         * Constructs a new AuthRoleRevokePermissionResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.AuthRoleRevokePermissionResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRoleRevokePermissionResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new AuthRoleRevokePermissionResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRoleRevokePermissionResponse instance
         */
        static create(properties: etcdserverpb.AuthRoleRevokePermissionResponse.$Shape): etcdserverpb.AuthRoleRevokePermissionResponse & etcdserverpb.AuthRoleRevokePermissionResponse.$Shape;
        static create(properties?: etcdserverpb.AuthRoleRevokePermissionResponse.$Properties): etcdserverpb.AuthRoleRevokePermissionResponse;

        /**
         * Encodes the specified AuthRoleRevokePermissionResponse message. Does not implicitly {@link etcdserverpb.AuthRoleRevokePermissionResponse.verify|verify} messages.
         * @param message AuthRoleRevokePermissionResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.AuthRoleRevokePermissionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRoleRevokePermissionResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.AuthRoleRevokePermissionResponse & etcdserverpb.AuthRoleRevokePermissionResponse.$Shape} AuthRoleRevokePermissionResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthRoleRevokePermissionResponse & etcdserverpb.AuthRoleRevokePermissionResponse.$Shape;
    }

    namespace AuthRoleRevokePermissionResponse {

        /** Properties of an AuthRoleRevokePermissionResponse. */
        interface $Properties {

            /** AuthRoleRevokePermissionResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRoleRevokePermissionResponse. */
        type $Shape = etcdserverpb.AuthRoleRevokePermissionResponse.$Properties;
    }

    /**
     * Properties of a RangeStreamResponse.
     * @deprecated Use etcdserverpb.RangeStreamResponse.$Properties instead.
     */
    interface IRangeStreamResponse extends etcdserverpb.RangeStreamResponse.$Properties {
    }

    /** Represents a RangeStreamResponse. */
    class RangeStreamResponse {

        /**
         * Constructs a new RangeStreamResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: etcdserverpb.RangeStreamResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RangeStreamResponse rangeResponse. */
        rangeResponse?: (etcdserverpb.RangeResponse.$Properties|null);

        /**
         * Creates a new RangeStreamResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RangeStreamResponse instance
         */
        static create(properties: etcdserverpb.RangeStreamResponse.$Shape): etcdserverpb.RangeStreamResponse & etcdserverpb.RangeStreamResponse.$Shape;
        static create(properties?: etcdserverpb.RangeStreamResponse.$Properties): etcdserverpb.RangeStreamResponse;

        /**
         * Encodes the specified RangeStreamResponse message. Does not implicitly {@link etcdserverpb.RangeStreamResponse.verify|verify} messages.
         * @param message RangeStreamResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: etcdserverpb.RangeStreamResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RangeStreamResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {etcdserverpb.RangeStreamResponse & etcdserverpb.RangeStreamResponse.$Shape} RangeStreamResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RangeStreamResponse & etcdserverpb.RangeStreamResponse.$Shape;
    }

    namespace RangeStreamResponse {

        /** Properties of a RangeStreamResponse. */
        interface $Properties {

            /** RangeStreamResponse rangeResponse */
            rangeResponse?: (etcdserverpb.RangeResponse.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RangeStreamResponse. */
        type $Shape = etcdserverpb.RangeStreamResponse.$Properties;
    }
}

/** Namespace raftkvpb. */
export namespace raftkvpb {

    /**
     * Properties of a FeedAck.
     * @deprecated Use raftkvpb.FeedAck.$Properties instead.
     */
    interface IFeedAck extends raftkvpb.FeedAck.$Properties {
    }

    /** Represents a FeedAck. */
    class FeedAck {

        /**
         * Constructs a new FeedAck.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedAck.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedAck feed. */
        feed: string;

        /** FeedAck partition. */
        partition: number;

        /** FeedAck epoch. */
        epoch: (number|Long);

        /** FeedAck revision. */
        revision: (number|Long);

        /** FeedAck after. */
        after: (number|Long);

        /**
         * Creates a new FeedAck instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedAck instance
         */
        static create(properties: raftkvpb.FeedAck.$Shape): raftkvpb.FeedAck & raftkvpb.FeedAck.$Shape;
        static create(properties?: raftkvpb.FeedAck.$Properties): raftkvpb.FeedAck;

        /**
         * Encodes the specified FeedAck message. Does not implicitly {@link raftkvpb.FeedAck.verify|verify} messages.
         * @param message FeedAck message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedAck message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedAck & raftkvpb.FeedAck.$Shape} FeedAck
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedAck & raftkvpb.FeedAck.$Shape;
    }

    namespace FeedAck {

        /** Properties of a FeedAck. */
        interface $Properties {

            /** FeedAck feed */
            feed?: (string|null);

            /** FeedAck partition */
            partition?: (number|null);

            /** FeedAck epoch */
            epoch?: (number|Long|null);

            /** FeedAck revision */
            revision?: (number|Long|null);

            /** FeedAck after */
            after?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedAck. */
        type $Shape = raftkvpb.FeedAck.$Properties;
    }

    /**
     * Properties of a HotKey.
     * @deprecated Use raftkvpb.HotKey.$Properties instead.
     */
    interface IHotKey extends raftkvpb.HotKey.$Properties {
    }

    /** Represents a HotKey. */
    class HotKey {

        /**
         * Constructs a new HotKey.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.HotKey.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HotKey key. */
        key: Uint8Array;

        /** HotKey keyBytes. */
        keyBytes: (number|Long);

        /** HotKey rangeEnd. */
        rangeEnd: Uint8Array;

        /** HotKey rangeEndBytes. */
        rangeEndBytes: (number|Long);

        /** HotKey rateMilli. */
        rateMilli: (number|Long);

        /** HotKey errorMilli. */
        errorMilli: (number|Long);

        /**
         * Creates a new HotKey instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HotKey instance
         */
        static create(properties: raftkvpb.HotKey.$Shape): raftkvpb.HotKey & raftkvpb.HotKey.$Shape;
        static create(properties?: raftkvpb.HotKey.$Properties): raftkvpb.HotKey;

        /**
         * Encodes the specified HotKey message. Does not implicitly {@link raftkvpb.HotKey.verify|verify} messages.
         * @param message HotKey message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.HotKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HotKey message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.HotKey & raftkvpb.HotKey.$Shape} HotKey
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.HotKey & raftkvpb.HotKey.$Shape;
    }

    namespace HotKey {

        /** Properties of a HotKey. */
        interface $Properties {

            /** HotKey key */
            key?: (Uint8Array|null);

            /** HotKey keyBytes */
            keyBytes?: (number|Long|null);

            /** HotKey rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** HotKey rangeEndBytes */
            rangeEndBytes?: (number|Long|null);

            /** HotKey rateMilli */
            rateMilli?: (number|Long|null);

            /** HotKey errorMilli */
            errorMilli?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HotKey. */
        type $Shape = raftkvpb.HotKey.$Properties;
    }

    /**
     * Properties of a HotKeys.
     * @deprecated Use raftkvpb.HotKeys.$Properties instead.
     */
    interface IHotKeys extends raftkvpb.HotKeys.$Properties {
    }

    /** Represents a HotKeys. */
    class HotKeys {

        /**
         * Constructs a new HotKeys.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.HotKeys.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HotKeys keys. */
        keys: raftkvpb.HotKey.$Properties[];

        /** HotKeys totalMilli. */
        totalMilli: (number|Long);

        /**
         * Creates a new HotKeys instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HotKeys instance
         */
        static create(properties: raftkvpb.HotKeys.$Shape): raftkvpb.HotKeys & raftkvpb.HotKeys.$Shape;
        static create(properties?: raftkvpb.HotKeys.$Properties): raftkvpb.HotKeys;

        /**
         * Encodes the specified HotKeys message. Does not implicitly {@link raftkvpb.HotKeys.verify|verify} messages.
         * @param message HotKeys message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.HotKeys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HotKeys message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.HotKeys & raftkvpb.HotKeys.$Shape} HotKeys
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.HotKeys & raftkvpb.HotKeys.$Shape;
    }

    namespace HotKeys {

        /** Properties of a HotKeys. */
        interface $Properties {

            /** HotKeys keys */
            keys?: (raftkvpb.HotKey.$Properties[]|null);

            /** HotKeys totalMilli */
            totalMilli?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HotKeys. */
        type $Shape = raftkvpb.HotKeys.$Properties;
    }

    /**
     * Properties of an IndexValue.
     * @deprecated Use raftkvpb.IndexValue.$Properties instead.
     */
    interface IIndexValue extends raftkvpb.IndexValue.$Properties {
    }

    /** Represents an IndexValue. */
    class IndexValue {

        /**
         * Constructs a new IndexValue.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexValue.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexValue stringValue. */
        stringValue?: (string|null);

        /** IndexValue numberValue. */
        numberValue?: (number|null);

        /** IndexValue booleanValue. */
        booleanValue?: (boolean|null);

        /** IndexValue bytesValue. */
        bytesValue?: (Uint8Array|null);

        /** IndexValue value. */
        value?: ("stringValue"|"numberValue"|"booleanValue"|"bytesValue");

        /**
         * Creates a new IndexValue instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexValue instance
         */
        static create(properties: raftkvpb.IndexValue.$Shape): raftkvpb.IndexValue & raftkvpb.IndexValue.$Shape;
        static create(properties?: raftkvpb.IndexValue.$Properties): raftkvpb.IndexValue;

        /**
         * Encodes the specified IndexValue message. Does not implicitly {@link raftkvpb.IndexValue.verify|verify} messages.
         * @param message IndexValue message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexValue message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexValue & raftkvpb.IndexValue.$Shape} IndexValue
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexValue & raftkvpb.IndexValue.$Shape;
    }

    namespace IndexValue {

        /** Properties of an IndexValue. */
        interface $Properties {

            /** IndexValue stringValue */
            stringValue?: (string|null);

            /** IndexValue numberValue */
            numberValue?: (number|null);

            /** IndexValue booleanValue */
            booleanValue?: (boolean|null);

            /** IndexValue bytesValue */
            bytesValue?: (Uint8Array|null);

            /** IndexValue value */
            value?: ("stringValue"|"numberValue"|"booleanValue"|"bytesValue");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an IndexValue. */
        type $Shape = {
          stringValue?: string|null;
          numberValue?: number|null;
          booleanValue?: boolean|null;
          bytesValue?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; stringValue?: null; numberValue?: null; booleanValue?: null; bytesValue?: null }|{ value?: "stringValue"; stringValue: string; numberValue?: null; booleanValue?: null; bytesValue?: null }|{ value?: "numberValue"; stringValue?: null; numberValue: number; booleanValue?: null; bytesValue?: null }|{ value?: "booleanValue"; stringValue?: null; numberValue?: null; booleanValue: boolean; bytesValue?: null }|{ value?: "bytesValue"; stringValue?: null; numberValue?: null; booleanValue?: null; bytesValue: Uint8Array })
        );
    }

    /**
     * Properties of an IndexCompare.
     * @deprecated Use raftkvpb.IndexCompare.$Properties instead.
     */
    interface IIndexCompare extends raftkvpb.IndexCompare.$Properties {
    }

    /** Represents an IndexCompare. */
    class IndexCompare {

        /**
         * Constructs a new IndexCompare.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexCompare.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexCompare index. */
        index: string;

        /** IndexCompare value. */
        value?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexCompare key. */
        key: Uint8Array;

        /** IndexCompare absent. */
        absent: boolean;

        /**
         * Creates a new IndexCompare instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexCompare instance
         */
        static create(properties: raftkvpb.IndexCompare.$Shape): raftkvpb.IndexCompare & raftkvpb.IndexCompare.$Shape;
        static create(properties?: raftkvpb.IndexCompare.$Properties): raftkvpb.IndexCompare;

        /**
         * Encodes the specified IndexCompare message. Does not implicitly {@link raftkvpb.IndexCompare.verify|verify} messages.
         * @param message IndexCompare message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexCompare.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexCompare message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexCompare & raftkvpb.IndexCompare.$Shape} IndexCompare
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexCompare & raftkvpb.IndexCompare.$Shape;
    }

    namespace IndexCompare {

        /** Properties of an IndexCompare. */
        interface $Properties {

            /** IndexCompare index */
            index?: (string|null);

            /** IndexCompare value */
            value?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexCompare key */
            key?: (Uint8Array|null);

            /** IndexCompare absent */
            absent?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexCompare. */
        type $Shape = {
          index?: string|null;
          value?: raftkvpb.IndexValue.$Shape|null;
          key?: Uint8Array|null;
          absent?: boolean|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a SessionCall.
     * @deprecated Use raftkvpb.SessionCall.$Properties instead.
     */
    interface ISessionCall extends raftkvpb.SessionCall.$Properties {
    }

    /** Represents a SessionCall. */
    class SessionCall {

        /**
         * Constructs a new SessionCall.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionCall.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionCall session. */
        session: (number|Long);

        /** SessionCall sequence. */
        sequence: (number|Long);

        /** SessionCall acknowledged. */
        acknowledged: (number|Long);

        /**
         * Creates a new SessionCall instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionCall instance
         */
        static create(properties: raftkvpb.SessionCall.$Shape): raftkvpb.SessionCall & raftkvpb.SessionCall.$Shape;
        static create(properties?: raftkvpb.SessionCall.$Properties): raftkvpb.SessionCall;

        /**
         * Encodes the specified SessionCall message. Does not implicitly {@link raftkvpb.SessionCall.verify|verify} messages.
         * @param message SessionCall message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionCall.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionCall message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionCall & raftkvpb.SessionCall.$Shape} SessionCall
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionCall & raftkvpb.SessionCall.$Shape;
    }

    namespace SessionCall {

        /** Properties of a SessionCall. */
        interface $Properties {

            /** SessionCall session */
            session?: (number|Long|null);

            /** SessionCall sequence */
            sequence?: (number|Long|null);

            /** SessionCall acknowledged */
            acknowledged?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionCall. */
        type $Shape = raftkvpb.SessionCall.$Properties;
    }

    /** Represents a Session */
    class Session extends $protobuf.rpc.Service {

        /**
         * Constructs a new Session service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Session service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Session;

        /** Calls Open. */
        open: raftkvpb.Session.Open;

        /** Calls KeepAlive. */
        keepAlive: raftkvpb.Session.KeepAlive;

        /** Calls Close. */
        close: raftkvpb.Session.Close;

        /** Calls List. */
        list: raftkvpb.Session.List;
    }

    namespace Session {

        /**
         * Callback as used by {@link raftkvpb.Session#open}.
         * @param error Error, if any
         * @param [response] SessionOpenResponse
         */
        type OpenCallback = (error: (Error|null), response?: raftkvpb.SessionOpenResponse) => void;

        /** Calls Open. */
        type Open = {
          (request: raftkvpb.ISessionOpenRequest, callback: raftkvpb.Session.OpenCallback): void;
          (request: raftkvpb.ISessionOpenRequest): Promise<raftkvpb.SessionOpenResponse>;
          readonly name: "Open";
          readonly path: "/raftkvpb.Session/Open";
          readonly requestType: "SessionOpenRequest";
          readonly responseType: "SessionOpenResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Session#keepAlive}.
         * @param error Error, if any
         * @param [response] SessionKeepAliveResponse
         */
        type KeepAliveCallback = (error: (Error|null), response?: raftkvpb.SessionKeepAliveResponse) => void;

        /** Calls KeepAlive. */
        type KeepAlive = {
          (request: raftkvpb.ISessionKeepAliveRequest, callback: raftkvpb.Session.KeepAliveCallback): void;
          (request: raftkvpb.ISessionKeepAliveRequest): Promise<raftkvpb.SessionKeepAliveResponse>;
          readonly name: "KeepAlive";
          readonly path: "/raftkvpb.Session/KeepAlive";
          readonly requestType: "SessionKeepAliveRequest";
          readonly responseType: "SessionKeepAliveResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Session#close}.
         * @param error Error, if any
         * @param [response] SessionCloseResponse
         */
        type CloseCallback = (error: (Error|null), response?: raftkvpb.SessionCloseResponse) => void;

        /** Calls Close. */
        type Close = {
          (request: raftkvpb.ISessionCloseRequest, callback: raftkvpb.Session.CloseCallback): void;
          (request: raftkvpb.ISessionCloseRequest): Promise<raftkvpb.SessionCloseResponse>;
          readonly name: "Close";
          readonly path: "/raftkvpb.Session/Close";
          readonly requestType: "SessionCloseRequest";
          readonly responseType: "SessionCloseResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Session#list}.
         * @param error Error, if any
         * @param [response] SessionListResponse
         */
        type ListCallback = (error: (Error|null), response?: raftkvpb.SessionListResponse) => void;

        /** Calls List. */
        type List = {
          (request: raftkvpb.ISessionListRequest, callback: raftkvpb.Session.ListCallback): void;
          (request: raftkvpb.ISessionListRequest): Promise<raftkvpb.SessionListResponse>;
          readonly name: "List";
          readonly path: "/raftkvpb.Session/List";
          readonly requestType: "SessionListRequest";
          readonly responseType: "SessionListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a SessionOpenRequest.
     * @deprecated Use raftkvpb.SessionOpenRequest.$Properties instead.
     */
    interface ISessionOpenRequest extends raftkvpb.SessionOpenRequest.$Properties {
    }

    /** Represents a SessionOpenRequest. */
    class SessionOpenRequest {

        /**
         * Constructs a new SessionOpenRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionOpenRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionOpenRequest ttlSeconds. */
        ttlSeconds: (number|Long);

        /**
         * Creates a new SessionOpenRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionOpenRequest instance
         */
        static create(properties: raftkvpb.SessionOpenRequest.$Shape): raftkvpb.SessionOpenRequest & raftkvpb.SessionOpenRequest.$Shape;
        static create(properties?: raftkvpb.SessionOpenRequest.$Properties): raftkvpb.SessionOpenRequest;

        /**
         * Encodes the specified SessionOpenRequest message. Does not implicitly {@link raftkvpb.SessionOpenRequest.verify|verify} messages.
         * @param message SessionOpenRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionOpenRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionOpenRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionOpenRequest & raftkvpb.SessionOpenRequest.$Shape} SessionOpenRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionOpenRequest & raftkvpb.SessionOpenRequest.$Shape;
    }

    namespace SessionOpenRequest {

        /** Properties of a SessionOpenRequest. */
        interface $Properties {

            /** SessionOpenRequest ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionOpenRequest. */
        type $Shape = raftkvpb.SessionOpenRequest.$Properties;
    }

    /**
     * Properties of a SessionOpenResponse.
     * @deprecated Use raftkvpb.SessionOpenResponse.$Properties instead.
     */
    interface ISessionOpenResponse extends raftkvpb.SessionOpenResponse.$Properties {
    }

    /** Represents a SessionOpenResponse. */
    class SessionOpenResponse {

        /**
         * Constructs a new SessionOpenResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionOpenResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionOpenResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** SessionOpenResponse session. */
        session: (number|Long);

        /** SessionOpenResponse ttlSeconds. */
        ttlSeconds: (number|Long);

        /** SessionOpenResponse window. */
        window: (number|Long);

        /**
         * Creates a new SessionOpenResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionOpenResponse instance
         */
        static create(properties: raftkvpb.SessionOpenResponse.$Shape): raftkvpb.SessionOpenResponse & raftkvpb.SessionOpenResponse.$Shape;
        static create(properties?: raftkvpb.SessionOpenResponse.$Properties): raftkvpb.SessionOpenResponse;

        /**
         * Encodes the specified SessionOpenResponse message. Does not implicitly {@link raftkvpb.SessionOpenResponse.verify|verify} messages.
         * @param message SessionOpenResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionOpenResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionOpenResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionOpenResponse & raftkvpb.SessionOpenResponse.$Shape} SessionOpenResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionOpenResponse & raftkvpb.SessionOpenResponse.$Shape;
    }

    namespace SessionOpenResponse {

        /** Properties of a SessionOpenResponse. */
        interface $Properties {

            /** SessionOpenResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** SessionOpenResponse session */
            session?: (number|Long|null);

            /** SessionOpenResponse ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** SessionOpenResponse window */
            window?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionOpenResponse. */
        type $Shape = raftkvpb.SessionOpenResponse.$Properties;
    }

    /**
     * Properties of a SessionKeepAliveRequest.
     * @deprecated Use raftkvpb.SessionKeepAliveRequest.$Properties instead.
     */
    interface ISessionKeepAliveRequest extends raftkvpb.SessionKeepAliveRequest.$Properties {
    }

    /** Represents a SessionKeepAliveRequest. */
    class SessionKeepAliveRequest {

        /**
         * Constructs a new SessionKeepAliveRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionKeepAliveRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionKeepAliveRequest session. */
        session: (number|Long);

        /**
         * Creates a new SessionKeepAliveRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionKeepAliveRequest instance
         */
        static create(properties: raftkvpb.SessionKeepAliveRequest.$Shape): raftkvpb.SessionKeepAliveRequest & raftkvpb.SessionKeepAliveRequest.$Shape;
        static create(properties?: raftkvpb.SessionKeepAliveRequest.$Properties): raftkvpb.SessionKeepAliveRequest;

        /**
         * Encodes the specified SessionKeepAliveRequest message. Does not implicitly {@link raftkvpb.SessionKeepAliveRequest.verify|verify} messages.
         * @param message SessionKeepAliveRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionKeepAliveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionKeepAliveRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionKeepAliveRequest & raftkvpb.SessionKeepAliveRequest.$Shape} SessionKeepAliveRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionKeepAliveRequest & raftkvpb.SessionKeepAliveRequest.$Shape;
    }

    namespace SessionKeepAliveRequest {

        /** Properties of a SessionKeepAliveRequest. */
        interface $Properties {

            /** SessionKeepAliveRequest session */
            session?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionKeepAliveRequest. */
        type $Shape = raftkvpb.SessionKeepAliveRequest.$Properties;
    }

    /**
     * Properties of a SessionKeepAliveResponse.
     * @deprecated Use raftkvpb.SessionKeepAliveResponse.$Properties instead.
     */
    interface ISessionKeepAliveResponse extends raftkvpb.SessionKeepAliveResponse.$Properties {
    }

    /** Represents a SessionKeepAliveResponse. */
    class SessionKeepAliveResponse {

        /**
         * Constructs a new SessionKeepAliveResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionKeepAliveResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionKeepAliveResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** SessionKeepAliveResponse ttlSeconds. */
        ttlSeconds: (number|Long);

        /**
         * Creates a new SessionKeepAliveResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionKeepAliveResponse instance
         */
        static create(properties: raftkvpb.SessionKeepAliveResponse.$Shape): raftkvpb.SessionKeepAliveResponse & raftkvpb.SessionKeepAliveResponse.$Shape;
        static create(properties?: raftkvpb.SessionKeepAliveResponse.$Properties): raftkvpb.SessionKeepAliveResponse;

        /**
         * Encodes the specified SessionKeepAliveResponse message. Does not implicitly {@link raftkvpb.SessionKeepAliveResponse.verify|verify} messages.
         * @param message SessionKeepAliveResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionKeepAliveResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionKeepAliveResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionKeepAliveResponse & raftkvpb.SessionKeepAliveResponse.$Shape} SessionKeepAliveResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionKeepAliveResponse & raftkvpb.SessionKeepAliveResponse.$Shape;
    }

    namespace SessionKeepAliveResponse {

        /** Properties of a SessionKeepAliveResponse. */
        interface $Properties {

            /** SessionKeepAliveResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** SessionKeepAliveResponse ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionKeepAliveResponse. */
        type $Shape = raftkvpb.SessionKeepAliveResponse.$Properties;
    }

    /**
     * Properties of a SessionCloseRequest.
     * @deprecated Use raftkvpb.SessionCloseRequest.$Properties instead.
     */
    interface ISessionCloseRequest extends raftkvpb.SessionCloseRequest.$Properties {
    }

    /** Represents a SessionCloseRequest. */
    class SessionCloseRequest {

        /**
         * Constructs a new SessionCloseRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionCloseRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionCloseRequest session. */
        session: (number|Long);

        /**
         * Creates a new SessionCloseRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionCloseRequest instance
         */
        static create(properties: raftkvpb.SessionCloseRequest.$Shape): raftkvpb.SessionCloseRequest & raftkvpb.SessionCloseRequest.$Shape;
        static create(properties?: raftkvpb.SessionCloseRequest.$Properties): raftkvpb.SessionCloseRequest;

        /**
         * Encodes the specified SessionCloseRequest message. Does not implicitly {@link raftkvpb.SessionCloseRequest.verify|verify} messages.
         * @param message SessionCloseRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionCloseRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionCloseRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionCloseRequest & raftkvpb.SessionCloseRequest.$Shape} SessionCloseRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionCloseRequest & raftkvpb.SessionCloseRequest.$Shape;
    }

    namespace SessionCloseRequest {

        /** Properties of a SessionCloseRequest. */
        interface $Properties {

            /** SessionCloseRequest session */
            session?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionCloseRequest. */
        type $Shape = raftkvpb.SessionCloseRequest.$Properties;
    }

    /**
     * Properties of a SessionCloseResponse.
     * @deprecated Use raftkvpb.SessionCloseResponse.$Properties instead.
     */
    interface ISessionCloseResponse extends raftkvpb.SessionCloseResponse.$Properties {
    }

    /** Represents a SessionCloseResponse. */
    class SessionCloseResponse {

        /**
         * Constructs a new SessionCloseResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionCloseResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionCloseResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new SessionCloseResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionCloseResponse instance
         */
        static create(properties: raftkvpb.SessionCloseResponse.$Shape): raftkvpb.SessionCloseResponse & raftkvpb.SessionCloseResponse.$Shape;
        static create(properties?: raftkvpb.SessionCloseResponse.$Properties): raftkvpb.SessionCloseResponse;

        /**
         * Encodes the specified SessionCloseResponse message. Does not implicitly {@link raftkvpb.SessionCloseResponse.verify|verify} messages.
         * @param message SessionCloseResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionCloseResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionCloseResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionCloseResponse & raftkvpb.SessionCloseResponse.$Shape} SessionCloseResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionCloseResponse & raftkvpb.SessionCloseResponse.$Shape;
    }

    namespace SessionCloseResponse {

        /** Properties of a SessionCloseResponse. */
        interface $Properties {

            /** SessionCloseResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionCloseResponse. */
        type $Shape = raftkvpb.SessionCloseResponse.$Properties;
    }

    /**
     * Properties of a SessionListRequest.
     * @deprecated Use raftkvpb.SessionListRequest.$Properties instead.
     */
    interface ISessionListRequest extends raftkvpb.SessionListRequest.$Properties {
    }

    /** Represents a SessionListRequest. */
    class SessionListRequest {

        /**
         * Constructs a new SessionListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionListRequest session. */
        session: (number|Long);

        /**
         * Creates a new SessionListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionListRequest instance
         */
        static create(properties: raftkvpb.SessionListRequest.$Shape): raftkvpb.SessionListRequest & raftkvpb.SessionListRequest.$Shape;
        static create(properties?: raftkvpb.SessionListRequest.$Properties): raftkvpb.SessionListRequest;

        /**
         * Encodes the specified SessionListRequest message. Does not implicitly {@link raftkvpb.SessionListRequest.verify|verify} messages.
         * @param message SessionListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionListRequest & raftkvpb.SessionListRequest.$Shape} SessionListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionListRequest & raftkvpb.SessionListRequest.$Shape;
    }

    namespace SessionListRequest {

        /** Properties of a SessionListRequest. */
        interface $Properties {

            /** SessionListRequest session */
            session?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionListRequest. */
        type $Shape = raftkvpb.SessionListRequest.$Properties;
    }

    /**
     * Properties of a SessionListResponse.
     * @deprecated Use raftkvpb.SessionListResponse.$Properties instead.
     */
    interface ISessionListResponse extends raftkvpb.SessionListResponse.$Properties {
    }

    /** Represents a SessionListResponse. */
    class SessionListResponse {

        /**
         * Constructs a new SessionListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** SessionListResponse sessions. */
        sessions: raftkvpb.SessionStatus.$Properties[];

        /** SessionListResponse total. */
        total: (number|Long);

        /**
         * Creates a new SessionListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionListResponse instance
         */
        static create(properties: raftkvpb.SessionListResponse.$Shape): raftkvpb.SessionListResponse & raftkvpb.SessionListResponse.$Shape;
        static create(properties?: raftkvpb.SessionListResponse.$Properties): raftkvpb.SessionListResponse;

        /**
         * Encodes the specified SessionListResponse message. Does not implicitly {@link raftkvpb.SessionListResponse.verify|verify} messages.
         * @param message SessionListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionListResponse & raftkvpb.SessionListResponse.$Shape} SessionListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionListResponse & raftkvpb.SessionListResponse.$Shape;
    }

    namespace SessionListResponse {

        /** Properties of a SessionListResponse. */
        interface $Properties {

            /** SessionListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** SessionListResponse sessions */
            sessions?: (raftkvpb.SessionStatus.$Properties[]|null);

            /** SessionListResponse total */
            total?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionListResponse. */
        type $Shape = raftkvpb.SessionListResponse.$Properties;
    }

    /**
     * Properties of a SessionStatus.
     * @deprecated Use raftkvpb.SessionStatus.$Properties instead.
     */
    interface ISessionStatus extends raftkvpb.SessionStatus.$Properties {
    }

    /** Represents a SessionStatus. */
    class SessionStatus {

        /**
         * Constructs a new SessionStatus.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.SessionStatus.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionStatus session. */
        session: (number|Long);

        /** SessionStatus user. */
        user: string;

        /** SessionStatus ttlSeconds. */
        ttlSeconds: (number|Long);

        /** SessionStatus openedIndex. */
        openedIndex: (number|Long);

        /** SessionStatus lastIndex. */
        lastIndex: (number|Long);

        /** SessionStatus acknowledged. */
        acknowledged: (number|Long);

        /** SessionStatus openSequences. */
        openSequences: (number|Long);

        /** SessionStatus resultBytes. */
        resultBytes: (number|Long);

        /**
         * Creates a new SessionStatus instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionStatus instance
         */
        static create(properties: raftkvpb.SessionStatus.$Shape): raftkvpb.SessionStatus & raftkvpb.SessionStatus.$Shape;
        static create(properties?: raftkvpb.SessionStatus.$Properties): raftkvpb.SessionStatus;

        /**
         * Encodes the specified SessionStatus message. Does not implicitly {@link raftkvpb.SessionStatus.verify|verify} messages.
         * @param message SessionStatus message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.SessionStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionStatus message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.SessionStatus & raftkvpb.SessionStatus.$Shape} SessionStatus
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.SessionStatus & raftkvpb.SessionStatus.$Shape;
    }

    namespace SessionStatus {

        /** Properties of a SessionStatus. */
        interface $Properties {

            /** SessionStatus session */
            session?: (number|Long|null);

            /** SessionStatus user */
            user?: (string|null);

            /** SessionStatus ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** SessionStatus openedIndex */
            openedIndex?: (number|Long|null);

            /** SessionStatus lastIndex */
            lastIndex?: (number|Long|null);

            /** SessionStatus acknowledged */
            acknowledged?: (number|Long|null);

            /** SessionStatus openSequences */
            openSequences?: (number|Long|null);

            /** SessionStatus resultBytes */
            resultBytes?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionStatus. */
        type $Shape = raftkvpb.SessionStatus.$Properties;
    }

    /** Represents a Feed */
    class Feed extends $protobuf.rpc.Service {

        /**
         * Constructs a new Feed service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Feed service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Feed;

        /** Calls Create. */
        create: raftkvpb.Feed.Create;

        /** Calls Delete. */
        delete: raftkvpb.Feed.Delete;

        /** Calls Reset. */
        reset: raftkvpb.Feed.Reset;

        /** Calls List. */
        list: raftkvpb.Feed.List;

        /** Calls Subscribe. */
        subscribe: raftkvpb.Feed.Subscribe;

        /** Calls Ack. */
        ack: raftkvpb.Feed.Ack;
    }

    namespace Feed {

        /**
         * Callback as used by {@link raftkvpb.Feed#create}.
         * @param error Error, if any
         * @param [response] FeedCreateResponse
         */
        type CreateCallback = (error: (Error|null), response?: raftkvpb.FeedCreateResponse) => void;

        /** Calls Create. */
        type Create = {
          (request: raftkvpb.IFeedCreateRequest, callback: raftkvpb.Feed.CreateCallback): void;
          (request: raftkvpb.IFeedCreateRequest): Promise<raftkvpb.FeedCreateResponse>;
          readonly name: "Create";
          readonly path: "/raftkvpb.Feed/Create";
          readonly requestType: "FeedCreateRequest";
          readonly responseType: "FeedCreateResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Feed#delete_}.
         * @param error Error, if any
         * @param [response] FeedDeleteResponse
         */
        type DeleteCallback = (error: (Error|null), response?: raftkvpb.FeedDeleteResponse) => void;

        /** Calls Delete. */
        type Delete = {
          (request: raftkvpb.IFeedDeleteRequest, callback: raftkvpb.Feed.DeleteCallback): void;
          (request: raftkvpb.IFeedDeleteRequest): Promise<raftkvpb.FeedDeleteResponse>;
          readonly name: "Delete";
          readonly path: "/raftkvpb.Feed/Delete";
          readonly requestType: "FeedDeleteRequest";
          readonly responseType: "FeedDeleteResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Feed#reset}.
         * @param error Error, if any
         * @param [response] FeedResetResponse
         */
        type ResetCallback = (error: (Error|null), response?: raftkvpb.FeedResetResponse) => void;

        /** Calls Reset. */
        type Reset = {
          (request: raftkvpb.IFeedResetRequest, callback: raftkvpb.Feed.ResetCallback): void;
          (request: raftkvpb.IFeedResetRequest): Promise<raftkvpb.FeedResetResponse>;
          readonly name: "Reset";
          readonly path: "/raftkvpb.Feed/Reset";
          readonly requestType: "FeedResetRequest";
          readonly responseType: "FeedResetResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Feed#list}.
         * @param error Error, if any
         * @param [response] FeedListResponse
         */
        type ListCallback = (error: (Error|null), response?: raftkvpb.FeedListResponse) => void;

        /** Calls List. */
        type List = {
          (request: raftkvpb.IFeedListRequest, callback: raftkvpb.Feed.ListCallback): void;
          (request: raftkvpb.IFeedListRequest): Promise<raftkvpb.FeedListResponse>;
          readonly name: "List";
          readonly path: "/raftkvpb.Feed/List";
          readonly requestType: "FeedListRequest";
          readonly responseType: "FeedListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Feed#subscribe}.
         * @param error Error, if any
         * @param [response] FeedSubscribeResponse
         */
        type SubscribeCallback = (error: (Error|null), response?: raftkvpb.FeedSubscribeResponse) => void;

        /** Calls Subscribe. */
        type Subscribe = {
          (request: raftkvpb.IFeedSubscribeRequest, callback: raftkvpb.Feed.SubscribeCallback): void;
          (request: raftkvpb.IFeedSubscribeRequest): Promise<raftkvpb.FeedSubscribeResponse>;
          readonly name: "Subscribe";
          readonly path: "/raftkvpb.Feed/Subscribe";
          readonly requestType: "FeedSubscribeRequest";
          readonly responseType: "FeedSubscribeResponse";
          readonly requestStream: undefined;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link raftkvpb.Feed#ack}.
         * @param error Error, if any
         * @param [response] FeedAckResponse
         */
        type AckCallback = (error: (Error|null), response?: raftkvpb.FeedAckResponse) => void;

        /** Calls Ack. */
        type Ack = {
          (request: raftkvpb.IFeedAckRequest, callback: raftkvpb.Feed.AckCallback): void;
          (request: raftkvpb.IFeedAckRequest): Promise<raftkvpb.FeedAckResponse>;
          readonly name: "Ack";
          readonly path: "/raftkvpb.Feed/Ack";
          readonly requestType: "FeedAckRequest";
          readonly responseType: "FeedAckResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a FeedCreateRequest.
     * @deprecated Use raftkvpb.FeedCreateRequest.$Properties instead.
     */
    interface IFeedCreateRequest extends raftkvpb.FeedCreateRequest.$Properties {
    }

    /** Represents a FeedCreateRequest. */
    class FeedCreateRequest {

        /**
         * Constructs a new FeedCreateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedCreateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedCreateRequest name. */
        name: string;

        /** FeedCreateRequest key. */
        key: Uint8Array;

        /** FeedCreateRequest rangeEnd. */
        rangeEnd: Uint8Array;

        /** FeedCreateRequest noPuts. */
        noPuts: boolean;

        /** FeedCreateRequest noDeletes. */
        noDeletes: boolean;

        /** FeedCreateRequest prevKv. */
        prevKv: boolean;

        /** FeedCreateRequest startRevision. */
        startRevision: (number|Long);

        /** FeedCreateRequest partitions. */
        partitions: number;

        /** FeedCreateRequest retainRevisions. */
        retainRevisions: (number|Long);

        /**
         * Creates a new FeedCreateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedCreateRequest instance
         */
        static create(properties: raftkvpb.FeedCreateRequest.$Shape): raftkvpb.FeedCreateRequest & raftkvpb.FeedCreateRequest.$Shape;
        static create(properties?: raftkvpb.FeedCreateRequest.$Properties): raftkvpb.FeedCreateRequest;

        /**
         * Encodes the specified FeedCreateRequest message. Does not implicitly {@link raftkvpb.FeedCreateRequest.verify|verify} messages.
         * @param message FeedCreateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedCreateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedCreateRequest & raftkvpb.FeedCreateRequest.$Shape} FeedCreateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedCreateRequest & raftkvpb.FeedCreateRequest.$Shape;
    }

    namespace FeedCreateRequest {

        /** Properties of a FeedCreateRequest. */
        interface $Properties {

            /** FeedCreateRequest name */
            name?: (string|null);

            /** FeedCreateRequest key */
            key?: (Uint8Array|null);

            /** FeedCreateRequest rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** FeedCreateRequest noPuts */
            noPuts?: (boolean|null);

            /** FeedCreateRequest noDeletes */
            noDeletes?: (boolean|null);

            /** FeedCreateRequest prevKv */
            prevKv?: (boolean|null);

            /** FeedCreateRequest startRevision */
            startRevision?: (number|Long|null);

            /** FeedCreateRequest partitions */
            partitions?: (number|null);

            /** FeedCreateRequest retainRevisions */
            retainRevisions?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedCreateRequest. */
        type $Shape = raftkvpb.FeedCreateRequest.$Properties;
    }

    /**
     * Properties of a FeedCreateResponse.
     * @deprecated Use raftkvpb.FeedCreateResponse.$Properties instead.
     */
    interface IFeedCreateResponse extends raftkvpb.FeedCreateResponse.$Properties {
    }

    /** Represents a FeedCreateResponse. */
    class FeedCreateResponse {

        /**
         * Constructs a new FeedCreateResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedCreateResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedCreateResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** FeedCreateResponse feed. */
        feed?: (raftkvpb.FeedStatus.$Properties|null);

        /**
         * Creates a new FeedCreateResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedCreateResponse instance
         */
        static create(properties: raftkvpb.FeedCreateResponse.$Shape): raftkvpb.FeedCreateResponse & raftkvpb.FeedCreateResponse.$Shape;
        static create(properties?: raftkvpb.FeedCreateResponse.$Properties): raftkvpb.FeedCreateResponse;

        /**
         * Encodes the specified FeedCreateResponse message. Does not implicitly {@link raftkvpb.FeedCreateResponse.verify|verify} messages.
         * @param message FeedCreateResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedCreateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedCreateResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedCreateResponse & raftkvpb.FeedCreateResponse.$Shape} FeedCreateResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedCreateResponse & raftkvpb.FeedCreateResponse.$Shape;
    }

    namespace FeedCreateResponse {

        /** Properties of a FeedCreateResponse. */
        interface $Properties {

            /** FeedCreateResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** FeedCreateResponse feed */
            feed?: (raftkvpb.FeedStatus.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedCreateResponse. */
        type $Shape = raftkvpb.FeedCreateResponse.$Properties;
    }

    /**
     * Properties of a FeedDeleteRequest.
     * @deprecated Use raftkvpb.FeedDeleteRequest.$Properties instead.
     */
    interface IFeedDeleteRequest extends raftkvpb.FeedDeleteRequest.$Properties {
    }

    /** Represents a FeedDeleteRequest. */
    class FeedDeleteRequest {

        /**
         * Constructs a new FeedDeleteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedDeleteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedDeleteRequest name. */
        name: string;

        /**
         * Creates a new FeedDeleteRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedDeleteRequest instance
         */
        static create(properties: raftkvpb.FeedDeleteRequest.$Shape): raftkvpb.FeedDeleteRequest & raftkvpb.FeedDeleteRequest.$Shape;
        static create(properties?: raftkvpb.FeedDeleteRequest.$Properties): raftkvpb.FeedDeleteRequest;

        /**
         * Encodes the specified FeedDeleteRequest message. Does not implicitly {@link raftkvpb.FeedDeleteRequest.verify|verify} messages.
         * @param message FeedDeleteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedDeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedDeleteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedDeleteRequest & raftkvpb.FeedDeleteRequest.$Shape} FeedDeleteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedDeleteRequest & raftkvpb.FeedDeleteRequest.$Shape;
    }

    namespace FeedDeleteRequest {

        /** Properties of a FeedDeleteRequest. */
        interface $Properties {

            /** FeedDeleteRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedDeleteRequest. */
        type $Shape = raftkvpb.FeedDeleteRequest.$Properties;
    }

    /**
     * Properties of a FeedDeleteResponse.
     * @deprecated Use raftkvpb.FeedDeleteResponse.$Properties instead.
     */
    interface IFeedDeleteResponse extends raftkvpb.FeedDeleteResponse.$Properties {
    }

    /** Represents a FeedDeleteResponse. */
    class FeedDeleteResponse {

        /**
         * Constructs a new FeedDeleteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedDeleteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedDeleteResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new FeedDeleteResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedDeleteResponse instance
         */
        static create(properties: raftkvpb.FeedDeleteResponse.$Shape): raftkvpb.FeedDeleteResponse & raftkvpb.FeedDeleteResponse.$Shape;
        static create(properties?: raftkvpb.FeedDeleteResponse.$Properties): raftkvpb.FeedDeleteResponse;

        /**
         * Encodes the specified FeedDeleteResponse message. Does not implicitly {@link raftkvpb.FeedDeleteResponse.verify|verify} messages.
         * @param message FeedDeleteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedDeleteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedDeleteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedDeleteResponse & raftkvpb.FeedDeleteResponse.$Shape} FeedDeleteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedDeleteResponse & raftkvpb.FeedDeleteResponse.$Shape;
    }

    namespace FeedDeleteResponse {

        /** Properties of a FeedDeleteResponse. */
        interface $Properties {

            /** FeedDeleteResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedDeleteResponse. */
        type $Shape = raftkvpb.FeedDeleteResponse.$Properties;
    }

    /**
     * Properties of a FeedResetRequest.
     * @deprecated Use raftkvpb.FeedResetRequest.$Properties instead.
     */
    interface IFeedResetRequest extends raftkvpb.FeedResetRequest.$Properties {
    }

    /** Represents a FeedResetRequest. */
    class FeedResetRequest {

        /**
         * Constructs a new FeedResetRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedResetRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedResetRequest name. */
        name: string;

        /** FeedResetRequest startRevision. */
        startRevision: (number|Long);

        /**
         * Creates a new FeedResetRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedResetRequest instance
         */
        static create(properties: raftkvpb.FeedResetRequest.$Shape): raftkvpb.FeedResetRequest & raftkvpb.FeedResetRequest.$Shape;
        static create(properties?: raftkvpb.FeedResetRequest.$Properties): raftkvpb.FeedResetRequest;

        /**
         * Encodes the specified FeedResetRequest message. Does not implicitly {@link raftkvpb.FeedResetRequest.verify|verify} messages.
         * @param message FeedResetRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedResetRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedResetRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedResetRequest & raftkvpb.FeedResetRequest.$Shape} FeedResetRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedResetRequest & raftkvpb.FeedResetRequest.$Shape;
    }

    namespace FeedResetRequest {

        /** Properties of a FeedResetRequest. */
        interface $Properties {

            /** FeedResetRequest name */
            name?: (string|null);

            /** FeedResetRequest startRevision */
            startRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedResetRequest. */
        type $Shape = raftkvpb.FeedResetRequest.$Properties;
    }

    /**
     * Properties of a FeedResetResponse.
     * @deprecated Use raftkvpb.FeedResetResponse.$Properties instead.
     */
    interface IFeedResetResponse extends raftkvpb.FeedResetResponse.$Properties {
    }

    /** Represents a FeedResetResponse. */
    class FeedResetResponse {

        /**
         * Constructs a new FeedResetResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedResetResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedResetResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** FeedResetResponse feed. */
        feed?: (raftkvpb.FeedStatus.$Properties|null);

        /**
         * Creates a new FeedResetResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedResetResponse instance
         */
        static create(properties: raftkvpb.FeedResetResponse.$Shape): raftkvpb.FeedResetResponse & raftkvpb.FeedResetResponse.$Shape;
        static create(properties?: raftkvpb.FeedResetResponse.$Properties): raftkvpb.FeedResetResponse;

        /**
         * Encodes the specified FeedResetResponse message. Does not implicitly {@link raftkvpb.FeedResetResponse.verify|verify} messages.
         * @param message FeedResetResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedResetResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedResetResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedResetResponse & raftkvpb.FeedResetResponse.$Shape} FeedResetResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedResetResponse & raftkvpb.FeedResetResponse.$Shape;
    }

    namespace FeedResetResponse {

        /** Properties of a FeedResetResponse. */
        interface $Properties {

            /** FeedResetResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** FeedResetResponse feed */
            feed?: (raftkvpb.FeedStatus.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedResetResponse. */
        type $Shape = raftkvpb.FeedResetResponse.$Properties;
    }

    /**
     * Properties of a FeedListRequest.
     * @deprecated Use raftkvpb.FeedListRequest.$Properties instead.
     */
    interface IFeedListRequest extends raftkvpb.FeedListRequest.$Properties {
    }

    /** Represents a FeedListRequest. */
    class FeedListRequest {

        /**
         * Constructs a new FeedListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedListRequest name. */
        name: string;

        /**
         * Creates a new FeedListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedListRequest instance
         */
        static create(properties: raftkvpb.FeedListRequest.$Shape): raftkvpb.FeedListRequest & raftkvpb.FeedListRequest.$Shape;
        static create(properties?: raftkvpb.FeedListRequest.$Properties): raftkvpb.FeedListRequest;

        /**
         * Encodes the specified FeedListRequest message. Does not implicitly {@link raftkvpb.FeedListRequest.verify|verify} messages.
         * @param message FeedListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedListRequest & raftkvpb.FeedListRequest.$Shape} FeedListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedListRequest & raftkvpb.FeedListRequest.$Shape;
    }

    namespace FeedListRequest {

        /** Properties of a FeedListRequest. */
        interface $Properties {

            /** FeedListRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedListRequest. */
        type $Shape = raftkvpb.FeedListRequest.$Properties;
    }

    /**
     * Properties of a FeedListResponse.
     * @deprecated Use raftkvpb.FeedListResponse.$Properties instead.
     */
    interface IFeedListResponse extends raftkvpb.FeedListResponse.$Properties {
    }

    /** Represents a FeedListResponse. */
    class FeedListResponse {

        /**
         * Constructs a new FeedListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** FeedListResponse feeds. */
        feeds: raftkvpb.FeedStatus.$Properties[];

        /**
         * Creates a new FeedListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedListResponse instance
         */
        static create(properties: raftkvpb.FeedListResponse.$Shape): raftkvpb.FeedListResponse & raftkvpb.FeedListResponse.$Shape;
        static create(properties?: raftkvpb.FeedListResponse.$Properties): raftkvpb.FeedListResponse;

        /**
         * Encodes the specified FeedListResponse message. Does not implicitly {@link raftkvpb.FeedListResponse.verify|verify} messages.
         * @param message FeedListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedListResponse & raftkvpb.FeedListResponse.$Shape} FeedListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedListResponse & raftkvpb.FeedListResponse.$Shape;
    }

    namespace FeedListResponse {

        /** Properties of a FeedListResponse. */
        interface $Properties {

            /** FeedListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** FeedListResponse feeds */
            feeds?: (raftkvpb.FeedStatus.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedListResponse. */
        type $Shape = raftkvpb.FeedListResponse.$Properties;
    }

    /**
     * Properties of a FeedStatus.
     * @deprecated Use raftkvpb.FeedStatus.$Properties instead.
     */
    interface IFeedStatus extends raftkvpb.FeedStatus.$Properties {
    }

    /** Represents a FeedStatus. */
    class FeedStatus {

        /**
         * Constructs a new FeedStatus.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedStatus.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedStatus name. */
        name: string;

        /** FeedStatus key. */
        key: Uint8Array;

        /** FeedStatus rangeEnd. */
        rangeEnd: Uint8Array;

        /** FeedStatus noPuts. */
        noPuts: boolean;

        /** FeedStatus noDeletes. */
        noDeletes: boolean;

        /** FeedStatus prevKv. */
        prevKv: boolean;

        /** FeedStatus retainRevisions. */
        retainRevisions: (number|Long);

        /** FeedStatus lag. */
        lag: (number|Long);

        /** FeedStatus broken. */
        broken: (number|Long);

        /** FeedStatus partitions. */
        partitions: raftkvpb.FeedPartition.$Properties[];

        /** FeedStatus workers. */
        workers: string[];

        /** FeedStatus id. */
        id: (number|Long);

        /**
         * Creates a new FeedStatus instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedStatus instance
         */
        static create(properties: raftkvpb.FeedStatus.$Shape): raftkvpb.FeedStatus & raftkvpb.FeedStatus.$Shape;
        static create(properties?: raftkvpb.FeedStatus.$Properties): raftkvpb.FeedStatus;

        /**
         * Encodes the specified FeedStatus message. Does not implicitly {@link raftkvpb.FeedStatus.verify|verify} messages.
         * @param message FeedStatus message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedStatus message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedStatus & raftkvpb.FeedStatus.$Shape} FeedStatus
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedStatus & raftkvpb.FeedStatus.$Shape;
    }

    namespace FeedStatus {

        /** Properties of a FeedStatus. */
        interface $Properties {

            /** FeedStatus name */
            name?: (string|null);

            /** FeedStatus key */
            key?: (Uint8Array|null);

            /** FeedStatus rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** FeedStatus noPuts */
            noPuts?: (boolean|null);

            /** FeedStatus noDeletes */
            noDeletes?: (boolean|null);

            /** FeedStatus prevKv */
            prevKv?: (boolean|null);

            /** FeedStatus retainRevisions */
            retainRevisions?: (number|Long|null);

            /** FeedStatus lag */
            lag?: (number|Long|null);

            /** FeedStatus broken */
            broken?: (number|Long|null);

            /** FeedStatus partitions */
            partitions?: (raftkvpb.FeedPartition.$Properties[]|null);

            /** FeedStatus workers */
            workers?: (string[]|null);

            /** FeedStatus id */
            id?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedStatus. */
        type $Shape = raftkvpb.FeedStatus.$Properties;
    }

    /**
     * Properties of a FeedPartition.
     * @deprecated Use raftkvpb.FeedPartition.$Properties instead.
     */
    interface IFeedPartition extends raftkvpb.FeedPartition.$Properties {
    }

    /** Represents a FeedPartition. */
    class FeedPartition {

        /**
         * Constructs a new FeedPartition.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedPartition.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedPartition cursor. */
        cursor: (number|Long);

        /** FeedPartition epoch. */
        epoch: (number|Long);

        /** FeedPartition worker. */
        worker: string;

        /**
         * Creates a new FeedPartition instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedPartition instance
         */
        static create(properties: raftkvpb.FeedPartition.$Shape): raftkvpb.FeedPartition & raftkvpb.FeedPartition.$Shape;
        static create(properties?: raftkvpb.FeedPartition.$Properties): raftkvpb.FeedPartition;

        /**
         * Encodes the specified FeedPartition message. Does not implicitly {@link raftkvpb.FeedPartition.verify|verify} messages.
         * @param message FeedPartition message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedPartition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedPartition message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedPartition & raftkvpb.FeedPartition.$Shape} FeedPartition
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedPartition & raftkvpb.FeedPartition.$Shape;
    }

    namespace FeedPartition {

        /** Properties of a FeedPartition. */
        interface $Properties {

            /** FeedPartition cursor */
            cursor?: (number|Long|null);

            /** FeedPartition epoch */
            epoch?: (number|Long|null);

            /** FeedPartition worker */
            worker?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedPartition. */
        type $Shape = raftkvpb.FeedPartition.$Properties;
    }

    /**
     * Properties of a FeedSubscribeRequest.
     * @deprecated Use raftkvpb.FeedSubscribeRequest.$Properties instead.
     */
    interface IFeedSubscribeRequest extends raftkvpb.FeedSubscribeRequest.$Properties {
    }

    /** Represents a FeedSubscribeRequest. */
    class FeedSubscribeRequest {

        /**
         * Constructs a new FeedSubscribeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedSubscribeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedSubscribeRequest name. */
        name: string;

        /** FeedSubscribeRequest worker. */
        worker: string;

        /** FeedSubscribeRequest ttl. */
        ttl: (number|Long);

        /** FeedSubscribeRequest inFlightBytes. */
        inFlightBytes: (number|Long);

        /**
         * Creates a new FeedSubscribeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedSubscribeRequest instance
         */
        static create(properties: raftkvpb.FeedSubscribeRequest.$Shape): raftkvpb.FeedSubscribeRequest & raftkvpb.FeedSubscribeRequest.$Shape;
        static create(properties?: raftkvpb.FeedSubscribeRequest.$Properties): raftkvpb.FeedSubscribeRequest;

        /**
         * Encodes the specified FeedSubscribeRequest message. Does not implicitly {@link raftkvpb.FeedSubscribeRequest.verify|verify} messages.
         * @param message FeedSubscribeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedSubscribeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedSubscribeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedSubscribeRequest & raftkvpb.FeedSubscribeRequest.$Shape} FeedSubscribeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedSubscribeRequest & raftkvpb.FeedSubscribeRequest.$Shape;
    }

    namespace FeedSubscribeRequest {

        /** Properties of a FeedSubscribeRequest. */
        interface $Properties {

            /** FeedSubscribeRequest name */
            name?: (string|null);

            /** FeedSubscribeRequest worker */
            worker?: (string|null);

            /** FeedSubscribeRequest ttl */
            ttl?: (number|Long|null);

            /** FeedSubscribeRequest inFlightBytes */
            inFlightBytes?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedSubscribeRequest. */
        type $Shape = raftkvpb.FeedSubscribeRequest.$Properties;
    }

    /**
     * Properties of a FeedSubscribeResponse.
     * @deprecated Use raftkvpb.FeedSubscribeResponse.$Properties instead.
     */
    interface IFeedSubscribeResponse extends raftkvpb.FeedSubscribeResponse.$Properties {
    }

    /** Represents a FeedSubscribeResponse. */
    class FeedSubscribeResponse {

        /**
         * Constructs a new FeedSubscribeResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedSubscribeResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedSubscribeResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** FeedSubscribeResponse kind. */
        kind: raftkvpb.FeedSubscribeResponse.Kind;

        /** FeedSubscribeResponse partition. */
        partition: number;

        /** FeedSubscribeResponse epoch. */
        epoch: (number|Long);

        /** FeedSubscribeResponse revision. */
        revision: (number|Long);

        /** FeedSubscribeResponse after. */
        after: (number|Long);

        /** FeedSubscribeResponse more. */
        more: boolean;

        /** FeedSubscribeResponse worker. */
        worker: string;

        /** FeedSubscribeResponse events. */
        events: mvccpb.Event.$Properties[];

        /**
         * Creates a new FeedSubscribeResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedSubscribeResponse instance
         */
        static create(properties: raftkvpb.FeedSubscribeResponse.$Shape): raftkvpb.FeedSubscribeResponse & raftkvpb.FeedSubscribeResponse.$Shape;
        static create(properties?: raftkvpb.FeedSubscribeResponse.$Properties): raftkvpb.FeedSubscribeResponse;

        /**
         * Encodes the specified FeedSubscribeResponse message. Does not implicitly {@link raftkvpb.FeedSubscribeResponse.verify|verify} messages.
         * @param message FeedSubscribeResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedSubscribeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedSubscribeResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedSubscribeResponse & raftkvpb.FeedSubscribeResponse.$Shape} FeedSubscribeResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedSubscribeResponse & raftkvpb.FeedSubscribeResponse.$Shape;
    }

    namespace FeedSubscribeResponse {

        /** Properties of a FeedSubscribeResponse. */
        interface $Properties {

            /** FeedSubscribeResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** FeedSubscribeResponse kind */
            kind?: (raftkvpb.FeedSubscribeResponse.Kind|null);

            /** FeedSubscribeResponse partition */
            partition?: (number|null);

            /** FeedSubscribeResponse epoch */
            epoch?: (number|Long|null);

            /** FeedSubscribeResponse revision */
            revision?: (number|Long|null);

            /** FeedSubscribeResponse after */
            after?: (number|Long|null);

            /** FeedSubscribeResponse more */
            more?: (boolean|null);

            /** FeedSubscribeResponse worker */
            worker?: (string|null);

            /** FeedSubscribeResponse events */
            events?: (mvccpb.Event.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedSubscribeResponse. */
        type $Shape = raftkvpb.FeedSubscribeResponse.$Properties;

        /** Kind enum. */
        enum Kind {

            /** CHANGES value */
            CHANGES = 0,

            /** ASSIGNED value */
            ASSIGNED = 1,

            /** REVOKED value */
            REVOKED = 2
        }
    }

    /**
     * Properties of a FeedAckRequest.
     * @deprecated Use raftkvpb.FeedAckRequest.$Properties instead.
     */
    interface IFeedAckRequest extends raftkvpb.FeedAckRequest.$Properties {
    }

    /** Represents a FeedAckRequest. */
    class FeedAckRequest {

        /**
         * Constructs a new FeedAckRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedAckRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedAckRequest acks. */
        acks: raftkvpb.FeedAck.$Properties[];

        /**
         * Creates a new FeedAckRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedAckRequest instance
         */
        static create(properties: raftkvpb.FeedAckRequest.$Shape): raftkvpb.FeedAckRequest & raftkvpb.FeedAckRequest.$Shape;
        static create(properties?: raftkvpb.FeedAckRequest.$Properties): raftkvpb.FeedAckRequest;

        /**
         * Encodes the specified FeedAckRequest message. Does not implicitly {@link raftkvpb.FeedAckRequest.verify|verify} messages.
         * @param message FeedAckRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedAckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedAckRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedAckRequest & raftkvpb.FeedAckRequest.$Shape} FeedAckRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedAckRequest & raftkvpb.FeedAckRequest.$Shape;
    }

    namespace FeedAckRequest {

        /** Properties of a FeedAckRequest. */
        interface $Properties {

            /** FeedAckRequest acks */
            acks?: (raftkvpb.FeedAck.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedAckRequest. */
        type $Shape = raftkvpb.FeedAckRequest.$Properties;
    }

    /**
     * Properties of a FeedAckResponse.
     * @deprecated Use raftkvpb.FeedAckResponse.$Properties instead.
     */
    interface IFeedAckResponse extends raftkvpb.FeedAckResponse.$Properties {
    }

    /** Represents a FeedAckResponse. */
    class FeedAckResponse {

        /**
         * Constructs a new FeedAckResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.FeedAckResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedAckResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new FeedAckResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedAckResponse instance
         */
        static create(properties: raftkvpb.FeedAckResponse.$Shape): raftkvpb.FeedAckResponse & raftkvpb.FeedAckResponse.$Shape;
        static create(properties?: raftkvpb.FeedAckResponse.$Properties): raftkvpb.FeedAckResponse;

        /**
         * Encodes the specified FeedAckResponse message. Does not implicitly {@link raftkvpb.FeedAckResponse.verify|verify} messages.
         * @param message FeedAckResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.FeedAckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedAckResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.FeedAckResponse & raftkvpb.FeedAckResponse.$Shape} FeedAckResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.FeedAckResponse & raftkvpb.FeedAckResponse.$Shape;
    }

    namespace FeedAckResponse {

        /** Properties of a FeedAckResponse. */
        interface $Properties {

            /** FeedAckResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedAckResponse. */
        type $Shape = raftkvpb.FeedAckResponse.$Properties;
    }

    /** Represents an Index */
    class Index extends $protobuf.rpc.Service {

        /**
         * Constructs a new Index service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Index service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Index;

        /** Calls Create. */
        create: raftkvpb.Index.Create;

        /** Calls Drop. */
        drop: raftkvpb.Index.Drop;

        /** Calls List. */
        list: raftkvpb.Index.List;

        /** Calls Status. */
        status: raftkvpb.Index.Status;

        /** Calls Query. */
        query: raftkvpb.Index.Query;

        /** Calls QueryStream. */
        queryStream: raftkvpb.Index.QueryStream;
    }

    namespace Index {

        /**
         * Callback as used by {@link raftkvpb.Index#create}.
         * @param error Error, if any
         * @param [response] IndexCreateResponse
         */
        type CreateCallback = (error: (Error|null), response?: raftkvpb.IndexCreateResponse) => void;

        /** Calls Create. */
        type Create = {
          (request: raftkvpb.IIndexCreateRequest, callback: raftkvpb.Index.CreateCallback): void;
          (request: raftkvpb.IIndexCreateRequest): Promise<raftkvpb.IndexCreateResponse>;
          readonly name: "Create";
          readonly path: "/raftkvpb.Index/Create";
          readonly requestType: "IndexCreateRequest";
          readonly responseType: "IndexCreateResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Index#drop}.
         * @param error Error, if any
         * @param [response] IndexDropResponse
         */
        type DropCallback = (error: (Error|null), response?: raftkvpb.IndexDropResponse) => void;

        /** Calls Drop. */
        type Drop = {
          (request: raftkvpb.IIndexDropRequest, callback: raftkvpb.Index.DropCallback): void;
          (request: raftkvpb.IIndexDropRequest): Promise<raftkvpb.IndexDropResponse>;
          readonly name: "Drop";
          readonly path: "/raftkvpb.Index/Drop";
          readonly requestType: "IndexDropRequest";
          readonly responseType: "IndexDropResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Index#list}.
         * @param error Error, if any
         * @param [response] IndexListResponse
         */
        type ListCallback = (error: (Error|null), response?: raftkvpb.IndexListResponse) => void;

        /** Calls List. */
        type List = {
          (request: raftkvpb.IIndexListRequest, callback: raftkvpb.Index.ListCallback): void;
          (request: raftkvpb.IIndexListRequest): Promise<raftkvpb.IndexListResponse>;
          readonly name: "List";
          readonly path: "/raftkvpb.Index/List";
          readonly requestType: "IndexListRequest";
          readonly responseType: "IndexListResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Index#status}.
         * @param error Error, if any
         * @param [response] IndexStatusResponse
         */
        type StatusCallback = (error: (Error|null), response?: raftkvpb.IndexStatusResponse) => void;

        /** Calls Status. */
        type Status = {
          (request: raftkvpb.IIndexStatusRequest, callback: raftkvpb.Index.StatusCallback): void;
          (request: raftkvpb.IIndexStatusRequest): Promise<raftkvpb.IndexStatusResponse>;
          readonly name: "Status";
          readonly path: "/raftkvpb.Index/Status";
          readonly requestType: "IndexStatusRequest";
          readonly responseType: "IndexStatusResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Index#query}.
         * @param error Error, if any
         * @param [response] IndexQueryResponse
         */
        type QueryCallback = (error: (Error|null), response?: raftkvpb.IndexQueryResponse) => void;

        /** Calls Query. */
        type Query = {
          (request: raftkvpb.IIndexQueryRequest, callback: raftkvpb.Index.QueryCallback): void;
          (request: raftkvpb.IIndexQueryRequest): Promise<raftkvpb.IndexQueryResponse>;
          readonly name: "Query";
          readonly path: "/raftkvpb.Index/Query";
          readonly requestType: "IndexQueryRequest";
          readonly responseType: "IndexQueryResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkvpb.Index#queryStream}.
         * @param error Error, if any
         * @param [response] IndexQueryResponse
         */
        type QueryStreamCallback = (error: (Error|null), response?: raftkvpb.IndexQueryResponse) => void;

        /** Calls QueryStream. */
        type QueryStream = {
          (request: raftkvpb.IIndexQueryRequest, callback: raftkvpb.Index.QueryStreamCallback): void;
          (request: raftkvpb.IIndexQueryRequest): Promise<raftkvpb.IndexQueryResponse>;
          readonly name: "QueryStream";
          readonly path: "/raftkvpb.Index/QueryStream";
          readonly requestType: "IndexQueryRequest";
          readonly responseType: "IndexQueryResponse";
          readonly requestStream: undefined;
          readonly responseStream: true;
        };
    }

    /**
     * Properties of a KeySegment.
     * @deprecated Use raftkvpb.KeySegment.$Properties instead.
     */
    interface IKeySegment extends raftkvpb.KeySegment.$Properties {
    }

    /** Represents a KeySegment. */
    class KeySegment {

        /**
         * Constructs a new KeySegment.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.KeySegment.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** KeySegment prefix. */
        prefix: Uint8Array;

        /** KeySegment separator. */
        separator: Uint8Array;

        /** KeySegment position. */
        position: number;

        /**
         * Creates a new KeySegment instance using the specified properties.
         * @param [properties] Properties to set
         * @returns KeySegment instance
         */
        static create(properties: raftkvpb.KeySegment.$Shape): raftkvpb.KeySegment & raftkvpb.KeySegment.$Shape;
        static create(properties?: raftkvpb.KeySegment.$Properties): raftkvpb.KeySegment;

        /**
         * Encodes the specified KeySegment message. Does not implicitly {@link raftkvpb.KeySegment.verify|verify} messages.
         * @param message KeySegment message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.KeySegment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a KeySegment message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.KeySegment & raftkvpb.KeySegment.$Shape} KeySegment
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.KeySegment & raftkvpb.KeySegment.$Shape;
    }

    namespace KeySegment {

        /** Properties of a KeySegment. */
        interface $Properties {

            /** KeySegment prefix */
            prefix?: (Uint8Array|null);

            /** KeySegment separator */
            separator?: (Uint8Array|null);

            /** KeySegment position */
            position?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a KeySegment. */
        type $Shape = raftkvpb.KeySegment.$Properties;
    }

    /**
     * Properties of an IndexSource.
     * @deprecated Use raftkvpb.IndexSource.$Properties instead.
     */
    interface IIndexSource extends raftkvpb.IndexSource.$Properties {
    }

    /** Represents an IndexSource. */
    class IndexSource {

        /**
         * Constructs a new IndexSource.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexSource.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexSource json. */
        json?: (string|null);

        /** IndexSource keySegment. */
        keySegment?: (raftkvpb.KeySegment.$Properties|null);

        /** IndexSource wholeValue. */
        wholeValue?: (boolean|null);

        /** IndexSource source. */
        source?: ("json"|"keySegment"|"wholeValue");

        /**
         * Creates a new IndexSource instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexSource instance
         */
        static create(properties: raftkvpb.IndexSource.$Shape): raftkvpb.IndexSource & raftkvpb.IndexSource.$Shape;
        static create(properties?: raftkvpb.IndexSource.$Properties): raftkvpb.IndexSource;

        /**
         * Encodes the specified IndexSource message. Does not implicitly {@link raftkvpb.IndexSource.verify|verify} messages.
         * @param message IndexSource message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexSource.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexSource message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexSource & raftkvpb.IndexSource.$Shape} IndexSource
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexSource & raftkvpb.IndexSource.$Shape;
    }

    namespace IndexSource {

        /** Properties of an IndexSource. */
        interface $Properties {

            /** IndexSource json */
            json?: (string|null);

            /** IndexSource keySegment */
            keySegment?: (raftkvpb.KeySegment.$Properties|null);

            /** IndexSource wholeValue */
            wholeValue?: (boolean|null);

            /** IndexSource source */
            source?: ("json"|"keySegment"|"wholeValue");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an IndexSource. */
        type $Shape = {
          json?: string|null;
          keySegment?: raftkvpb.KeySegment.$Shape|null;
          wholeValue?: boolean|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ source?: undefined; json?: null; keySegment?: null; wholeValue?: null }|{ source?: "json"; json: string; keySegment?: null; wholeValue?: null }|{ source?: "keySegment"; json?: null; keySegment: raftkvpb.KeySegment.$Shape; wholeValue?: null }|{ source?: "wholeValue"; json?: null; keySegment?: null; wholeValue: boolean })
        );
    }

    /**
     * Properties of an IndexDefinition.
     * @deprecated Use raftkvpb.IndexDefinition.$Properties instead.
     */
    interface IIndexDefinition extends raftkvpb.IndexDefinition.$Properties {
    }

    /** Represents an IndexDefinition. */
    class IndexDefinition {

        /**
         * Constructs a new IndexDefinition.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexDefinition.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexDefinition name. */
        name: string;

        /** IndexDefinition key. */
        key: Uint8Array;

        /** IndexDefinition rangeEnd. */
        rangeEnd: Uint8Array;

        /** IndexDefinition source. */
        source?: (raftkvpb.IndexSource.$Properties|null);

        /** IndexDefinition type. */
        type: raftkvpb.IndexDefinition.Type;

        /** IndexDefinition multiple. */
        multiple: boolean;

        /** IndexDefinition unique. */
        unique: boolean;

        /**
         * Creates a new IndexDefinition instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexDefinition instance
         */
        static create(properties: raftkvpb.IndexDefinition.$Shape): raftkvpb.IndexDefinition & raftkvpb.IndexDefinition.$Shape;
        static create(properties?: raftkvpb.IndexDefinition.$Properties): raftkvpb.IndexDefinition;

        /**
         * Encodes the specified IndexDefinition message. Does not implicitly {@link raftkvpb.IndexDefinition.verify|verify} messages.
         * @param message IndexDefinition message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexDefinition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexDefinition message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexDefinition & raftkvpb.IndexDefinition.$Shape} IndexDefinition
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexDefinition & raftkvpb.IndexDefinition.$Shape;
    }

    namespace IndexDefinition {

        /** Properties of an IndexDefinition. */
        interface $Properties {

            /** IndexDefinition name */
            name?: (string|null);

            /** IndexDefinition key */
            key?: (Uint8Array|null);

            /** IndexDefinition rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** IndexDefinition source */
            source?: (raftkvpb.IndexSource.$Properties|null);

            /** IndexDefinition type */
            type?: (raftkvpb.IndexDefinition.Type|null);

            /** IndexDefinition multiple */
            multiple?: (boolean|null);

            /** IndexDefinition unique */
            unique?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexDefinition. */
        type $Shape = {
          name?: string|null;
          key?: Uint8Array|null;
          rangeEnd?: Uint8Array|null;
          source?: raftkvpb.IndexSource.$Shape|null;
          type?: raftkvpb.IndexDefinition.Type|null;
          multiple?: boolean|null;
          unique?: boolean|null;
          $unknowns?: Uint8Array[];
        };

        /** Type enum. */
        enum Type {

            /** STRING value */
            STRING = 0,

            /** NUMBER value */
            NUMBER = 1,

            /** BOOLEAN value */
            BOOLEAN = 2,

            /** BYTES value */
            BYTES = 3
        }
    }

    /**
     * Properties of an IndexDuplicate.
     * @deprecated Use raftkvpb.IndexDuplicate.$Properties instead.
     */
    interface IIndexDuplicate extends raftkvpb.IndexDuplicate.$Properties {
    }

    /** Represents an IndexDuplicate. */
    class IndexDuplicate {

        /**
         * Constructs a new IndexDuplicate.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexDuplicate.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexDuplicate value. */
        value?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexDuplicate key. */
        key: Uint8Array;

        /** IndexDuplicate otherKey. */
        otherKey: Uint8Array;

        /**
         * Creates a new IndexDuplicate instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexDuplicate instance
         */
        static create(properties: raftkvpb.IndexDuplicate.$Shape): raftkvpb.IndexDuplicate & raftkvpb.IndexDuplicate.$Shape;
        static create(properties?: raftkvpb.IndexDuplicate.$Properties): raftkvpb.IndexDuplicate;

        /**
         * Encodes the specified IndexDuplicate message. Does not implicitly {@link raftkvpb.IndexDuplicate.verify|verify} messages.
         * @param message IndexDuplicate message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexDuplicate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexDuplicate message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexDuplicate & raftkvpb.IndexDuplicate.$Shape} IndexDuplicate
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexDuplicate & raftkvpb.IndexDuplicate.$Shape;
    }

    namespace IndexDuplicate {

        /** Properties of an IndexDuplicate. */
        interface $Properties {

            /** IndexDuplicate value */
            value?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexDuplicate key */
            key?: (Uint8Array|null);

            /** IndexDuplicate otherKey */
            otherKey?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexDuplicate. */
        type $Shape = {
          value?: raftkvpb.IndexValue.$Shape|null;
          key?: Uint8Array|null;
          otherKey?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexInfo.
     * @deprecated Use raftkvpb.IndexInfo.$Properties instead.
     */
    interface IIndexInfo extends raftkvpb.IndexInfo.$Properties {
    }

    /** Represents an IndexInfo. */
    class IndexInfo {

        /**
         * Constructs a new IndexInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexInfo definition. */
        definition?: (raftkvpb.IndexDefinition.$Properties|null);

        /** IndexInfo id. */
        id: number;

        /** IndexInfo state. */
        state: raftkvpb.IndexInfo.State;

        /** IndexInfo readyRevision. */
        readyRevision: (number|Long);

        /**
         * Creates a new IndexInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexInfo instance
         */
        static create(properties: raftkvpb.IndexInfo.$Shape): raftkvpb.IndexInfo & raftkvpb.IndexInfo.$Shape;
        static create(properties?: raftkvpb.IndexInfo.$Properties): raftkvpb.IndexInfo;

        /**
         * Encodes the specified IndexInfo message. Does not implicitly {@link raftkvpb.IndexInfo.verify|verify} messages.
         * @param message IndexInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexInfo & raftkvpb.IndexInfo.$Shape} IndexInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexInfo & raftkvpb.IndexInfo.$Shape;
    }

    namespace IndexInfo {

        /** Properties of an IndexInfo. */
        interface $Properties {

            /** IndexInfo definition */
            definition?: (raftkvpb.IndexDefinition.$Properties|null);

            /** IndexInfo id */
            id?: (number|null);

            /** IndexInfo state */
            state?: (raftkvpb.IndexInfo.State|null);

            /** IndexInfo readyRevision */
            readyRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexInfo. */
        type $Shape = {
          definition?: raftkvpb.IndexDefinition.$Shape|null;
          id?: number|null;
          state?: raftkvpb.IndexInfo.State|null;
          readyRevision?: number|Long|null;
          $unknowns?: Uint8Array[];
        };

        /** State enum. */
        enum State {

            /** BUILDING value */
            BUILDING = 0,

            /** READY value */
            READY = 1,

            /** FAILED value */
            FAILED = 2
        }
    }

    /**
     * Properties of an IndexCreateRequest.
     * @deprecated Use raftkvpb.IndexCreateRequest.$Properties instead.
     */
    interface IIndexCreateRequest extends raftkvpb.IndexCreateRequest.$Properties {
    }

    /** Represents an IndexCreateRequest. */
    class IndexCreateRequest {

        /**
         * Constructs a new IndexCreateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexCreateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexCreateRequest definition. */
        definition?: (raftkvpb.IndexDefinition.$Properties|null);

        /**
         * Creates a new IndexCreateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexCreateRequest instance
         */
        static create(properties: raftkvpb.IndexCreateRequest.$Shape): raftkvpb.IndexCreateRequest & raftkvpb.IndexCreateRequest.$Shape;
        static create(properties?: raftkvpb.IndexCreateRequest.$Properties): raftkvpb.IndexCreateRequest;

        /**
         * Encodes the specified IndexCreateRequest message. Does not implicitly {@link raftkvpb.IndexCreateRequest.verify|verify} messages.
         * @param message IndexCreateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexCreateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexCreateRequest & raftkvpb.IndexCreateRequest.$Shape} IndexCreateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexCreateRequest & raftkvpb.IndexCreateRequest.$Shape;
    }

    namespace IndexCreateRequest {

        /** Properties of an IndexCreateRequest. */
        interface $Properties {

            /** IndexCreateRequest definition */
            definition?: (raftkvpb.IndexDefinition.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexCreateRequest. */
        type $Shape = {
          definition?: raftkvpb.IndexDefinition.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexCreateResponse.
     * @deprecated Use raftkvpb.IndexCreateResponse.$Properties instead.
     */
    interface IIndexCreateResponse extends raftkvpb.IndexCreateResponse.$Properties {
    }

    /** Represents an IndexCreateResponse. */
    class IndexCreateResponse {

        /**
         * Constructs a new IndexCreateResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexCreateResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexCreateResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** IndexCreateResponse index. */
        index?: (raftkvpb.IndexInfo.$Properties|null);

        /**
         * Creates a new IndexCreateResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexCreateResponse instance
         */
        static create(properties: raftkvpb.IndexCreateResponse.$Shape): raftkvpb.IndexCreateResponse & raftkvpb.IndexCreateResponse.$Shape;
        static create(properties?: raftkvpb.IndexCreateResponse.$Properties): raftkvpb.IndexCreateResponse;

        /**
         * Encodes the specified IndexCreateResponse message. Does not implicitly {@link raftkvpb.IndexCreateResponse.verify|verify} messages.
         * @param message IndexCreateResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexCreateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexCreateResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexCreateResponse & raftkvpb.IndexCreateResponse.$Shape} IndexCreateResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexCreateResponse & raftkvpb.IndexCreateResponse.$Shape;
    }

    namespace IndexCreateResponse {

        /** Properties of an IndexCreateResponse. */
        interface $Properties {

            /** IndexCreateResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** IndexCreateResponse index */
            index?: (raftkvpb.IndexInfo.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexCreateResponse. */
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          index?: raftkvpb.IndexInfo.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexDropRequest.
     * @deprecated Use raftkvpb.IndexDropRequest.$Properties instead.
     */
    interface IIndexDropRequest extends raftkvpb.IndexDropRequest.$Properties {
    }

    /** Represents an IndexDropRequest. */
    class IndexDropRequest {

        /**
         * Constructs a new IndexDropRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexDropRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexDropRequest name. */
        name: string;

        /**
         * Creates a new IndexDropRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexDropRequest instance
         */
        static create(properties: raftkvpb.IndexDropRequest.$Shape): raftkvpb.IndexDropRequest & raftkvpb.IndexDropRequest.$Shape;
        static create(properties?: raftkvpb.IndexDropRequest.$Properties): raftkvpb.IndexDropRequest;

        /**
         * Encodes the specified IndexDropRequest message. Does not implicitly {@link raftkvpb.IndexDropRequest.verify|verify} messages.
         * @param message IndexDropRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexDropRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexDropRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexDropRequest & raftkvpb.IndexDropRequest.$Shape} IndexDropRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexDropRequest & raftkvpb.IndexDropRequest.$Shape;
    }

    namespace IndexDropRequest {

        /** Properties of an IndexDropRequest. */
        interface $Properties {

            /** IndexDropRequest name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexDropRequest. */
        type $Shape = raftkvpb.IndexDropRequest.$Properties;
    }

    /**
     * Properties of an IndexDropResponse.
     * @deprecated Use raftkvpb.IndexDropResponse.$Properties instead.
     */
    interface IIndexDropResponse extends raftkvpb.IndexDropResponse.$Properties {
    }

    /** Represents an IndexDropResponse. */
    class IndexDropResponse {

        /**
         * Constructs a new IndexDropResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexDropResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexDropResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new IndexDropResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexDropResponse instance
         */
        static create(properties: raftkvpb.IndexDropResponse.$Shape): raftkvpb.IndexDropResponse & raftkvpb.IndexDropResponse.$Shape;
        static create(properties?: raftkvpb.IndexDropResponse.$Properties): raftkvpb.IndexDropResponse;

        /**
         * Encodes the specified IndexDropResponse message. Does not implicitly {@link raftkvpb.IndexDropResponse.verify|verify} messages.
         * @param message IndexDropResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexDropResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexDropResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexDropResponse & raftkvpb.IndexDropResponse.$Shape} IndexDropResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexDropResponse & raftkvpb.IndexDropResponse.$Shape;
    }

    namespace IndexDropResponse {

        /** Properties of an IndexDropResponse. */
        interface $Properties {

            /** IndexDropResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexDropResponse. */
        type $Shape = raftkvpb.IndexDropResponse.$Properties;
    }

    /**
     * Properties of an IndexListRequest.
     * @deprecated Use raftkvpb.IndexListRequest.$Properties instead.
     */
    interface IIndexListRequest extends raftkvpb.IndexListRequest.$Properties {
    }

    /** Represents an IndexListRequest. */
    class IndexListRequest {

        /**
         * Constructs a new IndexListRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexListRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexListRequest readLevel. */
        readLevel: etcdserverpb.ReadLevel;

        /**
         * Creates a new IndexListRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexListRequest instance
         */
        static create(properties: raftkvpb.IndexListRequest.$Shape): raftkvpb.IndexListRequest & raftkvpb.IndexListRequest.$Shape;
        static create(properties?: raftkvpb.IndexListRequest.$Properties): raftkvpb.IndexListRequest;

        /**
         * Encodes the specified IndexListRequest message. Does not implicitly {@link raftkvpb.IndexListRequest.verify|verify} messages.
         * @param message IndexListRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexListRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexListRequest & raftkvpb.IndexListRequest.$Shape} IndexListRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexListRequest & raftkvpb.IndexListRequest.$Shape;
    }

    namespace IndexListRequest {

        /** Properties of an IndexListRequest. */
        interface $Properties {

            /** IndexListRequest readLevel */
            readLevel?: (etcdserverpb.ReadLevel|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexListRequest. */
        type $Shape = raftkvpb.IndexListRequest.$Properties;
    }

    /**
     * Properties of an IndexListResponse.
     * @deprecated Use raftkvpb.IndexListResponse.$Properties instead.
     */
    interface IIndexListResponse extends raftkvpb.IndexListResponse.$Properties {
    }

    /** Represents an IndexListResponse. */
    class IndexListResponse {

        /**
         * Constructs a new IndexListResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexListResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexListResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** IndexListResponse indexes. */
        indexes: raftkvpb.IndexInfo.$Properties[];

        /**
         * Creates a new IndexListResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexListResponse instance
         */
        static create(properties: raftkvpb.IndexListResponse.$Shape): raftkvpb.IndexListResponse & raftkvpb.IndexListResponse.$Shape;
        static create(properties?: raftkvpb.IndexListResponse.$Properties): raftkvpb.IndexListResponse;

        /**
         * Encodes the specified IndexListResponse message. Does not implicitly {@link raftkvpb.IndexListResponse.verify|verify} messages.
         * @param message IndexListResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexListResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexListResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexListResponse & raftkvpb.IndexListResponse.$Shape} IndexListResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexListResponse & raftkvpb.IndexListResponse.$Shape;
    }

    namespace IndexListResponse {

        /** Properties of an IndexListResponse. */
        interface $Properties {

            /** IndexListResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** IndexListResponse indexes */
            indexes?: (raftkvpb.IndexInfo.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexListResponse. */
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          indexes?: raftkvpb.IndexInfo.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexStatusRequest.
     * @deprecated Use raftkvpb.IndexStatusRequest.$Properties instead.
     */
    interface IIndexStatusRequest extends raftkvpb.IndexStatusRequest.$Properties {
    }

    /** Represents an IndexStatusRequest. */
    class IndexStatusRequest {

        /**
         * Constructs a new IndexStatusRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexStatusRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexStatusRequest name. */
        name: string;

        /** IndexStatusRequest readLevel. */
        readLevel: etcdserverpb.ReadLevel;

        /**
         * Creates a new IndexStatusRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexStatusRequest instance
         */
        static create(properties: raftkvpb.IndexStatusRequest.$Shape): raftkvpb.IndexStatusRequest & raftkvpb.IndexStatusRequest.$Shape;
        static create(properties?: raftkvpb.IndexStatusRequest.$Properties): raftkvpb.IndexStatusRequest;

        /**
         * Encodes the specified IndexStatusRequest message. Does not implicitly {@link raftkvpb.IndexStatusRequest.verify|verify} messages.
         * @param message IndexStatusRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexStatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexStatusRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexStatusRequest & raftkvpb.IndexStatusRequest.$Shape} IndexStatusRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexStatusRequest & raftkvpb.IndexStatusRequest.$Shape;
    }

    namespace IndexStatusRequest {

        /** Properties of an IndexStatusRequest. */
        interface $Properties {

            /** IndexStatusRequest name */
            name?: (string|null);

            /** IndexStatusRequest readLevel */
            readLevel?: (etcdserverpb.ReadLevel|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexStatusRequest. */
        type $Shape = raftkvpb.IndexStatusRequest.$Properties;
    }

    /**
     * Properties of an IndexStatusResponse.
     * @deprecated Use raftkvpb.IndexStatusResponse.$Properties instead.
     */
    interface IIndexStatusResponse extends raftkvpb.IndexStatusResponse.$Properties {
    }

    /** Represents an IndexStatusResponse. */
    class IndexStatusResponse {

        /**
         * Constructs a new IndexStatusResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexStatusResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexStatusResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** IndexStatusResponse index. */
        index?: (raftkvpb.IndexInfo.$Properties|null);

        /** IndexStatusResponse keysIndexed. */
        keysIndexed: (number|Long);

        /** IndexStatusResponse keysInRange. */
        keysInRange: (number|Long);

        /** IndexStatusResponse entries. */
        entries: (number|Long);

        /** IndexStatusResponse keysLeftOut. */
        keysLeftOut: (number|Long);

        /** IndexStatusResponse duplicates. */
        duplicates: raftkvpb.IndexDuplicate.$Properties[];

        /**
         * Creates a new IndexStatusResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexStatusResponse instance
         */
        static create(properties: raftkvpb.IndexStatusResponse.$Shape): raftkvpb.IndexStatusResponse & raftkvpb.IndexStatusResponse.$Shape;
        static create(properties?: raftkvpb.IndexStatusResponse.$Properties): raftkvpb.IndexStatusResponse;

        /**
         * Encodes the specified IndexStatusResponse message. Does not implicitly {@link raftkvpb.IndexStatusResponse.verify|verify} messages.
         * @param message IndexStatusResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexStatusResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexStatusResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexStatusResponse & raftkvpb.IndexStatusResponse.$Shape} IndexStatusResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexStatusResponse & raftkvpb.IndexStatusResponse.$Shape;
    }

    namespace IndexStatusResponse {

        /** Properties of an IndexStatusResponse. */
        interface $Properties {

            /** IndexStatusResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** IndexStatusResponse index */
            index?: (raftkvpb.IndexInfo.$Properties|null);

            /** IndexStatusResponse keysIndexed */
            keysIndexed?: (number|Long|null);

            /** IndexStatusResponse keysInRange */
            keysInRange?: (number|Long|null);

            /** IndexStatusResponse entries */
            entries?: (number|Long|null);

            /** IndexStatusResponse keysLeftOut */
            keysLeftOut?: (number|Long|null);

            /** IndexStatusResponse duplicates */
            duplicates?: (raftkvpb.IndexDuplicate.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexStatusResponse. */
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          index?: raftkvpb.IndexInfo.$Shape|null;
          keysIndexed?: number|Long|null;
          keysInRange?: number|Long|null;
          entries?: number|Long|null;
          keysLeftOut?: number|Long|null;
          duplicates?: raftkvpb.IndexDuplicate.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexRange.
     * @deprecated Use raftkvpb.IndexRange.$Properties instead.
     */
    interface IIndexRange extends raftkvpb.IndexRange.$Properties {
    }

    /** Represents an IndexRange. */
    class IndexRange {

        /**
         * Constructs a new IndexRange.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexRange.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexRange from. */
        from?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexRange to. */
        to?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexRange excludeFrom. */
        excludeFrom: boolean;

        /** IndexRange includeTo. */
        includeTo: boolean;

        /**
         * Creates a new IndexRange instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexRange instance
         */
        static create(properties: raftkvpb.IndexRange.$Shape): raftkvpb.IndexRange & raftkvpb.IndexRange.$Shape;
        static create(properties?: raftkvpb.IndexRange.$Properties): raftkvpb.IndexRange;

        /**
         * Encodes the specified IndexRange message. Does not implicitly {@link raftkvpb.IndexRange.verify|verify} messages.
         * @param message IndexRange message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexRange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexRange message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexRange & raftkvpb.IndexRange.$Shape} IndexRange
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexRange & raftkvpb.IndexRange.$Shape;
    }

    namespace IndexRange {

        /** Properties of an IndexRange. */
        interface $Properties {

            /** IndexRange from */
            from?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexRange to */
            to?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexRange excludeFrom */
            excludeFrom?: (boolean|null);

            /** IndexRange includeTo */
            includeTo?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexRange. */
        type $Shape = {
          from?: raftkvpb.IndexValue.$Shape|null;
          to?: raftkvpb.IndexValue.$Shape|null;
          excludeFrom?: boolean|null;
          includeTo?: boolean|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexQueryRequest.
     * @deprecated Use raftkvpb.IndexQueryRequest.$Properties instead.
     */
    interface IIndexQueryRequest extends raftkvpb.IndexQueryRequest.$Properties {
    }

    /** Represents an IndexQueryRequest. */
    class IndexQueryRequest {

        /**
         * Constructs a new IndexQueryRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexQueryRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexQueryRequest index. */
        index: string;

        /** IndexQueryRequest equal. */
        equal?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexQueryRequest prefix. */
        prefix?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexQueryRequest range. */
        range?: (raftkvpb.IndexRange.$Properties|null);

        /** IndexQueryRequest order. */
        order: raftkvpb.IndexQueryRequest.Order;

        /** IndexQueryRequest limit. */
        limit: (number|Long);

        /** IndexQueryRequest keysOnly. */
        keysOnly: boolean;

        /** IndexQueryRequest pageToken. */
        pageToken: Uint8Array;

        /** IndexQueryRequest revision. */
        revision: (number|Long);

        /** IndexQueryRequest readLevel. */
        readLevel: etcdserverpb.ReadLevel;

        /** IndexQueryRequest maxStalenessMs. */
        maxStalenessMs: (number|Long);

        /** IndexQueryRequest atLeastRevision. */
        atLeastRevision: (number|Long);

        /** IndexQueryRequest values. */
        values?: ("equal"|"prefix"|"range");

        /**
         * Creates a new IndexQueryRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexQueryRequest instance
         */
        static create(properties: raftkvpb.IndexQueryRequest.$Shape): raftkvpb.IndexQueryRequest & raftkvpb.IndexQueryRequest.$Shape;
        static create(properties?: raftkvpb.IndexQueryRequest.$Properties): raftkvpb.IndexQueryRequest;

        /**
         * Encodes the specified IndexQueryRequest message. Does not implicitly {@link raftkvpb.IndexQueryRequest.verify|verify} messages.
         * @param message IndexQueryRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexQueryRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexQueryRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexQueryRequest & raftkvpb.IndexQueryRequest.$Shape} IndexQueryRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexQueryRequest & raftkvpb.IndexQueryRequest.$Shape;
    }

    namespace IndexQueryRequest {

        /** Properties of an IndexQueryRequest. */
        interface $Properties {

            /** IndexQueryRequest index */
            index?: (string|null);

            /** IndexQueryRequest equal */
            equal?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexQueryRequest prefix */
            prefix?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexQueryRequest range */
            range?: (raftkvpb.IndexRange.$Properties|null);

            /** IndexQueryRequest order */
            order?: (raftkvpb.IndexQueryRequest.Order|null);

            /** IndexQueryRequest limit */
            limit?: (number|Long|null);

            /** IndexQueryRequest keysOnly */
            keysOnly?: (boolean|null);

            /** IndexQueryRequest pageToken */
            pageToken?: (Uint8Array|null);

            /** IndexQueryRequest revision */
            revision?: (number|Long|null);

            /** IndexQueryRequest readLevel */
            readLevel?: (etcdserverpb.ReadLevel|null);

            /** IndexQueryRequest maxStalenessMs */
            maxStalenessMs?: (number|Long|null);

            /** IndexQueryRequest atLeastRevision */
            atLeastRevision?: (number|Long|null);

            /** IndexQueryRequest values */
            values?: ("equal"|"prefix"|"range");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an IndexQueryRequest. */
        type $Shape = {
          index?: string|null;
          equal?: raftkvpb.IndexValue.$Shape|null;
          prefix?: raftkvpb.IndexValue.$Shape|null;
          range?: raftkvpb.IndexRange.$Shape|null;
          order?: raftkvpb.IndexQueryRequest.Order|null;
          limit?: number|Long|null;
          keysOnly?: boolean|null;
          pageToken?: Uint8Array|null;
          revision?: number|Long|null;
          readLevel?: etcdserverpb.ReadLevel|null;
          maxStalenessMs?: number|Long|null;
          atLeastRevision?: number|Long|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ values?: undefined; equal?: null; prefix?: null; range?: null }|{ values?: "equal"; equal: raftkvpb.IndexValue.$Shape; prefix?: null; range?: null }|{ values?: "prefix"; equal?: null; prefix: raftkvpb.IndexValue.$Shape; range?: null }|{ values?: "range"; equal?: null; prefix?: null; range: raftkvpb.IndexRange.$Shape })
        );

        /** Order enum. */
        enum Order {

            /** ASCENDING value */
            ASCENDING = 0,

            /** DESCENDING value */
            DESCENDING = 1
        }
    }

    /**
     * Properties of an IndexEntry.
     * @deprecated Use raftkvpb.IndexEntry.$Properties instead.
     */
    interface IIndexEntry extends raftkvpb.IndexEntry.$Properties {
    }

    /** Represents an IndexEntry. */
    class IndexEntry {

        /**
         * Constructs a new IndexEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexEntry value. */
        value?: (raftkvpb.IndexValue.$Properties|null);

        /** IndexEntry key. */
        key: Uint8Array;

        /** IndexEntry kv. */
        kv?: (mvccpb.KeyValue.$Properties|null);

        /**
         * Creates a new IndexEntry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexEntry instance
         */
        static create(properties: raftkvpb.IndexEntry.$Shape): raftkvpb.IndexEntry & raftkvpb.IndexEntry.$Shape;
        static create(properties?: raftkvpb.IndexEntry.$Properties): raftkvpb.IndexEntry;

        /**
         * Encodes the specified IndexEntry message. Does not implicitly {@link raftkvpb.IndexEntry.verify|verify} messages.
         * @param message IndexEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexEntry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexEntry & raftkvpb.IndexEntry.$Shape} IndexEntry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexEntry & raftkvpb.IndexEntry.$Shape;
    }

    namespace IndexEntry {

        /** Properties of an IndexEntry. */
        interface $Properties {

            /** IndexEntry value */
            value?: (raftkvpb.IndexValue.$Properties|null);

            /** IndexEntry key */
            key?: (Uint8Array|null);

            /** IndexEntry kv */
            kv?: (mvccpb.KeyValue.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexEntry. */
        type $Shape = {
          value?: raftkvpb.IndexValue.$Shape|null;
          key?: Uint8Array|null;
          kv?: mvccpb.KeyValue.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexQueryResponse.
     * @deprecated Use raftkvpb.IndexQueryResponse.$Properties instead.
     */
    interface IIndexQueryResponse extends raftkvpb.IndexQueryResponse.$Properties {
    }

    /** Represents an IndexQueryResponse. */
    class IndexQueryResponse {

        /**
         * Constructs a new IndexQueryResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.IndexQueryResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexQueryResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** IndexQueryResponse entries. */
        entries: raftkvpb.IndexEntry.$Properties[];

        /** IndexQueryResponse nextPageToken. */
        nextPageToken: Uint8Array;

        /** IndexQueryResponse revision. */
        revision: (number|Long);

        /**
         * Creates a new IndexQueryResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexQueryResponse instance
         */
        static create(properties: raftkvpb.IndexQueryResponse.$Shape): raftkvpb.IndexQueryResponse & raftkvpb.IndexQueryResponse.$Shape;
        static create(properties?: raftkvpb.IndexQueryResponse.$Properties): raftkvpb.IndexQueryResponse;

        /**
         * Encodes the specified IndexQueryResponse message. Does not implicitly {@link raftkvpb.IndexQueryResponse.verify|verify} messages.
         * @param message IndexQueryResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.IndexQueryResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexQueryResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.IndexQueryResponse & raftkvpb.IndexQueryResponse.$Shape} IndexQueryResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.IndexQueryResponse & raftkvpb.IndexQueryResponse.$Shape;
    }

    namespace IndexQueryResponse {

        /** Properties of an IndexQueryResponse. */
        interface $Properties {

            /** IndexQueryResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** IndexQueryResponse entries */
            entries?: (raftkvpb.IndexEntry.$Properties[]|null);

            /** IndexQueryResponse nextPageToken */
            nextPageToken?: (Uint8Array|null);

            /** IndexQueryResponse revision */
            revision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexQueryResponse. */
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          entries?: raftkvpb.IndexEntry.$Shape[]|null;
          nextPageToken?: Uint8Array|null;
          revision?: number|Long|null;
          $unknowns?: Uint8Array[];
        };
    }

    /** Represents a Hot */
    class Hot extends $protobuf.rpc.Service {

        /**
         * Constructs a new Hot service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Hot service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Hot;

        /** Calls Top. */
        top: raftkvpb.Hot.Top;
    }

    namespace Hot {

        /**
         * Callback as used by {@link raftkvpb.Hot#top}.
         * @param error Error, if any
         * @param [response] HotResponse
         */
        type TopCallback = (error: (Error|null), response?: raftkvpb.HotResponse) => void;

        /** Calls Top. */
        type Top = {
          (request: raftkvpb.IHotRequest, callback: raftkvpb.Hot.TopCallback): void;
          (request: raftkvpb.IHotRequest): Promise<raftkvpb.HotResponse>;
          readonly name: "Top";
          readonly path: "/raftkvpb.Hot/Top";
          readonly requestType: "HotRequest";
          readonly responseType: "HotResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a HotRequest.
     * @deprecated Use raftkvpb.HotRequest.$Properties instead.
     */
    interface IHotRequest extends raftkvpb.HotRequest.$Properties {
    }

    /** Represents a HotRequest. */
    class HotRequest {

        /**
         * Constructs a new HotRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.HotRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HotRequest limit. */
        limit: (number|Long);

        /**
         * Creates a new HotRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HotRequest instance
         */
        static create(properties: raftkvpb.HotRequest.$Shape): raftkvpb.HotRequest & raftkvpb.HotRequest.$Shape;
        static create(properties?: raftkvpb.HotRequest.$Properties): raftkvpb.HotRequest;

        /**
         * Encodes the specified HotRequest message. Does not implicitly {@link raftkvpb.HotRequest.verify|verify} messages.
         * @param message HotRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.HotRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HotRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.HotRequest & raftkvpb.HotRequest.$Shape} HotRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.HotRequest & raftkvpb.HotRequest.$Shape;
    }

    namespace HotRequest {

        /** Properties of a HotRequest. */
        interface $Properties {

            /** HotRequest limit */
            limit?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HotRequest. */
        type $Shape = raftkvpb.HotRequest.$Properties;
    }

    /**
     * Properties of a HotResponse.
     * @deprecated Use raftkvpb.HotResponse.$Properties instead.
     */
    interface IHotResponse extends raftkvpb.HotResponse.$Properties {
    }

    /** Represents a HotResponse. */
    class HotResponse {

        /**
         * Constructs a new HotResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkvpb.HotResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HotResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** HotResponse reads. */
        reads?: (raftkvpb.HotKeys.$Properties|null);

        /** HotResponse writes. */
        writes?: (raftkvpb.HotKeys.$Properties|null);

        /** HotResponse capacity. */
        capacity: (number|Long);

        /**
         * Creates a new HotResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HotResponse instance
         */
        static create(properties: raftkvpb.HotResponse.$Shape): raftkvpb.HotResponse & raftkvpb.HotResponse.$Shape;
        static create(properties?: raftkvpb.HotResponse.$Properties): raftkvpb.HotResponse;

        /**
         * Encodes the specified HotResponse message. Does not implicitly {@link raftkvpb.HotResponse.verify|verify} messages.
         * @param message HotResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkvpb.HotResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HotResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkvpb.HotResponse & raftkvpb.HotResponse.$Shape} HotResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkvpb.HotResponse & raftkvpb.HotResponse.$Shape;
    }

    namespace HotResponse {

        /** Properties of a HotResponse. */
        interface $Properties {

            /** HotResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** HotResponse reads */
            reads?: (raftkvpb.HotKeys.$Properties|null);

            /** HotResponse writes */
            writes?: (raftkvpb.HotKeys.$Properties|null);

            /** HotResponse capacity */
            capacity?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HotResponse. */
        type $Shape = raftkvpb.HotResponse.$Properties;
    }
}

/** Namespace v3electionpb. */
export namespace v3electionpb {

    /** Represents an Election */
    class Election extends $protobuf.rpc.Service {

        /**
         * Constructs a new Election service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Election service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Election;

        /** Calls Campaign. */
        campaign: v3electionpb.Election.Campaign;

        /** Calls Proclaim. */
        proclaim: v3electionpb.Election.Proclaim;

        /** Calls Leader. */
        leader: v3electionpb.Election.Leader;

        /** Calls Observe. */
        observe: v3electionpb.Election.Observe;

        /** Calls Resign. */
        resign: v3electionpb.Election.Resign;
    }

    namespace Election {

        /**
         * Callback as used by {@link v3electionpb.Election#campaign}.
         * @param error Error, if any
         * @param [response] CampaignResponse
         */
        type CampaignCallback = (error: (Error|null), response?: v3electionpb.CampaignResponse) => void;

        /** Calls Campaign. */
        type Campaign = {
          (request: v3electionpb.ICampaignRequest, callback: v3electionpb.Election.CampaignCallback): void;
          (request: v3electionpb.ICampaignRequest): Promise<v3electionpb.CampaignResponse>;
          readonly name: "Campaign";
          readonly path: "/v3electionpb.Election/Campaign";
          readonly requestType: "CampaignRequest";
          readonly responseType: "CampaignResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link v3electionpb.Election#proclaim}.
         * @param error Error, if any
         * @param [response] ProclaimResponse
         */
        type ProclaimCallback = (error: (Error|null), response?: v3electionpb.ProclaimResponse) => void;

        /** Calls Proclaim. */
        type Proclaim = {
          (request: v3electionpb.IProclaimRequest, callback: v3electionpb.Election.ProclaimCallback): void;
          (request: v3electionpb.IProclaimRequest): Promise<v3electionpb.ProclaimResponse>;
          readonly name: "Proclaim";
          readonly path: "/v3electionpb.Election/Proclaim";
          readonly requestType: "ProclaimRequest";
          readonly responseType: "ProclaimResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link v3electionpb.Election#leader}.
         * @param error Error, if any
         * @param [response] LeaderResponse
         */
        type LeaderCallback = (error: (Error|null), response?: v3electionpb.LeaderResponse) => void;

        /** Calls Leader. */
        type Leader = {
          (request: v3electionpb.ILeaderRequest, callback: v3electionpb.Election.LeaderCallback): void;
          (request: v3electionpb.ILeaderRequest): Promise<v3electionpb.LeaderResponse>;
          readonly name: "Leader";
          readonly path: "/v3electionpb.Election/Leader";
          readonly requestType: "LeaderRequest";
          readonly responseType: "LeaderResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link v3electionpb.Election#observe}.
         * @param error Error, if any
         * @param [response] LeaderResponse
         */
        type ObserveCallback = (error: (Error|null), response?: v3electionpb.LeaderResponse) => void;

        /** Calls Observe. */
        type Observe = {
          (request: v3electionpb.ILeaderRequest, callback: v3electionpb.Election.ObserveCallback): void;
          (request: v3electionpb.ILeaderRequest): Promise<v3electionpb.LeaderResponse>;
          readonly name: "Observe";
          readonly path: "/v3electionpb.Election/Observe";
          readonly requestType: "LeaderRequest";
          readonly responseType: "LeaderResponse";
          readonly requestStream: undefined;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link v3electionpb.Election#resign}.
         * @param error Error, if any
         * @param [response] ResignResponse
         */
        type ResignCallback = (error: (Error|null), response?: v3electionpb.ResignResponse) => void;

        /** Calls Resign. */
        type Resign = {
          (request: v3electionpb.IResignRequest, callback: v3electionpb.Election.ResignCallback): void;
          (request: v3electionpb.IResignRequest): Promise<v3electionpb.ResignResponse>;
          readonly name: "Resign";
          readonly path: "/v3electionpb.Election/Resign";
          readonly requestType: "ResignRequest";
          readonly responseType: "ResignResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a CampaignRequest.
     * @deprecated Use v3electionpb.CampaignRequest.$Properties instead.
     */
    interface ICampaignRequest extends v3electionpb.CampaignRequest.$Properties {
    }

    /** Represents a CampaignRequest. */
    class CampaignRequest {

        /**
         * Constructs a new CampaignRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.CampaignRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CampaignRequest name. */
        name: Uint8Array;

        /** CampaignRequest lease. */
        lease: (number|Long);

        /** CampaignRequest value. */
        value: Uint8Array;

        /**
         * Creates a new CampaignRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CampaignRequest instance
         */
        static create(properties: v3electionpb.CampaignRequest.$Shape): v3electionpb.CampaignRequest & v3electionpb.CampaignRequest.$Shape;
        static create(properties?: v3electionpb.CampaignRequest.$Properties): v3electionpb.CampaignRequest;

        /**
         * Encodes the specified CampaignRequest message. Does not implicitly {@link v3electionpb.CampaignRequest.verify|verify} messages.
         * @param message CampaignRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.CampaignRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CampaignRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.CampaignRequest & v3electionpb.CampaignRequest.$Shape} CampaignRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.CampaignRequest & v3electionpb.CampaignRequest.$Shape;
    }

    namespace CampaignRequest {

        /** Properties of a CampaignRequest. */
        interface $Properties {

            /** CampaignRequest name */
            name?: (Uint8Array|null);

            /** CampaignRequest lease */
            lease?: (number|Long|null);

            /** CampaignRequest value */
            value?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CampaignRequest. */
        type $Shape = v3electionpb.CampaignRequest.$Properties;
    }

    /**
     * Properties of a CampaignResponse.
     * @deprecated Use v3electionpb.CampaignResponse.$Properties instead.
     */
    interface ICampaignResponse extends v3electionpb.CampaignResponse.$Properties {
    }

    /** Represents a CampaignResponse. */
    class CampaignResponse {

        /**
         * Constructs a new CampaignResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.CampaignResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CampaignResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** CampaignResponse leader. */
        leader?: (v3electionpb.LeaderKey.$Properties|null);

        /**
         * Creates a new CampaignResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CampaignResponse instance
         */
        static create(properties: v3electionpb.CampaignResponse.$Shape): v3electionpb.CampaignResponse & v3electionpb.CampaignResponse.$Shape;
        static create(properties?: v3electionpb.CampaignResponse.$Properties): v3electionpb.CampaignResponse;

        /**
         * Encodes the specified CampaignResponse message. Does not implicitly {@link v3electionpb.CampaignResponse.verify|verify} messages.
         * @param message CampaignResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.CampaignResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CampaignResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.CampaignResponse & v3electionpb.CampaignResponse.$Shape} CampaignResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.CampaignResponse & v3electionpb.CampaignResponse.$Shape;
    }

    namespace CampaignResponse {

        /** Properties of a CampaignResponse. */
        interface $Properties {

            /** CampaignResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** CampaignResponse leader */
            leader?: (v3electionpb.LeaderKey.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CampaignResponse. */
        type $Shape = v3electionpb.CampaignResponse.$Properties;
    }

    /**
     * Properties of a LeaderKey.
     * @deprecated Use v3electionpb.LeaderKey.$Properties instead.
     */
    interface ILeaderKey extends v3electionpb.LeaderKey.$Properties {
    }

    /** Represents a LeaderKey. */
    class LeaderKey {

        /**
         * Constructs a new LeaderKey.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.LeaderKey.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaderKey name. */
        name: Uint8Array;

        /** LeaderKey key. */
        key: Uint8Array;

        /** LeaderKey rev. */
        rev: (number|Long);

        /** LeaderKey lease. */
        lease: (number|Long);

        /**
         * Creates a new LeaderKey instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaderKey instance
         */
        static create(properties: v3electionpb.LeaderKey.$Shape): v3electionpb.LeaderKey & v3electionpb.LeaderKey.$Shape;
        static create(properties?: v3electionpb.LeaderKey.$Properties): v3electionpb.LeaderKey;

        /**
         * Encodes the specified LeaderKey message. Does not implicitly {@link v3electionpb.LeaderKey.verify|verify} messages.
         * @param message LeaderKey message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.LeaderKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaderKey message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.LeaderKey & v3electionpb.LeaderKey.$Shape} LeaderKey
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.LeaderKey & v3electionpb.LeaderKey.$Shape;
    }

    namespace LeaderKey {

        /** Properties of a LeaderKey. */
        interface $Properties {

            /** LeaderKey name */
            name?: (Uint8Array|null);

            /** LeaderKey key */
            key?: (Uint8Array|null);

            /** LeaderKey rev */
            rev?: (number|Long|null);

            /** LeaderKey lease */
            lease?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaderKey. */
        type $Shape = v3electionpb.LeaderKey.$Properties;
    }

    /**
     * Properties of a LeaderRequest.
     * @deprecated Use v3electionpb.LeaderRequest.$Properties instead.
     */
    interface ILeaderRequest extends v3electionpb.LeaderRequest.$Properties {
    }

    /** Represents a LeaderRequest. */
    class LeaderRequest {

        /**
         * Constructs a new LeaderRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.LeaderRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaderRequest name. */
        name: Uint8Array;

        /**
         * Creates a new LeaderRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaderRequest instance
         */
        static create(properties: v3electionpb.LeaderRequest.$Shape): v3electionpb.LeaderRequest & v3electionpb.LeaderRequest.$Shape;
        static create(properties?: v3electionpb.LeaderRequest.$Properties): v3electionpb.LeaderRequest;

        /**
         * Encodes the specified LeaderRequest message. Does not implicitly {@link v3electionpb.LeaderRequest.verify|verify} messages.
         * @param message LeaderRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.LeaderRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaderRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.LeaderRequest & v3electionpb.LeaderRequest.$Shape} LeaderRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.LeaderRequest & v3electionpb.LeaderRequest.$Shape;
    }

    namespace LeaderRequest {

        /** Properties of a LeaderRequest. */
        interface $Properties {

            /** LeaderRequest name */
            name?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaderRequest. */
        type $Shape = v3electionpb.LeaderRequest.$Properties;
    }

    /**
     * Properties of a LeaderResponse.
     * @deprecated Use v3electionpb.LeaderResponse.$Properties instead.
     */
    interface ILeaderResponse extends v3electionpb.LeaderResponse.$Properties {
    }

    /** Represents a LeaderResponse. */
    class LeaderResponse {

        /**
         * Constructs a new LeaderResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.LeaderResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaderResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LeaderResponse kv. */
        kv?: (mvccpb.KeyValue.$Properties|null);

        /**
         * Creates a new LeaderResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaderResponse instance
         */
        static create(properties: v3electionpb.LeaderResponse.$Shape): v3electionpb.LeaderResponse & v3electionpb.LeaderResponse.$Shape;
        static create(properties?: v3electionpb.LeaderResponse.$Properties): v3electionpb.LeaderResponse;

        /**
         * Encodes the specified LeaderResponse message. Does not implicitly {@link v3electionpb.LeaderResponse.verify|verify} messages.
         * @param message LeaderResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.LeaderResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaderResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.LeaderResponse & v3electionpb.LeaderResponse.$Shape} LeaderResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.LeaderResponse & v3electionpb.LeaderResponse.$Shape;
    }

    namespace LeaderResponse {

        /** Properties of a LeaderResponse. */
        interface $Properties {

            /** LeaderResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LeaderResponse kv */
            kv?: (mvccpb.KeyValue.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaderResponse. */
        type $Shape = v3electionpb.LeaderResponse.$Properties;
    }

    /**
     * Properties of a ResignRequest.
     * @deprecated Use v3electionpb.ResignRequest.$Properties instead.
     */
    interface IResignRequest extends v3electionpb.ResignRequest.$Properties {
    }

    /** Represents a ResignRequest. */
    class ResignRequest {

        /**
         * Constructs a new ResignRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.ResignRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResignRequest leader. */
        leader?: (v3electionpb.LeaderKey.$Properties|null);

        /**
         * Creates a new ResignRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResignRequest instance
         */
        static create(properties: v3electionpb.ResignRequest.$Shape): v3electionpb.ResignRequest & v3electionpb.ResignRequest.$Shape;
        static create(properties?: v3electionpb.ResignRequest.$Properties): v3electionpb.ResignRequest;

        /**
         * Encodes the specified ResignRequest message. Does not implicitly {@link v3electionpb.ResignRequest.verify|verify} messages.
         * @param message ResignRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.ResignRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResignRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.ResignRequest & v3electionpb.ResignRequest.$Shape} ResignRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.ResignRequest & v3electionpb.ResignRequest.$Shape;
    }

    namespace ResignRequest {

        /** Properties of a ResignRequest. */
        interface $Properties {

            /** ResignRequest leader */
            leader?: (v3electionpb.LeaderKey.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResignRequest. */
        type $Shape = v3electionpb.ResignRequest.$Properties;
    }

    /**
     * Properties of a ResignResponse.
     * @deprecated Use v3electionpb.ResignResponse.$Properties instead.
     */
    interface IResignResponse extends v3electionpb.ResignResponse.$Properties {
    }

    /** Represents a ResignResponse. */
    class ResignResponse {

        /**
         * Constructs a new ResignResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.ResignResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResignResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new ResignResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResignResponse instance
         */
        static create(properties: v3electionpb.ResignResponse.$Shape): v3electionpb.ResignResponse & v3electionpb.ResignResponse.$Shape;
        static create(properties?: v3electionpb.ResignResponse.$Properties): v3electionpb.ResignResponse;

        /**
         * Encodes the specified ResignResponse message. Does not implicitly {@link v3electionpb.ResignResponse.verify|verify} messages.
         * @param message ResignResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.ResignResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResignResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.ResignResponse & v3electionpb.ResignResponse.$Shape} ResignResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.ResignResponse & v3electionpb.ResignResponse.$Shape;
    }

    namespace ResignResponse {

        /** Properties of a ResignResponse. */
        interface $Properties {

            /** ResignResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResignResponse. */
        type $Shape = v3electionpb.ResignResponse.$Properties;
    }

    /**
     * Properties of a ProclaimRequest.
     * @deprecated Use v3electionpb.ProclaimRequest.$Properties instead.
     */
    interface IProclaimRequest extends v3electionpb.ProclaimRequest.$Properties {
    }

    /** Represents a ProclaimRequest. */
    class ProclaimRequest {

        /**
         * Constructs a new ProclaimRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.ProclaimRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ProclaimRequest leader. */
        leader?: (v3electionpb.LeaderKey.$Properties|null);

        /** ProclaimRequest value. */
        value: Uint8Array;

        /**
         * Creates a new ProclaimRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ProclaimRequest instance
         */
        static create(properties: v3electionpb.ProclaimRequest.$Shape): v3electionpb.ProclaimRequest & v3electionpb.ProclaimRequest.$Shape;
        static create(properties?: v3electionpb.ProclaimRequest.$Properties): v3electionpb.ProclaimRequest;

        /**
         * Encodes the specified ProclaimRequest message. Does not implicitly {@link v3electionpb.ProclaimRequest.verify|verify} messages.
         * @param message ProclaimRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.ProclaimRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ProclaimRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.ProclaimRequest & v3electionpb.ProclaimRequest.$Shape} ProclaimRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.ProclaimRequest & v3electionpb.ProclaimRequest.$Shape;
    }

    namespace ProclaimRequest {

        /** Properties of a ProclaimRequest. */
        interface $Properties {

            /** ProclaimRequest leader */
            leader?: (v3electionpb.LeaderKey.$Properties|null);

            /** ProclaimRequest value */
            value?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ProclaimRequest. */
        type $Shape = v3electionpb.ProclaimRequest.$Properties;
    }

    /**
     * Properties of a ProclaimResponse.
     * @deprecated Use v3electionpb.ProclaimResponse.$Properties instead.
     */
    interface IProclaimResponse extends v3electionpb.ProclaimResponse.$Properties {
    }

    /** Represents a ProclaimResponse. */
    class ProclaimResponse {

        /**
         * Constructs a new ProclaimResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3electionpb.ProclaimResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ProclaimResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new ProclaimResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ProclaimResponse instance
         */
        static create(properties: v3electionpb.ProclaimResponse.$Shape): v3electionpb.ProclaimResponse & v3electionpb.ProclaimResponse.$Shape;
        static create(properties?: v3electionpb.ProclaimResponse.$Properties): v3electionpb.ProclaimResponse;

        /**
         * Encodes the specified ProclaimResponse message. Does not implicitly {@link v3electionpb.ProclaimResponse.verify|verify} messages.
         * @param message ProclaimResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3electionpb.ProclaimResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ProclaimResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3electionpb.ProclaimResponse & v3electionpb.ProclaimResponse.$Shape} ProclaimResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3electionpb.ProclaimResponse & v3electionpb.ProclaimResponse.$Shape;
    }

    namespace ProclaimResponse {

        /** Properties of a ProclaimResponse. */
        interface $Properties {

            /** ProclaimResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ProclaimResponse. */
        type $Shape = v3electionpb.ProclaimResponse.$Properties;
    }
}

/** Namespace v3lockpb. */
export namespace v3lockpb {

    /** Represents a Lock */
    class Lock extends $protobuf.rpc.Service {

        /**
         * Constructs a new Lock service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Lock service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Lock;

        /** Calls Lock. */
        lock: v3lockpb.Lock.Lock;

        /** Calls Unlock. */
        unlock: v3lockpb.Lock.Unlock;
    }

    namespace Lock {

        /**
         * Callback as used by {@link v3lockpb.Lock#lock}.
         * @param error Error, if any
         * @param [response] LockResponse
         */
        type LockCallback = (error: (Error|null), response?: v3lockpb.LockResponse) => void;

        /** Calls Lock. */
        type Lock = {
          (request: v3lockpb.ILockRequest, callback: v3lockpb.Lock.LockCallback): void;
          (request: v3lockpb.ILockRequest): Promise<v3lockpb.LockResponse>;
          readonly name: "Lock";
          readonly path: "/v3lockpb.Lock/Lock";
          readonly requestType: "LockRequest";
          readonly responseType: "LockResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link v3lockpb.Lock#unlock}.
         * @param error Error, if any
         * @param [response] UnlockResponse
         */
        type UnlockCallback = (error: (Error|null), response?: v3lockpb.UnlockResponse) => void;

        /** Calls Unlock. */
        type Unlock = {
          (request: v3lockpb.IUnlockRequest, callback: v3lockpb.Lock.UnlockCallback): void;
          (request: v3lockpb.IUnlockRequest): Promise<v3lockpb.UnlockResponse>;
          readonly name: "Unlock";
          readonly path: "/v3lockpb.Lock/Unlock";
          readonly requestType: "UnlockRequest";
          readonly responseType: "UnlockResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a LockRequest.
     * @deprecated Use v3lockpb.LockRequest.$Properties instead.
     */
    interface ILockRequest extends v3lockpb.LockRequest.$Properties {
    }

    /** Represents a LockRequest. */
    class LockRequest {

        /**
         * Constructs a new LockRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3lockpb.LockRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LockRequest name. */
        name: Uint8Array;

        /** LockRequest lease. */
        lease: (number|Long);

        /**
         * Creates a new LockRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LockRequest instance
         */
        static create(properties: v3lockpb.LockRequest.$Shape): v3lockpb.LockRequest & v3lockpb.LockRequest.$Shape;
        static create(properties?: v3lockpb.LockRequest.$Properties): v3lockpb.LockRequest;

        /**
         * Encodes the specified LockRequest message. Does not implicitly {@link v3lockpb.LockRequest.verify|verify} messages.
         * @param message LockRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3lockpb.LockRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LockRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3lockpb.LockRequest & v3lockpb.LockRequest.$Shape} LockRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3lockpb.LockRequest & v3lockpb.LockRequest.$Shape;
    }

    namespace LockRequest {

        /** Properties of a LockRequest. */
        interface $Properties {

            /** LockRequest name */
            name?: (Uint8Array|null);

            /** LockRequest lease */
            lease?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LockRequest. */
        type $Shape = v3lockpb.LockRequest.$Properties;
    }

    /**
     * Properties of a LockResponse.
     * @deprecated Use v3lockpb.LockResponse.$Properties instead.
     */
    interface ILockResponse extends v3lockpb.LockResponse.$Properties {
    }

    /** Represents a LockResponse. */
    class LockResponse {

        /**
         * Constructs a new LockResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3lockpb.LockResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LockResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /** LockResponse key. */
        key: Uint8Array;

        /**
         * Creates a new LockResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LockResponse instance
         */
        static create(properties: v3lockpb.LockResponse.$Shape): v3lockpb.LockResponse & v3lockpb.LockResponse.$Shape;
        static create(properties?: v3lockpb.LockResponse.$Properties): v3lockpb.LockResponse;

        /**
         * Encodes the specified LockResponse message. Does not implicitly {@link v3lockpb.LockResponse.verify|verify} messages.
         * @param message LockResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3lockpb.LockResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LockResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3lockpb.LockResponse & v3lockpb.LockResponse.$Shape} LockResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3lockpb.LockResponse & v3lockpb.LockResponse.$Shape;
    }

    namespace LockResponse {

        /** Properties of a LockResponse. */
        interface $Properties {

            /** LockResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** LockResponse key */
            key?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LockResponse. */
        type $Shape = v3lockpb.LockResponse.$Properties;
    }

    /**
     * Properties of an UnlockRequest.
     * @deprecated Use v3lockpb.UnlockRequest.$Properties instead.
     */
    interface IUnlockRequest extends v3lockpb.UnlockRequest.$Properties {
    }

    /** Represents an UnlockRequest. */
    class UnlockRequest {

        /**
         * Constructs a new UnlockRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3lockpb.UnlockRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UnlockRequest key. */
        key: Uint8Array;

        /**
         * Creates a new UnlockRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UnlockRequest instance
         */
        static create(properties: v3lockpb.UnlockRequest.$Shape): v3lockpb.UnlockRequest & v3lockpb.UnlockRequest.$Shape;
        static create(properties?: v3lockpb.UnlockRequest.$Properties): v3lockpb.UnlockRequest;

        /**
         * Encodes the specified UnlockRequest message. Does not implicitly {@link v3lockpb.UnlockRequest.verify|verify} messages.
         * @param message UnlockRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3lockpb.UnlockRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UnlockRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3lockpb.UnlockRequest & v3lockpb.UnlockRequest.$Shape} UnlockRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3lockpb.UnlockRequest & v3lockpb.UnlockRequest.$Shape;
    }

    namespace UnlockRequest {

        /** Properties of an UnlockRequest. */
        interface $Properties {

            /** UnlockRequest key */
            key?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UnlockRequest. */
        type $Shape = v3lockpb.UnlockRequest.$Properties;
    }

    /**
     * Properties of an UnlockResponse.
     * @deprecated Use v3lockpb.UnlockResponse.$Properties instead.
     */
    interface IUnlockResponse extends v3lockpb.UnlockResponse.$Properties {
    }

    /** Represents an UnlockResponse. */
    class UnlockResponse {

        /**
         * Constructs a new UnlockResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: v3lockpb.UnlockResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UnlockResponse header. */
        header?: (etcdserverpb.ResponseHeader.$Properties|null);

        /**
         * Creates a new UnlockResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UnlockResponse instance
         */
        static create(properties: v3lockpb.UnlockResponse.$Shape): v3lockpb.UnlockResponse & v3lockpb.UnlockResponse.$Shape;
        static create(properties?: v3lockpb.UnlockResponse.$Properties): v3lockpb.UnlockResponse;

        /**
         * Encodes the specified UnlockResponse message. Does not implicitly {@link v3lockpb.UnlockResponse.verify|verify} messages.
         * @param message UnlockResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: v3lockpb.UnlockResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UnlockResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {v3lockpb.UnlockResponse & v3lockpb.UnlockResponse.$Shape} UnlockResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): v3lockpb.UnlockResponse & v3lockpb.UnlockResponse.$Shape;
    }

    namespace UnlockResponse {

        /** Properties of an UnlockResponse. */
        interface $Properties {

            /** UnlockResponse header */
            header?: (etcdserverpb.ResponseHeader.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UnlockResponse. */
        type $Shape = v3lockpb.UnlockResponse.$Properties;
    }
}

/** Namespace grpc. */
export namespace grpc {

    /** Namespace health. */
    namespace health {

        /** Namespace v1. */
        namespace v1 {

            /** Represents a Health */
            class Health extends $protobuf.rpc.Service {

                /**
                 * Constructs a new Health service.
                 * @param rpcImpl RPC implementation
                 * @param [requestDelimited=false] Whether requests are length-delimited
                 * @param [responseDelimited=false] Whether responses are length-delimited
                 */
                constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

                /**
                 * Creates new Health service using the specified rpc implementation.
                 * @param rpcImpl RPC implementation
                 * @param [requestDelimited=false] Whether requests are length-delimited
                 * @param [responseDelimited=false] Whether responses are length-delimited
                 * @returns RPC service. Useful where requests and/or responses are streamed.
                 */
                static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Health;

                /** Calls Check. */
                check: grpc.health.v1.Health.Check;

                /** Calls Watch. */
                watch: grpc.health.v1.Health.Watch;
            }

            namespace Health {

                /**
                 * Callback as used by {@link grpc.health.v1.Health#check}.
                 * @param error Error, if any
                 * @param [response] HealthCheckResponse
                 */
                type CheckCallback = (error: (Error|null), response?: grpc.health.v1.HealthCheckResponse) => void;

                /** Calls Check. */
                type Check = {
                  (request: grpc.health.v1.IHealthCheckRequest, callback: grpc.health.v1.Health.CheckCallback): void;
                  (request: grpc.health.v1.IHealthCheckRequest): Promise<grpc.health.v1.HealthCheckResponse>;
                  readonly name: "Check";
                  readonly path: "/grpc.health.v1.Health/Check";
                  readonly requestType: "HealthCheckRequest";
                  readonly responseType: "HealthCheckResponse";
                  readonly requestStream: undefined;
                  readonly responseStream: undefined;
                };

                /**
                 * Callback as used by {@link grpc.health.v1.Health#watch}.
                 * @param error Error, if any
                 * @param [response] HealthCheckResponse
                 */
                type WatchCallback = (error: (Error|null), response?: grpc.health.v1.HealthCheckResponse) => void;

                /** Calls Watch. */
                type Watch = {
                  (request: grpc.health.v1.IHealthCheckRequest, callback: grpc.health.v1.Health.WatchCallback): void;
                  (request: grpc.health.v1.IHealthCheckRequest): Promise<grpc.health.v1.HealthCheckResponse>;
                  readonly name: "Watch";
                  readonly path: "/grpc.health.v1.Health/Watch";
                  readonly requestType: "HealthCheckRequest";
                  readonly responseType: "HealthCheckResponse";
                  readonly requestStream: undefined;
                  readonly responseStream: true;
                };
            }

            /**
             * Properties of a HealthCheckRequest.
             * @deprecated Use grpc.health.v1.HealthCheckRequest.$Properties instead.
             */
            interface IHealthCheckRequest extends grpc.health.v1.HealthCheckRequest.$Properties {
            }

            /** Represents a HealthCheckRequest. */
            class HealthCheckRequest {

                /**
                 * Constructs a new HealthCheckRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthCheckRequest service. */
                service: string;

                /**
                 * Creates a new HealthCheckRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckRequest instance
                 */
                static create(properties: grpc.health.v1.HealthCheckRequest.$Shape): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckRequest.$Properties): grpc.health.v1.HealthCheckRequest;

                /**
                 * Encodes the specified HealthCheckRequest message. Does not implicitly {@link grpc.health.v1.HealthCheckRequest.verify|verify} messages.
                 * @param message HealthCheckRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape} HealthCheckRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
            }

            namespace HealthCheckRequest {

                /** Properties of a HealthCheckRequest. */
                interface $Properties {

                    /** HealthCheckRequest service */
                    service?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckRequest. */
                type $Shape = grpc.health.v1.HealthCheckRequest.$Properties;
            }

            /**
             * Properties of a HealthCheckResponse.
             * @deprecated Use grpc.health.v1.HealthCheckResponse.$Properties instead.
             */
            interface IHealthCheckResponse extends grpc.health.v1.HealthCheckResponse.$Properties {
            }

            /** Represents a HealthCheckResponse. */
            class HealthCheckResponse {

                /**
                 * Constructs a new HealthCheckResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.HealthCheckResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HealthCheckResponse status. */
                status: grpc.health.v1.HealthCheckResponse.ServingStatus;

                /**
                 * Creates a new HealthCheckResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HealthCheckResponse instance
                 */
                static create(properties: grpc.health.v1.HealthCheckResponse.$Shape): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
                static create(properties?: grpc.health.v1.HealthCheckResponse.$Properties): grpc.health.v1.HealthCheckResponse;

                /**
                 * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.health.v1.HealthCheckResponse.verify|verify} messages.
                 * @param message HealthCheckResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.health.v1.HealthCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape} HealthCheckResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
            }

            namespace HealthCheckResponse {

                /** Properties of a HealthCheckResponse. */
                interface $Properties {

                    /** HealthCheckResponse status */
                    status?: (grpc.health.v1.HealthCheckResponse.ServingStatus|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HealthCheckResponse. */
                type $Shape = grpc.health.v1.HealthCheckResponse.$Properties;

                /** ServingStatus enum. */
                enum ServingStatus {

                    /** UNKNOWN value */
                    UNKNOWN = 0,

                    /** SERVING value */
                    SERVING = 1,

                    /** NOT_SERVING value */
                    NOT_SERVING = 2,

                    /** SERVICE_UNKNOWN value */
                    SERVICE_UNKNOWN = 3
                }
            }
        }
    }

    /** Namespace reflection. */
    namespace reflection {

        /** Namespace v1. */
        namespace v1 {

            /** Represents a ServerReflection */
            class ServerReflection extends $protobuf.rpc.Service {

                /**
                 * Constructs a new ServerReflection service.
                 * @param rpcImpl RPC implementation
                 * @param [requestDelimited=false] Whether requests are length-delimited
                 * @param [responseDelimited=false] Whether responses are length-delimited
                 */
                constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

                /**
                 * Creates new ServerReflection service using the specified rpc implementation.
                 * @param rpcImpl RPC implementation
                 * @param [requestDelimited=false] Whether requests are length-delimited
                 * @param [responseDelimited=false] Whether responses are length-delimited
                 * @returns RPC service. Useful where requests and/or responses are streamed.
                 */
                static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): ServerReflection;

                /** Calls ServerReflectionInfo. */
                serverReflectionInfo: grpc.reflection.v1.ServerReflection.ServerReflectionInfo;
            }

            namespace ServerReflection {

                /**
                 * Callback as used by {@link grpc.reflection.v1.ServerReflection#serverReflectionInfo}.
                 * @param error Error, if any
                 * @param [response] ServerReflectionResponse
                 */
                type ServerReflectionInfoCallback = (error: (Error|null), response?: grpc.reflection.v1.ServerReflectionResponse) => void;

                /** Calls ServerReflectionInfo. */
                type ServerReflectionInfo = {
                  (request: grpc.reflection.v1.IServerReflectionRequest, callback: grpc.reflection.v1.ServerReflection.ServerReflectionInfoCallback): void;
                  (request: grpc.reflection.v1.IServerReflectionRequest): Promise<grpc.reflection.v1.ServerReflectionResponse>;
                  readonly name: "ServerReflectionInfo";
                  readonly path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
                  readonly requestType: "ServerReflectionRequest";
                  readonly responseType: "ServerReflectionResponse";
                  readonly requestStream: true;
                  readonly responseStream: true;
                };
            }

            /**
             * Properties of a ServerReflectionRequest.
             * @deprecated Use grpc.reflection.v1.ServerReflectionRequest.$Properties instead.
             */
            interface IServerReflectionRequest extends grpc.reflection.v1.ServerReflectionRequest.$Properties {
            }

            /** Represents a ServerReflectionRequest. */
            class ServerReflectionRequest {

                /**
                 * Constructs a new ServerReflectionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServerReflectionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionRequest host. */
                host: string;

                /** ServerReflectionRequest fileByFilename. */
                fileByFilename?: (string|null);

                /** ServerReflectionRequest fileContainingSymbol. */
                fileContainingSymbol?: (string|null);

                /** ServerReflectionRequest fileContainingExtension. */
                fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);

                /** ServerReflectionRequest allExtensionNumbersOfType. */
                allExtensionNumbersOfType?: (string|null);

                /** ServerReflectionRequest listServices. */
                listServices?: (string|null);

                /** ServerReflectionRequest messageRequest. */
                messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                /**
                 * Creates a new ServerReflectionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionRequest instance
                 */
                static create(properties: grpc.reflection.v1.ServerReflectionRequest.$Shape): grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape;
                static create(properties?: grpc.reflection.v1.ServerReflectionRequest.$Properties): grpc.reflection.v1.ServerReflectionRequest;

                /**
                 * Encodes the specified ServerReflectionRequest message. Does not implicitly {@link grpc.reflection.v1.ServerReflectionRequest.verify|verify} messages.
                 * @param message ServerReflectionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServerReflectionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape} ServerReflectionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape;
            }

            namespace ServerReflectionRequest {

                /** Properties of a ServerReflectionRequest. */
                interface $Properties {

                    /** ServerReflectionRequest host */
                    host?: (string|null);

                    /** ServerReflectionRequest fileByFilename */
                    fileByFilename?: (string|null);

                    /** ServerReflectionRequest fileContainingSymbol */
                    fileContainingSymbol?: (string|null);

                    /** ServerReflectionRequest fileContainingExtension */
                    fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);

                    /** ServerReflectionRequest allExtensionNumbersOfType */
                    allExtensionNumbersOfType?: (string|null);

                    /** ServerReflectionRequest listServices */
                    listServices?: (string|null);

                    /** ServerReflectionRequest messageRequest */
                    messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionRequest. */
                type $Shape = {
                  host?: string|null;
                  fileByFilename?: string|null;
                  fileContainingSymbol?: string|null;
                  fileContainingExtension?: grpc.reflection.v1.ExtensionRequest.$Shape|null;
                  allExtensionNumbersOfType?: string|null;
                  listServices?: string|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageRequest?: undefined; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileByFilename"; fileByFilename: string; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingSymbol"; fileByFilename?: null; fileContainingSymbol: string; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingExtension"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension: grpc.reflection.v1.ExtensionRequest.$Shape; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "allExtensionNumbersOfType"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType: string; listServices?: null }|{ messageRequest?: "listServices"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices: string })
                );
            }

            /**
             * Properties of an ExtensionRequest.
             * @deprecated Use grpc.reflection.v1.ExtensionRequest.$Properties instead.
             */
            interface IExtensionRequest extends grpc.reflection.v1.ExtensionRequest.$Properties {
            }

            /** Represents an ExtensionRequest. */
            class ExtensionRequest {

                /**
                 * Constructs a new ExtensionRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ExtensionRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionRequest containingType. */
                containingType: string;

                /** ExtensionRequest extensionNumber. */
                extensionNumber: number;

                /**
                 * Creates a new ExtensionRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionRequest instance
                 */
                static create(properties: grpc.reflection.v1.ExtensionRequest.$Shape): grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape;
                static create(properties?: grpc.reflection.v1.ExtensionRequest.$Properties): grpc.reflection.v1.ExtensionRequest;

                /**
                 * Encodes the specified ExtensionRequest message. Does not implicitly {@link grpc.reflection.v1.ExtensionRequest.verify|verify} messages.
                 * @param message ExtensionRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ExtensionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape} ExtensionRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape;
            }

            namespace ExtensionRequest {

                /** Properties of an ExtensionRequest. */
                interface $Properties {

                    /** ExtensionRequest containingType */
                    containingType?: (string|null);

                    /** ExtensionRequest extensionNumber */
                    extensionNumber?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionRequest. */
                type $Shape = grpc.reflection.v1.ExtensionRequest.$Properties;
            }

            /**
             * Properties of a ServerReflectionResponse.
             * @deprecated Use grpc.reflection.v1.ServerReflectionResponse.$Properties instead.
             */
            interface IServerReflectionResponse extends grpc.reflection.v1.ServerReflectionResponse.$Properties {
            }

            /** Represents a ServerReflectionResponse. */
            class ServerReflectionResponse {

                /**
                 * Constructs a new ServerReflectionResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServerReflectionResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServerReflectionResponse validHost. */
                validHost: string;

                /** ServerReflectionResponse originalRequest. */
                originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);

                /** ServerReflectionResponse fileDescriptorResponse. */
                fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);

                /** ServerReflectionResponse allExtensionNumbersResponse. */
                allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);

                /** ServerReflectionResponse listServicesResponse. */
                listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);

                /** ServerReflectionResponse errorResponse. */
                errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);

                /** ServerReflectionResponse messageResponse. */
                messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                /**
                 * Creates a new ServerReflectionResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServerReflectionResponse instance
                 */
                static create(properties: grpc.reflection.v1.ServerReflectionResponse.$Shape): grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ServerReflectionResponse.$Properties): grpc.reflection.v1.ServerReflectionResponse;

                /**
                 * Encodes the specified ServerReflectionResponse message. Does not implicitly {@link grpc.reflection.v1.ServerReflectionResponse.verify|verify} messages.
                 * @param message ServerReflectionResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServerReflectionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServerReflectionResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape} ServerReflectionResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape;
            }

            namespace ServerReflectionResponse {

                /** Properties of a ServerReflectionResponse. */
                interface $Properties {

                    /** ServerReflectionResponse validHost */
                    validHost?: (string|null);

                    /** ServerReflectionResponse originalRequest */
                    originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);

                    /** ServerReflectionResponse fileDescriptorResponse */
                    fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);

                    /** ServerReflectionResponse allExtensionNumbersResponse */
                    allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);

                    /** ServerReflectionResponse listServicesResponse */
                    listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);

                    /** ServerReflectionResponse errorResponse */
                    errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);

                    /** ServerReflectionResponse messageResponse */
                    messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ServerReflectionResponse. */
                type $Shape = {
                  validHost?: string|null;
                  originalRequest?: grpc.reflection.v1.ServerReflectionRequest.$Shape|null;
                  fileDescriptorResponse?: grpc.reflection.v1.FileDescriptorResponse.$Shape|null;
                  allExtensionNumbersResponse?: grpc.reflection.v1.ExtensionNumberResponse.$Shape|null;
                  listServicesResponse?: grpc.reflection.v1.ListServiceResponse.$Shape|null;
                  errorResponse?: grpc.reflection.v1.ErrorResponse.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageResponse?: undefined; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "fileDescriptorResponse"; fileDescriptorResponse: grpc.reflection.v1.FileDescriptorResponse.$Shape; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "allExtensionNumbersResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse: grpc.reflection.v1.ExtensionNumberResponse.$Shape; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "listServicesResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse: grpc.reflection.v1.ListServiceResponse.$Shape; errorResponse?: null }|{ messageResponse?: "errorResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse: grpc.reflection.v1.ErrorResponse.$Shape })
                );
            }

            /**
             * Properties of a FileDescriptorResponse.
             * @deprecated Use grpc.reflection.v1.FileDescriptorResponse.$Properties instead.
             */
            interface IFileDescriptorResponse extends grpc.reflection.v1.FileDescriptorResponse.$Properties {
            }

            /** Represents a FileDescriptorResponse. */
            class FileDescriptorResponse {

                /**
                 * Constructs a new FileDescriptorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.FileDescriptorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FileDescriptorResponse fileDescriptorProto. */
                fileDescriptorProto: Uint8Array[];

                /**
                 * Creates a new FileDescriptorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns FileDescriptorResponse instance
                 */
                static create(properties: grpc.reflection.v1.FileDescriptorResponse.$Shape): grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape;
                static create(properties?: grpc.reflection.v1.FileDescriptorResponse.$Properties): grpc.reflection.v1.FileDescriptorResponse;

                /**
                 * Encodes the specified FileDescriptorResponse message. Does not implicitly {@link grpc.reflection.v1.FileDescriptorResponse.verify|verify} messages.
                 * @param message FileDescriptorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.FileDescriptorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FileDescriptorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape} FileDescriptorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape;
            }

            namespace FileDescriptorResponse {

                /** Properties of a FileDescriptorResponse. */
                interface $Properties {

                    /** FileDescriptorResponse fileDescriptorProto */
                    fileDescriptorProto?: (Uint8Array[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FileDescriptorResponse. */
                type $Shape = grpc.reflection.v1.FileDescriptorResponse.$Properties;
            }

            /**
             * Properties of an ExtensionNumberResponse.
             * @deprecated Use grpc.reflection.v1.ExtensionNumberResponse.$Properties instead.
             */
            interface IExtensionNumberResponse extends grpc.reflection.v1.ExtensionNumberResponse.$Properties {
            }

            /** Represents an ExtensionNumberResponse. */
            class ExtensionNumberResponse {

                /**
                 * Constructs a new ExtensionNumberResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ExtensionNumberResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ExtensionNumberResponse baseTypeName. */
                baseTypeName: string;

                /** ExtensionNumberResponse extensionNumber. */
                extensionNumber: number[];

                /**
                 * Creates a new ExtensionNumberResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ExtensionNumberResponse instance
                 */
                static create(properties: grpc.reflection.v1.ExtensionNumberResponse.$Shape): grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ExtensionNumberResponse.$Properties): grpc.reflection.v1.ExtensionNumberResponse;

                /**
                 * Encodes the specified ExtensionNumberResponse message. Does not implicitly {@link grpc.reflection.v1.ExtensionNumberResponse.verify|verify} messages.
                 * @param message ExtensionNumberResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ExtensionNumberResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ExtensionNumberResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape} ExtensionNumberResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape;
            }

            namespace ExtensionNumberResponse {

                /** Properties of an ExtensionNumberResponse. */
                interface $Properties {

                    /** ExtensionNumberResponse baseTypeName */
                    baseTypeName?: (string|null);

                    /** ExtensionNumberResponse extensionNumber */
                    extensionNumber?: (number[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ExtensionNumberResponse. */
                type $Shape = grpc.reflection.v1.ExtensionNumberResponse.$Properties;
            }

            /**
             * Properties of a ListServiceResponse.
             * @deprecated Use grpc.reflection.v1.ListServiceResponse.$Properties instead.
             */
            interface IListServiceResponse extends grpc.reflection.v1.ListServiceResponse.$Properties {
            }

            /** Represents a ListServiceResponse. */
            class ListServiceResponse {

                /**
                 * Constructs a new ListServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ListServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ListServiceResponse service. */
                service: grpc.reflection.v1.ServiceResponse.$Properties[];

                /**
                 * Creates a new ListServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ListServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1.ListServiceResponse.$Shape): grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ListServiceResponse.$Properties): grpc.reflection.v1.ListServiceResponse;

                /**
                 * Encodes the specified ListServiceResponse message. Does not implicitly {@link grpc.reflection.v1.ListServiceResponse.verify|verify} messages.
                 * @param message ListServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ListServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ListServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape} ListServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape;
            }

            namespace ListServiceResponse {

                /** Properties of a ListServiceResponse. */
                interface $Properties {

                    /** ListServiceResponse service */
                    service?: (grpc.reflection.v1.ServiceResponse.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ListServiceResponse. */
                type $Shape = grpc.reflection.v1.ListServiceResponse.$Properties;
            }

            /**
             * Properties of a ServiceResponse.
             * @deprecated Use grpc.reflection.v1.ServiceResponse.$Properties instead.
             */
            interface IServiceResponse extends grpc.reflection.v1.ServiceResponse.$Properties {
            }

            /** Represents a ServiceResponse. */
            class ServiceResponse {

                /**
                 * Constructs a new ServiceResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ServiceResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ServiceResponse name. */
                name: string;

                /**
                 * Creates a new ServiceResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ServiceResponse instance
                 */
                static create(properties: grpc.reflection.v1.ServiceResponse.$Shape): grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ServiceResponse.$Properties): grpc.reflection.v1.ServiceResponse;

                /**
                 * Encodes the specified ServiceResponse message. Does not implicitly {@link grpc.reflection.v1.ServiceResponse.verify|verify} messages.
                 * @param message ServiceResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ServiceResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape} ServiceResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape;
            }

            namespace ServiceResponse {

                /** Properties of a ServiceResponse. */
                interface $Properties {

                    /** ServiceResponse name */
                    name?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ServiceResponse. */
                type $Shape = grpc.reflection.v1.ServiceResponse.$Properties;
            }

            /**
             * Properties of an ErrorResponse.
             * @deprecated Use grpc.reflection.v1.ErrorResponse.$Properties instead.
             */
            interface IErrorResponse extends grpc.reflection.v1.ErrorResponse.$Properties {
            }

            /** Represents an ErrorResponse. */
            class ErrorResponse {

                /**
                 * Constructs a new ErrorResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.reflection.v1.ErrorResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ErrorResponse errorCode. */
                errorCode: number;

                /** ErrorResponse errorMessage. */
                errorMessage: string;

                /**
                 * Creates a new ErrorResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ErrorResponse instance
                 */
                static create(properties: grpc.reflection.v1.ErrorResponse.$Shape): grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape;
                static create(properties?: grpc.reflection.v1.ErrorResponse.$Properties): grpc.reflection.v1.ErrorResponse;

                /**
                 * Encodes the specified ErrorResponse message. Does not implicitly {@link grpc.reflection.v1.ErrorResponse.verify|verify} messages.
                 * @param message ErrorResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: grpc.reflection.v1.ErrorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an ErrorResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape} ErrorResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape;
            }

            namespace ErrorResponse {

                /** Properties of an ErrorResponse. */
                interface $Properties {

                    /** ErrorResponse errorCode */
                    errorCode?: (number|null);

                    /** ErrorResponse errorMessage */
                    errorMessage?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an ErrorResponse. */
                type $Shape = grpc.reflection.v1.ErrorResponse.$Properties;
            }
        }
    }
}

/** Namespace raftkv. */
export namespace raftkv {

    /**
     * Properties of a Command.
     * @deprecated Use raftkv.Command.$Properties instead.
     */
    interface ICommand extends raftkv.Command.$Properties {
    }

    /** Represents a Command. */
    class Command {

        /**
         * Constructs a new Command.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.Command.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Command version. */
        version: number;

        /** Command origin. */
        origin: (number|Long);

        /** Command boot. */
        boot: number;

        /** Command sequence. */
        sequence: (number|Long);

        /** Command session. */
        session: (number|Long);

        /** Command sessionSequence. */
        sessionSequence: (number|Long);

        /** Command acknowledged. */
        acknowledged: (number|Long);

        /** Command user. */
        user: string;

        /** Command authRevision. */
        authRevision: (number|Long);

        /** Command put. */
        put?: (etcdserverpb.PutRequest.$Properties|null);

        /** Command deleteRange. */
        deleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);

        /** Command txn. */
        txn?: (etcdserverpb.TxnRequest.$Properties|null);

        /** Command compaction. */
        compaction?: (etcdserverpb.CompactionRequest.$Properties|null);

        /** Command memberUpdate. */
        memberUpdate?: (raftkv.MemberRecord.$Properties|null);

        /** Command memberAdd. */
        memberAdd?: (raftkv.MemberAddition.$Properties|null);

        /** Command memberPromote. */
        memberPromote?: (raftkv.MemberRecord.$Properties|null);

        /** Command memberRemove. */
        memberRemove?: (raftkv.MemberRecord.$Properties|null);

        /** Command memberRelocate. */
        memberRelocate?: (raftkv.MemberRelocation.$Properties|null);

        /** Command leaseGrant. */
        leaseGrant?: (etcdserverpb.LeaseGrantRequest.$Properties|null);

        /** Command leaseRevoke. */
        leaseRevoke?: (etcdserverpb.LeaseRevokeRequest.$Properties|null);

        /** Command leaseExpire. */
        leaseExpire?: (raftkv.LeaseExpiry.$Properties|null);

        /** Command autoCompaction. */
        autoCompaction?: (etcdserverpb.CompactionRequest.$Properties|null);

        /** Command memberAlarm. */
        memberAlarm?: (etcdserverpb.AlarmRequest.$Properties|null);

        /** Command alarm. */
        alarm?: (etcdserverpb.AlarmRequest.$Properties|null);

        /** Command authEnable. */
        authEnable?: (etcdserverpb.AuthEnableRequest.$Properties|null);

        /** Command authDisable. */
        authDisable?: (etcdserverpb.AuthDisableRequest.$Properties|null);

        /** Command tokenAssign. */
        tokenAssign?: (raftkv.TokenAssignment.$Properties|null);

        /** Command userAdd. */
        userAdd?: (etcdserverpb.AuthUserAddRequest.$Properties|null);

        /** Command userDelete. */
        userDelete?: (etcdserverpb.AuthUserDeleteRequest.$Properties|null);

        /** Command userChangePassword. */
        userChangePassword?: (etcdserverpb.AuthUserChangePasswordRequest.$Properties|null);

        /** Command userGrantRole. */
        userGrantRole?: (etcdserverpb.AuthUserGrantRoleRequest.$Properties|null);

        /** Command userRevokeRole. */
        userRevokeRole?: (etcdserverpb.AuthUserRevokeRoleRequest.$Properties|null);

        /** Command roleAdd. */
        roleAdd?: (etcdserverpb.AuthRoleAddRequest.$Properties|null);

        /** Command roleDelete. */
        roleDelete?: (etcdserverpb.AuthRoleDeleteRequest.$Properties|null);

        /** Command roleGrantPermission. */
        roleGrantPermission?: (etcdserverpb.AuthRoleGrantPermissionRequest.$Properties|null);

        /** Command roleRevokePermission. */
        roleRevokePermission?: (etcdserverpb.AuthRoleRevokePermissionRequest.$Properties|null);

        /** Command indexCreate. */
        indexCreate?: (raftkvpb.IndexCreateRequest.$Properties|null);

        /** Command indexDrop. */
        indexDrop?: (raftkvpb.IndexDropRequest.$Properties|null);

        /** Command indexBuild. */
        indexBuild?: (raftkv.IndexSlice.$Properties|null);

        /** Command sessionOpen. */
        sessionOpen?: (raftkv.SessionOpening.$Properties|null);

        /** Command sessionKeepAlive. */
        sessionKeepAlive?: (raftkvpb.SessionKeepAliveRequest.$Properties|null);

        /** Command sessionClose. */
        sessionClose?: (raftkvpb.SessionCloseRequest.$Properties|null);

        /** Command sessionExpire. */
        sessionExpire?: (raftkv.SessionExpiry.$Properties|null);

        /** Command feedCreate. */
        feedCreate?: (raftkvpb.FeedCreateRequest.$Properties|null);

        /** Command feedDelete. */
        feedDelete?: (raftkvpb.FeedDeleteRequest.$Properties|null);

        /** Command feedReset. */
        feedReset?: (raftkvpb.FeedResetRequest.$Properties|null);

        /** Command feedAck. */
        feedAck?: (raftkvpb.FeedAckRequest.$Properties|null);

        /** Command feedJoin. */
        feedJoin?: (raftkv.FeedJoin.$Properties|null);

        /** Command body. */
        body?: ("put"|"deleteRange"|"txn"|"compaction"|"memberUpdate"|"memberAdd"|"memberPromote"|"memberRemove"|"memberRelocate"|"leaseGrant"|"leaseRevoke"|"leaseExpire"|"autoCompaction"|"memberAlarm"|"alarm"|"authEnable"|"authDisable"|"tokenAssign"|"userAdd"|"userDelete"|"userChangePassword"|"userGrantRole"|"userRevokeRole"|"roleAdd"|"roleDelete"|"roleGrantPermission"|"roleRevokePermission"|"indexCreate"|"indexDrop"|"indexBuild"|"sessionOpen"|"sessionKeepAlive"|"sessionClose"|"sessionExpire"|"feedCreate"|"feedDelete"|"feedReset"|"feedAck"|"feedJoin");

        /**
         * Creates a new Command instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Command instance
         */
        static create(properties: raftkv.Command.$Shape): raftkv.Command & raftkv.Command.$Shape;
        static create(properties?: raftkv.Command.$Properties): raftkv.Command;

        /**
         * Encodes the specified Command message. Does not implicitly {@link raftkv.Command.verify|verify} messages.
         * @param message Command message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.Command.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Command message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.Command & raftkv.Command.$Shape} Command
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.Command & raftkv.Command.$Shape;
    }

    namespace Command {

        /** Properties of a Command. */
        interface $Properties {

            /** Command version */
            version?: (number|null);

            /** Command origin */
            origin?: (number|Long|null);

            /** Command boot */
            boot?: (number|null);

            /** Command sequence */
            sequence?: (number|Long|null);

            /** Command session */
            session?: (number|Long|null);

            /** Command sessionSequence */
            sessionSequence?: (number|Long|null);

            /** Command acknowledged */
            acknowledged?: (number|Long|null);

            /** Command user */
            user?: (string|null);

            /** Command authRevision */
            authRevision?: (number|Long|null);

            /** Command put */
            put?: (etcdserverpb.PutRequest.$Properties|null);

            /** Command deleteRange */
            deleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);

            /** Command txn */
            txn?: (etcdserverpb.TxnRequest.$Properties|null);

            /** Command compaction */
            compaction?: (etcdserverpb.CompactionRequest.$Properties|null);

            /** Command memberUpdate */
            memberUpdate?: (raftkv.MemberRecord.$Properties|null);

            /** Command memberAdd */
            memberAdd?: (raftkv.MemberAddition.$Properties|null);

            /** Command memberPromote */
            memberPromote?: (raftkv.MemberRecord.$Properties|null);

            /** Command memberRemove */
            memberRemove?: (raftkv.MemberRecord.$Properties|null);

            /** Command memberRelocate */
            memberRelocate?: (raftkv.MemberRelocation.$Properties|null);

            /** Command leaseGrant */
            leaseGrant?: (etcdserverpb.LeaseGrantRequest.$Properties|null);

            /** Command leaseRevoke */
            leaseRevoke?: (etcdserverpb.LeaseRevokeRequest.$Properties|null);

            /** Command leaseExpire */
            leaseExpire?: (raftkv.LeaseExpiry.$Properties|null);

            /** Command autoCompaction */
            autoCompaction?: (etcdserverpb.CompactionRequest.$Properties|null);

            /** Command memberAlarm */
            memberAlarm?: (etcdserverpb.AlarmRequest.$Properties|null);

            /** Command alarm */
            alarm?: (etcdserverpb.AlarmRequest.$Properties|null);

            /** Command authEnable */
            authEnable?: (etcdserverpb.AuthEnableRequest.$Properties|null);

            /** Command authDisable */
            authDisable?: (etcdserverpb.AuthDisableRequest.$Properties|null);

            /** Command tokenAssign */
            tokenAssign?: (raftkv.TokenAssignment.$Properties|null);

            /** Command userAdd */
            userAdd?: (etcdserverpb.AuthUserAddRequest.$Properties|null);

            /** Command userDelete */
            userDelete?: (etcdserverpb.AuthUserDeleteRequest.$Properties|null);

            /** Command userChangePassword */
            userChangePassword?: (etcdserverpb.AuthUserChangePasswordRequest.$Properties|null);

            /** Command userGrantRole */
            userGrantRole?: (etcdserverpb.AuthUserGrantRoleRequest.$Properties|null);

            /** Command userRevokeRole */
            userRevokeRole?: (etcdserverpb.AuthUserRevokeRoleRequest.$Properties|null);

            /** Command roleAdd */
            roleAdd?: (etcdserverpb.AuthRoleAddRequest.$Properties|null);

            /** Command roleDelete */
            roleDelete?: (etcdserverpb.AuthRoleDeleteRequest.$Properties|null);

            /** Command roleGrantPermission */
            roleGrantPermission?: (etcdserverpb.AuthRoleGrantPermissionRequest.$Properties|null);

            /** Command roleRevokePermission */
            roleRevokePermission?: (etcdserverpb.AuthRoleRevokePermissionRequest.$Properties|null);

            /** Command indexCreate */
            indexCreate?: (raftkvpb.IndexCreateRequest.$Properties|null);

            /** Command indexDrop */
            indexDrop?: (raftkvpb.IndexDropRequest.$Properties|null);

            /** Command indexBuild */
            indexBuild?: (raftkv.IndexSlice.$Properties|null);

            /** Command sessionOpen */
            sessionOpen?: (raftkv.SessionOpening.$Properties|null);

            /** Command sessionKeepAlive */
            sessionKeepAlive?: (raftkvpb.SessionKeepAliveRequest.$Properties|null);

            /** Command sessionClose */
            sessionClose?: (raftkvpb.SessionCloseRequest.$Properties|null);

            /** Command sessionExpire */
            sessionExpire?: (raftkv.SessionExpiry.$Properties|null);

            /** Command feedCreate */
            feedCreate?: (raftkvpb.FeedCreateRequest.$Properties|null);

            /** Command feedDelete */
            feedDelete?: (raftkvpb.FeedDeleteRequest.$Properties|null);

            /** Command feedReset */
            feedReset?: (raftkvpb.FeedResetRequest.$Properties|null);

            /** Command feedAck */
            feedAck?: (raftkvpb.FeedAckRequest.$Properties|null);

            /** Command feedJoin */
            feedJoin?: (raftkv.FeedJoin.$Properties|null);

            /** Command body */
            body?: ("put"|"deleteRange"|"txn"|"compaction"|"memberUpdate"|"memberAdd"|"memberPromote"|"memberRemove"|"memberRelocate"|"leaseGrant"|"leaseRevoke"|"leaseExpire"|"autoCompaction"|"memberAlarm"|"alarm"|"authEnable"|"authDisable"|"tokenAssign"|"userAdd"|"userDelete"|"userChangePassword"|"userGrantRole"|"userRevokeRole"|"roleAdd"|"roleDelete"|"roleGrantPermission"|"roleRevokePermission"|"indexCreate"|"indexDrop"|"indexBuild"|"sessionOpen"|"sessionKeepAlive"|"sessionClose"|"sessionExpire"|"feedCreate"|"feedDelete"|"feedReset"|"feedAck"|"feedJoin");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Command. */
        type $Shape = {
          version?: number|null;
          origin?: number|Long|null;
          boot?: number|null;
          sequence?: number|Long|null;
          session?: number|Long|null;
          sessionSequence?: number|Long|null;
          acknowledged?: number|Long|null;
          user?: string|null;
          authRevision?: number|Long|null;
          put?: etcdserverpb.PutRequest.$Shape|null;
          deleteRange?: etcdserverpb.DeleteRangeRequest.$Shape|null;
          txn?: etcdserverpb.TxnRequest.$Shape|null;
          compaction?: etcdserverpb.CompactionRequest.$Shape|null;
          memberUpdate?: raftkv.MemberRecord.$Shape|null;
          memberAdd?: raftkv.MemberAddition.$Shape|null;
          memberPromote?: raftkv.MemberRecord.$Shape|null;
          memberRemove?: raftkv.MemberRecord.$Shape|null;
          memberRelocate?: raftkv.MemberRelocation.$Shape|null;
          leaseGrant?: etcdserverpb.LeaseGrantRequest.$Shape|null;
          leaseRevoke?: etcdserverpb.LeaseRevokeRequest.$Shape|null;
          leaseExpire?: raftkv.LeaseExpiry.$Shape|null;
          autoCompaction?: etcdserverpb.CompactionRequest.$Shape|null;
          memberAlarm?: etcdserverpb.AlarmRequest.$Shape|null;
          alarm?: etcdserverpb.AlarmRequest.$Shape|null;
          authEnable?: etcdserverpb.AuthEnableRequest.$Shape|null;
          authDisable?: etcdserverpb.AuthDisableRequest.$Shape|null;
          tokenAssign?: raftkv.TokenAssignment.$Shape|null;
          userAdd?: etcdserverpb.AuthUserAddRequest.$Shape|null;
          userDelete?: etcdserverpb.AuthUserDeleteRequest.$Shape|null;
          userChangePassword?: etcdserverpb.AuthUserChangePasswordRequest.$Shape|null;
          userGrantRole?: etcdserverpb.AuthUserGrantRoleRequest.$Shape|null;
          userRevokeRole?: etcdserverpb.AuthUserRevokeRoleRequest.$Shape|null;
          roleAdd?: etcdserverpb.AuthRoleAddRequest.$Shape|null;
          roleDelete?: etcdserverpb.AuthRoleDeleteRequest.$Shape|null;
          roleGrantPermission?: etcdserverpb.AuthRoleGrantPermissionRequest.$Shape|null;
          roleRevokePermission?: etcdserverpb.AuthRoleRevokePermissionRequest.$Shape|null;
          indexCreate?: raftkvpb.IndexCreateRequest.$Shape|null;
          indexDrop?: raftkvpb.IndexDropRequest.$Shape|null;
          indexBuild?: raftkv.IndexSlice.$Shape|null;
          sessionOpen?: raftkv.SessionOpening.$Shape|null;
          sessionKeepAlive?: raftkvpb.SessionKeepAliveRequest.$Shape|null;
          sessionClose?: raftkvpb.SessionCloseRequest.$Shape|null;
          sessionExpire?: raftkv.SessionExpiry.$Shape|null;
          feedCreate?: raftkvpb.FeedCreateRequest.$Shape|null;
          feedDelete?: raftkvpb.FeedDeleteRequest.$Shape|null;
          feedReset?: raftkvpb.FeedResetRequest.$Shape|null;
          feedAck?: raftkvpb.FeedAckRequest.$Shape|null;
          feedJoin?: raftkv.FeedJoin.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "put"; put: etcdserverpb.PutRequest.$Shape; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "deleteRange"; put?: null; deleteRange: etcdserverpb.DeleteRangeRequest.$Shape; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "txn"; put?: null; deleteRange?: null; txn: etcdserverpb.TxnRequest.$Shape; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "compaction"; put?: null; deleteRange?: null; txn?: null; compaction: etcdserverpb.CompactionRequest.$Shape; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberUpdate"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate: raftkv.MemberRecord.$Shape; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberAdd"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd: raftkv.MemberAddition.$Shape; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberPromote"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote: raftkv.MemberRecord.$Shape; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberRemove"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove: raftkv.MemberRecord.$Shape; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberRelocate"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate: raftkv.MemberRelocation.$Shape; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "leaseGrant"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant: etcdserverpb.LeaseGrantRequest.$Shape; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "leaseRevoke"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke: etcdserverpb.LeaseRevokeRequest.$Shape; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "leaseExpire"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire: raftkv.LeaseExpiry.$Shape; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "autoCompaction"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction: etcdserverpb.CompactionRequest.$Shape; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "memberAlarm"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm: etcdserverpb.AlarmRequest.$Shape; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "alarm"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm: etcdserverpb.AlarmRequest.$Shape; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "authEnable"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable: etcdserverpb.AuthEnableRequest.$Shape; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "authDisable"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable: etcdserverpb.AuthDisableRequest.$Shape; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "tokenAssign"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign: raftkv.TokenAssignment.$Shape; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "userAdd"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd: etcdserverpb.AuthUserAddRequest.$Shape; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "userDelete"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete: etcdserverpb.AuthUserDeleteRequest.$Shape; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "userChangePassword"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword: etcdserverpb.AuthUserChangePasswordRequest.$Shape; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "userGrantRole"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole: etcdserverpb.AuthUserGrantRoleRequest.$Shape; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "userRevokeRole"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole: etcdserverpb.AuthUserRevokeRoleRequest.$Shape; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "roleAdd"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd: etcdserverpb.AuthRoleAddRequest.$Shape; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "roleDelete"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete: etcdserverpb.AuthRoleDeleteRequest.$Shape; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "roleGrantPermission"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission: etcdserverpb.AuthRoleGrantPermissionRequest.$Shape; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "roleRevokePermission"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission: etcdserverpb.AuthRoleRevokePermissionRequest.$Shape; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "indexCreate"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate: raftkvpb.IndexCreateRequest.$Shape; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "indexDrop"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop: raftkvpb.IndexDropRequest.$Shape; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "indexBuild"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild: raftkv.IndexSlice.$Shape; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "sessionOpen"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen: raftkv.SessionOpening.$Shape; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "sessionKeepAlive"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive: raftkvpb.SessionKeepAliveRequest.$Shape; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "sessionClose"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose: raftkvpb.SessionCloseRequest.$Shape; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "sessionExpire"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire: raftkv.SessionExpiry.$Shape; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "feedCreate"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate: raftkvpb.FeedCreateRequest.$Shape; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "feedDelete"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete: raftkvpb.FeedDeleteRequest.$Shape; feedReset?: null; feedAck?: null; feedJoin?: null }|{ body?: "feedReset"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset: raftkvpb.FeedResetRequest.$Shape; feedAck?: null; feedJoin?: null }|{ body?: "feedAck"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck: raftkvpb.FeedAckRequest.$Shape; feedJoin?: null }|{ body?: "feedJoin"; put?: null; deleteRange?: null; txn?: null; compaction?: null; memberUpdate?: null; memberAdd?: null; memberPromote?: null; memberRemove?: null; memberRelocate?: null; leaseGrant?: null; leaseRevoke?: null; leaseExpire?: null; autoCompaction?: null; memberAlarm?: null; alarm?: null; authEnable?: null; authDisable?: null; tokenAssign?: null; userAdd?: null; userDelete?: null; userChangePassword?: null; userGrantRole?: null; userRevokeRole?: null; roleAdd?: null; roleDelete?: null; roleGrantPermission?: null; roleRevokePermission?: null; indexCreate?: null; indexDrop?: null; indexBuild?: null; sessionOpen?: null; sessionKeepAlive?: null; sessionClose?: null; sessionExpire?: null; feedCreate?: null; feedDelete?: null; feedReset?: null; feedAck?: null; feedJoin: raftkv.FeedJoin.$Shape })
        );
    }

    /**
     * Properties of an IndexSlice.
     * @deprecated Use raftkv.IndexSlice.$Properties instead.
     */
    interface IIndexSlice extends raftkv.IndexSlice.$Properties {
    }

    /** Represents an IndexSlice. */
    class IndexSlice {

        /**
         * Constructs a new IndexSlice.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.IndexSlice.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexSlice id. */
        id: number;

        /** IndexSlice cursor. */
        cursor: Uint8Array;

        /** IndexSlice keys. */
        keys: number;

        /**
         * Creates a new IndexSlice instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexSlice instance
         */
        static create(properties: raftkv.IndexSlice.$Shape): raftkv.IndexSlice & raftkv.IndexSlice.$Shape;
        static create(properties?: raftkv.IndexSlice.$Properties): raftkv.IndexSlice;

        /**
         * Encodes the specified IndexSlice message. Does not implicitly {@link raftkv.IndexSlice.verify|verify} messages.
         * @param message IndexSlice message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.IndexSlice.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexSlice message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.IndexSlice & raftkv.IndexSlice.$Shape} IndexSlice
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.IndexSlice & raftkv.IndexSlice.$Shape;
    }

    namespace IndexSlice {

        /** Properties of an IndexSlice. */
        interface $Properties {

            /** IndexSlice id */
            id?: (number|null);

            /** IndexSlice cursor */
            cursor?: (Uint8Array|null);

            /** IndexSlice keys */
            keys?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexSlice. */
        type $Shape = raftkv.IndexSlice.$Properties;
    }

    /**
     * Properties of an IndexRecord.
     * @deprecated Use raftkv.IndexRecord.$Properties instead.
     */
    interface IIndexRecord extends raftkv.IndexRecord.$Properties {
    }

    /** Represents an IndexRecord. */
    class IndexRecord {

        /**
         * Constructs a new IndexRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.IndexRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexRecord id. */
        id: number;

        /** IndexRecord definition. */
        definition?: (raftkvpb.IndexDefinition.$Properties|null);

        /** IndexRecord cursor. */
        cursor: Uint8Array;

        /** IndexRecord readyRevision. */
        readyRevision: (number|Long);

        /** IndexRecord failed. */
        failed: boolean;

        /** IndexRecord duplicates. */
        duplicates: raftkvpb.IndexDuplicate.$Properties[];

        /**
         * Creates a new IndexRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexRecord instance
         */
        static create(properties: raftkv.IndexRecord.$Shape): raftkv.IndexRecord & raftkv.IndexRecord.$Shape;
        static create(properties?: raftkv.IndexRecord.$Properties): raftkv.IndexRecord;

        /**
         * Encodes the specified IndexRecord message. Does not implicitly {@link raftkv.IndexRecord.verify|verify} messages.
         * @param message IndexRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.IndexRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.IndexRecord & raftkv.IndexRecord.$Shape} IndexRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.IndexRecord & raftkv.IndexRecord.$Shape;
    }

    namespace IndexRecord {

        /** Properties of an IndexRecord. */
        interface $Properties {

            /** IndexRecord id */
            id?: (number|null);

            /** IndexRecord definition */
            definition?: (raftkvpb.IndexDefinition.$Properties|null);

            /** IndexRecord cursor */
            cursor?: (Uint8Array|null);

            /** IndexRecord readyRevision */
            readyRevision?: (number|Long|null);

            /** IndexRecord failed */
            failed?: (boolean|null);

            /** IndexRecord duplicates */
            duplicates?: (raftkvpb.IndexDuplicate.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexRecord. */
        type $Shape = {
          id?: number|null;
          definition?: raftkvpb.IndexDefinition.$Shape|null;
          cursor?: Uint8Array|null;
          readyRevision?: number|Long|null;
          failed?: boolean|null;
          duplicates?: raftkvpb.IndexDuplicate.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an IndexCounts.
     * @deprecated Use raftkv.IndexCounts.$Properties instead.
     */
    interface IIndexCounts extends raftkv.IndexCounts.$Properties {
    }

    /** Represents an IndexCounts. */
    class IndexCounts {

        /**
         * Constructs a new IndexCounts.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.IndexCounts.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IndexCounts keys. */
        keys: (number|Long);

        /** IndexCounts entries. */
        entries: (number|Long);

        /** IndexCounts leftOut. */
        leftOut: (number|Long);

        /**
         * Creates a new IndexCounts instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IndexCounts instance
         */
        static create(properties: raftkv.IndexCounts.$Shape): raftkv.IndexCounts & raftkv.IndexCounts.$Shape;
        static create(properties?: raftkv.IndexCounts.$Properties): raftkv.IndexCounts;

        /**
         * Encodes the specified IndexCounts message. Does not implicitly {@link raftkv.IndexCounts.verify|verify} messages.
         * @param message IndexCounts message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.IndexCounts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IndexCounts message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.IndexCounts & raftkv.IndexCounts.$Shape} IndexCounts
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.IndexCounts & raftkv.IndexCounts.$Shape;
    }

    namespace IndexCounts {

        /** Properties of an IndexCounts. */
        interface $Properties {

            /** IndexCounts keys */
            keys?: (number|Long|null);

            /** IndexCounts entries */
            entries?: (number|Long|null);

            /** IndexCounts leftOut */
            leftOut?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IndexCounts. */
        type $Shape = raftkv.IndexCounts.$Properties;
    }

    /**
     * Properties of a TokenAssignment.
     * @deprecated Use raftkv.TokenAssignment.$Properties instead.
     */
    interface ITokenAssignment extends raftkv.TokenAssignment.$Properties {
    }

    /** Represents a TokenAssignment. */
    class TokenAssignment {

        /**
         * Constructs a new TokenAssignment.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.TokenAssignment.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TokenAssignment user. */
        user: string;

        /** TokenAssignment digest. */
        digest: Uint8Array;

        /** TokenAssignment checkedRevision. */
        checkedRevision: (number|Long);

        /**
         * Creates a new TokenAssignment instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TokenAssignment instance
         */
        static create(properties: raftkv.TokenAssignment.$Shape): raftkv.TokenAssignment & raftkv.TokenAssignment.$Shape;
        static create(properties?: raftkv.TokenAssignment.$Properties): raftkv.TokenAssignment;

        /**
         * Encodes the specified TokenAssignment message. Does not implicitly {@link raftkv.TokenAssignment.verify|verify} messages.
         * @param message TokenAssignment message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.TokenAssignment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TokenAssignment message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.TokenAssignment & raftkv.TokenAssignment.$Shape} TokenAssignment
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.TokenAssignment & raftkv.TokenAssignment.$Shape;
    }

    namespace TokenAssignment {

        /** Properties of a TokenAssignment. */
        interface $Properties {

            /** TokenAssignment user */
            user?: (string|null);

            /** TokenAssignment digest */
            digest?: (Uint8Array|null);

            /** TokenAssignment checkedRevision */
            checkedRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TokenAssignment. */
        type $Shape = raftkv.TokenAssignment.$Properties;
    }

    /**
     * Properties of an AssignedToken.
     * @deprecated Use raftkv.AssignedToken.$Properties instead.
     */
    interface IAssignedToken extends raftkv.AssignedToken.$Properties {
    }

    /** Represents an AssignedToken. */
    class AssignedToken {

        /**
         * Constructs a new AssignedToken.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.AssignedToken.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AssignedToken index. */
        index: (number|Long);

        /**
         * Creates a new AssignedToken instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AssignedToken instance
         */
        static create(properties: raftkv.AssignedToken.$Shape): raftkv.AssignedToken & raftkv.AssignedToken.$Shape;
        static create(properties?: raftkv.AssignedToken.$Properties): raftkv.AssignedToken;

        /**
         * Encodes the specified AssignedToken message. Does not implicitly {@link raftkv.AssignedToken.verify|verify} messages.
         * @param message AssignedToken message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.AssignedToken.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AssignedToken message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.AssignedToken & raftkv.AssignedToken.$Shape} AssignedToken
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.AssignedToken & raftkv.AssignedToken.$Shape;
    }

    namespace AssignedToken {

        /** Properties of an AssignedToken. */
        interface $Properties {

            /** AssignedToken index */
            index?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AssignedToken. */
        type $Shape = raftkv.AssignedToken.$Properties;
    }

    /**
     * Properties of an AuthRecord.
     * @deprecated Use raftkv.AuthRecord.$Properties instead.
     */
    interface IAuthRecord extends raftkv.AuthRecord.$Properties {
    }

    /** Represents an AuthRecord. */
    class AuthRecord {

        /**
         * Constructs a new AuthRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.AuthRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuthRecord enabled. */
        enabled: boolean;

        /** AuthRecord revision. */
        revision: (number|Long);

        /**
         * Creates a new AuthRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuthRecord instance
         */
        static create(properties: raftkv.AuthRecord.$Shape): raftkv.AuthRecord & raftkv.AuthRecord.$Shape;
        static create(properties?: raftkv.AuthRecord.$Properties): raftkv.AuthRecord;

        /**
         * Encodes the specified AuthRecord message. Does not implicitly {@link raftkv.AuthRecord.verify|verify} messages.
         * @param message AuthRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.AuthRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuthRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.AuthRecord & raftkv.AuthRecord.$Shape} AuthRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.AuthRecord & raftkv.AuthRecord.$Shape;
    }

    namespace AuthRecord {

        /** Properties of an AuthRecord. */
        interface $Properties {

            /** AuthRecord enabled */
            enabled?: (boolean|null);

            /** AuthRecord revision */
            revision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuthRecord. */
        type $Shape = raftkv.AuthRecord.$Properties;
    }

    /**
     * Properties of a LeaseExpiry.
     * @deprecated Use raftkv.LeaseExpiry.$Properties instead.
     */
    interface ILeaseExpiry extends raftkv.LeaseExpiry.$Properties {
    }

    /** Represents a LeaseExpiry. */
    class LeaseExpiry {

        /**
         * Constructs a new LeaseExpiry.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.LeaseExpiry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseExpiry id. */
        id: (number|Long);

        /** LeaseExpiry grantedIndex. */
        grantedIndex: (number|Long);

        /** LeaseExpiry term. */
        term: (number|Long);

        /**
         * Creates a new LeaseExpiry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseExpiry instance
         */
        static create(properties: raftkv.LeaseExpiry.$Shape): raftkv.LeaseExpiry & raftkv.LeaseExpiry.$Shape;
        static create(properties?: raftkv.LeaseExpiry.$Properties): raftkv.LeaseExpiry;

        /**
         * Encodes the specified LeaseExpiry message. Does not implicitly {@link raftkv.LeaseExpiry.verify|verify} messages.
         * @param message LeaseExpiry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.LeaseExpiry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseExpiry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.LeaseExpiry & raftkv.LeaseExpiry.$Shape} LeaseExpiry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.LeaseExpiry & raftkv.LeaseExpiry.$Shape;
    }

    namespace LeaseExpiry {

        /** Properties of a LeaseExpiry. */
        interface $Properties {

            /** LeaseExpiry id */
            id?: (number|Long|null);

            /** LeaseExpiry grantedIndex */
            grantedIndex?: (number|Long|null);

            /** LeaseExpiry term */
            term?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseExpiry. */
        type $Shape = raftkv.LeaseExpiry.$Properties;
    }

    /**
     * Properties of a LeaseRecord.
     * @deprecated Use raftkv.LeaseRecord.$Properties instead.
     */
    interface ILeaseRecord extends raftkv.LeaseRecord.$Properties {
    }

    /** Represents a LeaseRecord. */
    class LeaseRecord {

        /**
         * Constructs a new LeaseRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.LeaseRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseRecord ttl. */
        ttl: (number|Long);

        /** LeaseRecord grantedIndex. */
        grantedIndex: (number|Long);

        /**
         * Creates a new LeaseRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseRecord instance
         */
        static create(properties: raftkv.LeaseRecord.$Shape): raftkv.LeaseRecord & raftkv.LeaseRecord.$Shape;
        static create(properties?: raftkv.LeaseRecord.$Properties): raftkv.LeaseRecord;

        /**
         * Encodes the specified LeaseRecord message. Does not implicitly {@link raftkv.LeaseRecord.verify|verify} messages.
         * @param message LeaseRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.LeaseRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.LeaseRecord & raftkv.LeaseRecord.$Shape} LeaseRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.LeaseRecord & raftkv.LeaseRecord.$Shape;
    }

    namespace LeaseRecord {

        /** Properties of a LeaseRecord. */
        interface $Properties {

            /** LeaseRecord ttl */
            ttl?: (number|Long|null);

            /** LeaseRecord grantedIndex */
            grantedIndex?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseRecord. */
        type $Shape = raftkv.LeaseRecord.$Properties;
    }

    /**
     * Properties of a MemberAddition.
     * @deprecated Use raftkv.MemberAddition.$Properties instead.
     */
    interface IMemberAddition extends raftkv.MemberAddition.$Properties {
    }

    /** Represents a MemberAddition. */
    class MemberAddition {

        /**
         * Constructs a new MemberAddition.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MemberAddition.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberAddition member. */
        member?: (raftkv.MemberRecord.$Properties|null);

        /** MemberAddition maxLearners. */
        maxLearners: number;

        /**
         * Creates a new MemberAddition instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberAddition instance
         */
        static create(properties: raftkv.MemberAddition.$Shape): raftkv.MemberAddition & raftkv.MemberAddition.$Shape;
        static create(properties?: raftkv.MemberAddition.$Properties): raftkv.MemberAddition;

        /**
         * Encodes the specified MemberAddition message. Does not implicitly {@link raftkv.MemberAddition.verify|verify} messages.
         * @param message MemberAddition message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MemberAddition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberAddition message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MemberAddition & raftkv.MemberAddition.$Shape} MemberAddition
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MemberAddition & raftkv.MemberAddition.$Shape;
    }

    namespace MemberAddition {

        /** Properties of a MemberAddition. */
        interface $Properties {

            /** MemberAddition member */
            member?: (raftkv.MemberRecord.$Properties|null);

            /** MemberAddition maxLearners */
            maxLearners?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberAddition. */
        type $Shape = raftkv.MemberAddition.$Properties;
    }

    /**
     * Properties of a MemberRelocation.
     * @deprecated Use raftkv.MemberRelocation.$Properties instead.
     */
    interface IMemberRelocation extends raftkv.MemberRelocation.$Properties {
    }

    /** Represents a MemberRelocation. */
    class MemberRelocation {

        /**
         * Constructs a new MemberRelocation.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MemberRelocation.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberRelocation id. */
        id: (number|Long);

        /** MemberRelocation peerUrls. */
        peerUrls: string[];

        /** MemberRelocation basedOn. */
        basedOn: (number|Long);

        /**
         * Creates a new MemberRelocation instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberRelocation instance
         */
        static create(properties: raftkv.MemberRelocation.$Shape): raftkv.MemberRelocation & raftkv.MemberRelocation.$Shape;
        static create(properties?: raftkv.MemberRelocation.$Properties): raftkv.MemberRelocation;

        /**
         * Encodes the specified MemberRelocation message. Does not implicitly {@link raftkv.MemberRelocation.verify|verify} messages.
         * @param message MemberRelocation message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MemberRelocation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberRelocation message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MemberRelocation & raftkv.MemberRelocation.$Shape} MemberRelocation
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MemberRelocation & raftkv.MemberRelocation.$Shape;
    }

    namespace MemberRelocation {

        /** Properties of a MemberRelocation. */
        interface $Properties {

            /** MemberRelocation id */
            id?: (number|Long|null);

            /** MemberRelocation peerUrls */
            peerUrls?: (string[]|null);

            /** MemberRelocation basedOn */
            basedOn?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberRelocation. */
        type $Shape = raftkv.MemberRelocation.$Properties;
    }

    /**
     * Properties of a MemberRecord.
     * @deprecated Use raftkv.MemberRecord.$Properties instead.
     */
    interface IMemberRecord extends raftkv.MemberRecord.$Properties {
    }

    /** Represents a MemberRecord. */
    class MemberRecord {

        /**
         * Constructs a new MemberRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MemberRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberRecord id. */
        id: (number|Long);

        /** MemberRecord name. */
        name: string;

        /** MemberRecord peerUrls. */
        peerUrls: string[];

        /** MemberRecord clientUrls. */
        clientUrls: string[];

        /** MemberRecord isLearner. */
        isLearner: boolean;

        /** MemberRecord peerUrlsIndex. */
        peerUrlsIndex: (number|Long);

        /**
         * Creates a new MemberRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberRecord instance
         */
        static create(properties: raftkv.MemberRecord.$Shape): raftkv.MemberRecord & raftkv.MemberRecord.$Shape;
        static create(properties?: raftkv.MemberRecord.$Properties): raftkv.MemberRecord;

        /**
         * Encodes the specified MemberRecord message. Does not implicitly {@link raftkv.MemberRecord.verify|verify} messages.
         * @param message MemberRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MemberRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MemberRecord & raftkv.MemberRecord.$Shape} MemberRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MemberRecord & raftkv.MemberRecord.$Shape;
    }

    namespace MemberRecord {

        /** Properties of a MemberRecord. */
        interface $Properties {

            /** MemberRecord id */
            id?: (number|Long|null);

            /** MemberRecord name */
            name?: (string|null);

            /** MemberRecord peerUrls */
            peerUrls?: (string[]|null);

            /** MemberRecord clientUrls */
            clientUrls?: (string[]|null);

            /** MemberRecord isLearner */
            isLearner?: (boolean|null);

            /** MemberRecord peerUrlsIndex */
            peerUrlsIndex?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberRecord. */
        type $Shape = raftkv.MemberRecord.$Properties;
    }

    /**
     * Properties of a MemberRecords.
     * @deprecated Use raftkv.MemberRecords.$Properties instead.
     */
    interface IMemberRecords extends raftkv.MemberRecords.$Properties {
    }

    /** Represents a MemberRecords. */
    class MemberRecords {

        /**
         * Constructs a new MemberRecords.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MemberRecords.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberRecords records. */
        records: raftkv.MemberRecord.$Properties[];

        /**
         * Creates a new MemberRecords instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemberRecords instance
         */
        static create(properties: raftkv.MemberRecords.$Shape): raftkv.MemberRecords & raftkv.MemberRecords.$Shape;
        static create(properties?: raftkv.MemberRecords.$Properties): raftkv.MemberRecords;

        /**
         * Encodes the specified MemberRecords message. Does not implicitly {@link raftkv.MemberRecords.verify|verify} messages.
         * @param message MemberRecords message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MemberRecords.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberRecords message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MemberRecords & raftkv.MemberRecords.$Shape} MemberRecords
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MemberRecords & raftkv.MemberRecords.$Shape;
    }

    namespace MemberRecords {

        /** Properties of a MemberRecords. */
        interface $Properties {

            /** MemberRecords records */
            records?: (raftkv.MemberRecord.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberRecords. */
        type $Shape = raftkv.MemberRecords.$Properties;
    }

    /**
     * Properties of a FeedJoin.
     * @deprecated Use raftkv.FeedJoin.$Properties instead.
     */
    interface IFeedJoin extends raftkv.FeedJoin.$Properties {
    }

    /** Represents a FeedJoin. */
    class FeedJoin {

        /**
         * Constructs a new FeedJoin.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.FeedJoin.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedJoin feed. */
        feed: string;

        /** FeedJoin worker. */
        worker: string;

        /** FeedJoin lease. */
        lease: (number|Long);

        /** FeedJoin ttl. */
        ttl: (number|Long);

        /**
         * Creates a new FeedJoin instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedJoin instance
         */
        static create(properties: raftkv.FeedJoin.$Shape): raftkv.FeedJoin & raftkv.FeedJoin.$Shape;
        static create(properties?: raftkv.FeedJoin.$Properties): raftkv.FeedJoin;

        /**
         * Encodes the specified FeedJoin message. Does not implicitly {@link raftkv.FeedJoin.verify|verify} messages.
         * @param message FeedJoin message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.FeedJoin.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedJoin message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.FeedJoin & raftkv.FeedJoin.$Shape} FeedJoin
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.FeedJoin & raftkv.FeedJoin.$Shape;
    }

    namespace FeedJoin {

        /** Properties of a FeedJoin. */
        interface $Properties {

            /** FeedJoin feed */
            feed?: (string|null);

            /** FeedJoin worker */
            worker?: (string|null);

            /** FeedJoin lease */
            lease?: (number|Long|null);

            /** FeedJoin ttl */
            ttl?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedJoin. */
        type $Shape = raftkv.FeedJoin.$Properties;
    }

    /**
     * Properties of a FeedRecord.
     * @deprecated Use raftkv.FeedRecord.$Properties instead.
     */
    interface IFeedRecord extends raftkv.FeedRecord.$Properties {
    }

    /** Represents a FeedRecord. */
    class FeedRecord {

        /**
         * Constructs a new FeedRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.FeedRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedRecord id. */
        id: (number|Long);

        /** FeedRecord key. */
        key: Uint8Array;

        /** FeedRecord rangeEnd. */
        rangeEnd: Uint8Array;

        /** FeedRecord noPuts. */
        noPuts: boolean;

        /** FeedRecord noDeletes. */
        noDeletes: boolean;

        /** FeedRecord prevKv. */
        prevKv: boolean;

        /** FeedRecord partitions. */
        partitions: number;

        /** FeedRecord retainRevisions. */
        retainRevisions: (number|Long);

        /** FeedRecord broken. */
        broken: (number|Long);

        /** FeedRecord workers. */
        workers: raftkv.FeedWorker.$Properties[];

        /**
         * Creates a new FeedRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedRecord instance
         */
        static create(properties: raftkv.FeedRecord.$Shape): raftkv.FeedRecord & raftkv.FeedRecord.$Shape;
        static create(properties?: raftkv.FeedRecord.$Properties): raftkv.FeedRecord;

        /**
         * Encodes the specified FeedRecord message. Does not implicitly {@link raftkv.FeedRecord.verify|verify} messages.
         * @param message FeedRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.FeedRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.FeedRecord & raftkv.FeedRecord.$Shape} FeedRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.FeedRecord & raftkv.FeedRecord.$Shape;
    }

    namespace FeedRecord {

        /** Properties of a FeedRecord. */
        interface $Properties {

            /** FeedRecord id */
            id?: (number|Long|null);

            /** FeedRecord key */
            key?: (Uint8Array|null);

            /** FeedRecord rangeEnd */
            rangeEnd?: (Uint8Array|null);

            /** FeedRecord noPuts */
            noPuts?: (boolean|null);

            /** FeedRecord noDeletes */
            noDeletes?: (boolean|null);

            /** FeedRecord prevKv */
            prevKv?: (boolean|null);

            /** FeedRecord partitions */
            partitions?: (number|null);

            /** FeedRecord retainRevisions */
            retainRevisions?: (number|Long|null);

            /** FeedRecord broken */
            broken?: (number|Long|null);

            /** FeedRecord workers */
            workers?: (raftkv.FeedWorker.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedRecord. */
        type $Shape = raftkv.FeedRecord.$Properties;
    }

    /**
     * Properties of a FeedWorker.
     * @deprecated Use raftkv.FeedWorker.$Properties instead.
     */
    interface IFeedWorker extends raftkv.FeedWorker.$Properties {
    }

    /** Represents a FeedWorker. */
    class FeedWorker {

        /**
         * Constructs a new FeedWorker.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.FeedWorker.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedWorker name. */
        name: string;

        /** FeedWorker lease. */
        lease: (number|Long);

        /**
         * Creates a new FeedWorker instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedWorker instance
         */
        static create(properties: raftkv.FeedWorker.$Shape): raftkv.FeedWorker & raftkv.FeedWorker.$Shape;
        static create(properties?: raftkv.FeedWorker.$Properties): raftkv.FeedWorker;

        /**
         * Encodes the specified FeedWorker message. Does not implicitly {@link raftkv.FeedWorker.verify|verify} messages.
         * @param message FeedWorker message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.FeedWorker.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedWorker message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.FeedWorker & raftkv.FeedWorker.$Shape} FeedWorker
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.FeedWorker & raftkv.FeedWorker.$Shape;
    }

    namespace FeedWorker {

        /** Properties of a FeedWorker. */
        interface $Properties {

            /** FeedWorker name */
            name?: (string|null);

            /** FeedWorker lease */
            lease?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedWorker. */
        type $Shape = raftkv.FeedWorker.$Properties;
    }

    /**
     * Properties of a FeedPartitionRecord.
     * @deprecated Use raftkv.FeedPartitionRecord.$Properties instead.
     */
    interface IFeedPartitionRecord extends raftkv.FeedPartitionRecord.$Properties {
    }

    /** Represents a FeedPartitionRecord. */
    class FeedPartitionRecord {

        /**
         * Constructs a new FeedPartitionRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.FeedPartitionRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FeedPartitionRecord cursor. */
        cursor: (number|Long);

        /** FeedPartitionRecord epoch. */
        epoch: (number|Long);

        /** FeedPartitionRecord worker. */
        worker: string;

        /**
         * Creates a new FeedPartitionRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FeedPartitionRecord instance
         */
        static create(properties: raftkv.FeedPartitionRecord.$Shape): raftkv.FeedPartitionRecord & raftkv.FeedPartitionRecord.$Shape;
        static create(properties?: raftkv.FeedPartitionRecord.$Properties): raftkv.FeedPartitionRecord;

        /**
         * Encodes the specified FeedPartitionRecord message. Does not implicitly {@link raftkv.FeedPartitionRecord.verify|verify} messages.
         * @param message FeedPartitionRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.FeedPartitionRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FeedPartitionRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.FeedPartitionRecord & raftkv.FeedPartitionRecord.$Shape} FeedPartitionRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.FeedPartitionRecord & raftkv.FeedPartitionRecord.$Shape;
    }

    namespace FeedPartitionRecord {

        /** Properties of a FeedPartitionRecord. */
        interface $Properties {

            /** FeedPartitionRecord cursor */
            cursor?: (number|Long|null);

            /** FeedPartitionRecord epoch */
            epoch?: (number|Long|null);

            /** FeedPartitionRecord worker */
            worker?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FeedPartitionRecord. */
        type $Shape = raftkv.FeedPartitionRecord.$Properties;
    }

    /**
     * Properties of a SessionOpening.
     * @deprecated Use raftkv.SessionOpening.$Properties instead.
     */
    interface ISessionOpening extends raftkv.SessionOpening.$Properties {
    }

    /** Represents a SessionOpening. */
    class SessionOpening {

        /**
         * Constructs a new SessionOpening.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SessionOpening.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionOpening session. */
        session: (number|Long);

        /** SessionOpening ttlSeconds. */
        ttlSeconds: (number|Long);

        /**
         * Creates a new SessionOpening instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionOpening instance
         */
        static create(properties: raftkv.SessionOpening.$Shape): raftkv.SessionOpening & raftkv.SessionOpening.$Shape;
        static create(properties?: raftkv.SessionOpening.$Properties): raftkv.SessionOpening;

        /**
         * Encodes the specified SessionOpening message. Does not implicitly {@link raftkv.SessionOpening.verify|verify} messages.
         * @param message SessionOpening message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SessionOpening.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionOpening message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SessionOpening & raftkv.SessionOpening.$Shape} SessionOpening
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SessionOpening & raftkv.SessionOpening.$Shape;
    }

    namespace SessionOpening {

        /** Properties of a SessionOpening. */
        interface $Properties {

            /** SessionOpening session */
            session?: (number|Long|null);

            /** SessionOpening ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionOpening. */
        type $Shape = raftkv.SessionOpening.$Properties;
    }

    /**
     * Properties of a SessionExpiry.
     * @deprecated Use raftkv.SessionExpiry.$Properties instead.
     */
    interface ISessionExpiry extends raftkv.SessionExpiry.$Properties {
    }

    /** Represents a SessionExpiry. */
    class SessionExpiry {

        /**
         * Constructs a new SessionExpiry.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SessionExpiry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionExpiry session. */
        session: (number|Long);

        /** SessionExpiry lastIndex. */
        lastIndex: (number|Long);

        /** SessionExpiry term. */
        term: (number|Long);

        /** SessionExpiry idleMs. */
        idleMs: (number|Long);

        /**
         * Creates a new SessionExpiry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionExpiry instance
         */
        static create(properties: raftkv.SessionExpiry.$Shape): raftkv.SessionExpiry & raftkv.SessionExpiry.$Shape;
        static create(properties?: raftkv.SessionExpiry.$Properties): raftkv.SessionExpiry;

        /**
         * Encodes the specified SessionExpiry message. Does not implicitly {@link raftkv.SessionExpiry.verify|verify} messages.
         * @param message SessionExpiry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SessionExpiry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionExpiry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SessionExpiry & raftkv.SessionExpiry.$Shape} SessionExpiry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SessionExpiry & raftkv.SessionExpiry.$Shape;
    }

    namespace SessionExpiry {

        /** Properties of a SessionExpiry. */
        interface $Properties {

            /** SessionExpiry session */
            session?: (number|Long|null);

            /** SessionExpiry lastIndex */
            lastIndex?: (number|Long|null);

            /** SessionExpiry term */
            term?: (number|Long|null);

            /** SessionExpiry idleMs */
            idleMs?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionExpiry. */
        type $Shape = raftkv.SessionExpiry.$Properties;
    }

    /**
     * Properties of a SessionRecord.
     * @deprecated Use raftkv.SessionRecord.$Properties instead.
     */
    interface ISessionRecord extends raftkv.SessionRecord.$Properties {
    }

    /** Represents a SessionRecord. */
    class SessionRecord {

        /**
         * Constructs a new SessionRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SessionRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionRecord user. */
        user: string;

        /** SessionRecord ttlSeconds. */
        ttlSeconds: (number|Long);

        /** SessionRecord openedIndex. */
        openedIndex: (number|Long);

        /** SessionRecord lastIndex. */
        lastIndex: (number|Long);

        /** SessionRecord acknowledged. */
        acknowledged: (number|Long);

        /**
         * Creates a new SessionRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionRecord instance
         */
        static create(properties: raftkv.SessionRecord.$Shape): raftkv.SessionRecord & raftkv.SessionRecord.$Shape;
        static create(properties?: raftkv.SessionRecord.$Properties): raftkv.SessionRecord;

        /**
         * Encodes the specified SessionRecord message. Does not implicitly {@link raftkv.SessionRecord.verify|verify} messages.
         * @param message SessionRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SessionRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SessionRecord & raftkv.SessionRecord.$Shape} SessionRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SessionRecord & raftkv.SessionRecord.$Shape;
    }

    namespace SessionRecord {

        /** Properties of a SessionRecord. */
        interface $Properties {

            /** SessionRecord user */
            user?: (string|null);

            /** SessionRecord ttlSeconds */
            ttlSeconds?: (number|Long|null);

            /** SessionRecord openedIndex */
            openedIndex?: (number|Long|null);

            /** SessionRecord lastIndex */
            lastIndex?: (number|Long|null);

            /** SessionRecord acknowledged */
            acknowledged?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SessionRecord. */
        type $Shape = raftkv.SessionRecord.$Properties;
    }

    /**
     * Properties of a SessionResult.
     * @deprecated Use raftkv.SessionResult.$Properties instead.
     */
    interface ISessionResult extends raftkv.SessionResult.$Properties {
    }

    /** Represents a SessionResult. */
    class SessionResult {

        /**
         * Constructs a new SessionResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SessionResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SessionResult index. */
        index: (number|Long);

        /** SessionResult revision. */
        revision: (number|Long);

        /** SessionResult body. */
        body?: (Uint8Array|null);

        /** SessionResult error. */
        error?: (string|null);

        /** SessionResult outcome. */
        outcome?: ("body"|"error");

        /**
         * Creates a new SessionResult instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SessionResult instance
         */
        static create(properties: raftkv.SessionResult.$Shape): raftkv.SessionResult & raftkv.SessionResult.$Shape;
        static create(properties?: raftkv.SessionResult.$Properties): raftkv.SessionResult;

        /**
         * Encodes the specified SessionResult message. Does not implicitly {@link raftkv.SessionResult.verify|verify} messages.
         * @param message SessionResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SessionResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SessionResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SessionResult & raftkv.SessionResult.$Shape} SessionResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SessionResult & raftkv.SessionResult.$Shape;
    }

    namespace SessionResult {

        /** Properties of a SessionResult. */
        interface $Properties {

            /** SessionResult index */
            index?: (number|Long|null);

            /** SessionResult revision */
            revision?: (number|Long|null);

            /** SessionResult body */
            body?: (Uint8Array|null);

            /** SessionResult error */
            error?: (string|null);

            /** SessionResult outcome */
            outcome?: ("body"|"error");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a SessionResult. */
        type $Shape = {
          index?: number|Long|null;
          revision?: number|Long|null;
          body?: Uint8Array|null;
          error?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ outcome?: undefined; body?: null; error?: null }|{ outcome?: "body"; body: Uint8Array; error?: null }|{ outcome?: "error"; body?: null; error: string })
        );
    }

    /** Represents a Peer */
    class Peer extends $protobuf.rpc.Service {

        /**
         * Constructs a new Peer service.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         */
        constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);

        /**
         * Creates new Peer service using the specified rpc implementation.
         * @param rpcImpl RPC implementation
         * @param [requestDelimited=false] Whether requests are length-delimited
         * @param [responseDelimited=false] Whether responses are length-delimited
         * @returns RPC service. Useful where requests and/or responses are streamed.
         */
        static create(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean): Peer;

        /** Calls Link. */
        link: raftkv.Peer.Link;

        /** Calls Snapshot. */
        snapshot: raftkv.Peer.Snapshot;

        /** Calls Members. */
        members: raftkv.Peer.Members;

        /** Calls Hash. */
        hash: raftkv.Peer.Hash;
    }

    namespace Peer {

        /**
         * Callback as used by {@link raftkv.Peer#link}.
         * @param error Error, if any
         * @param [response] OldFrame
         */
        type LinkCallback = (error: (Error|null), response?: raftkv.OldFrame) => void;

        /** Calls Link. */
        type Link = {
          (request: raftkv.IOldFrame, callback: raftkv.Peer.LinkCallback): void;
          (request: raftkv.IOldFrame): Promise<raftkv.OldFrame>;
          readonly name: "Link";
          readonly path: "/raftkv.Peer/Link";
          readonly requestType: "OldFrame";
          readonly responseType: "OldFrame";
          readonly requestStream: true;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link raftkv.Peer#snapshot}.
         * @param error Error, if any
         * @param [response] SnapshotPlace
         */
        type SnapshotCallback = (error: (Error|null), response?: raftkv.SnapshotPlace) => void;

        /** Calls Snapshot. */
        type Snapshot = {
          (request: raftkv.ISnapshotFrame, callback: raftkv.Peer.SnapshotCallback): void;
          (request: raftkv.ISnapshotFrame): Promise<raftkv.SnapshotPlace>;
          readonly name: "Snapshot";
          readonly path: "/raftkv.Peer/Snapshot";
          readonly requestType: "SnapshotFrame";
          readonly responseType: "SnapshotPlace";
          readonly requestStream: true;
          readonly responseStream: true;
        };

        /**
         * Callback as used by {@link raftkv.Peer#members}.
         * @param error Error, if any
         * @param [response] MembersResponse
         */
        type MembersCallback = (error: (Error|null), response?: raftkv.MembersResponse) => void;

        /** Calls Members. */
        type Members = {
          (request: raftkv.IMembersRequest, callback: raftkv.Peer.MembersCallback): void;
          (request: raftkv.IMembersRequest): Promise<raftkv.MembersResponse>;
          readonly name: "Members";
          readonly path: "/raftkv.Peer/Members";
          readonly requestType: "MembersRequest";
          readonly responseType: "MembersResponse";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };

        /**
         * Callback as used by {@link raftkv.Peer#hash}.
         * @param error Error, if any
         * @param [response] HashAnswer
         */
        type HashCallback = (error: (Error|null), response?: raftkv.HashAnswer) => void;

        /** Calls Hash. */
        type Hash = {
          (request: raftkv.IHashQuestion, callback: raftkv.Peer.HashCallback): void;
          (request: raftkv.IHashQuestion): Promise<raftkv.HashAnswer>;
          readonly name: "Hash";
          readonly path: "/raftkv.Peer/Hash";
          readonly requestType: "HashQuestion";
          readonly responseType: "HashAnswer";
          readonly requestStream: undefined;
          readonly responseStream: undefined;
        };
    }

    /**
     * Properties of a SnapshotFrame.
     * @deprecated Use raftkv.SnapshotFrame.$Properties instead.
     */
    interface ISnapshotFrame extends raftkv.SnapshotFrame.$Properties {
    }

    /** Represents a SnapshotFrame. */
    class SnapshotFrame {

        /**
         * Constructs a new SnapshotFrame.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SnapshotFrame.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotFrame hello. */
        hello?: (raftkv.PeerHello.$Properties|null);

        /** SnapshotFrame message. */
        message?: (raftkv.RaftMessage.$Properties|null);

        /** SnapshotFrame data. */
        data: Uint8Array;

        /**
         * Creates a new SnapshotFrame instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotFrame instance
         */
        static create(properties: raftkv.SnapshotFrame.$Shape): raftkv.SnapshotFrame & raftkv.SnapshotFrame.$Shape;
        static create(properties?: raftkv.SnapshotFrame.$Properties): raftkv.SnapshotFrame;

        /**
         * Encodes the specified SnapshotFrame message. Does not implicitly {@link raftkv.SnapshotFrame.verify|verify} messages.
         * @param message SnapshotFrame message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SnapshotFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotFrame message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SnapshotFrame & raftkv.SnapshotFrame.$Shape} SnapshotFrame
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SnapshotFrame & raftkv.SnapshotFrame.$Shape;
    }

    namespace SnapshotFrame {

        /** Properties of a SnapshotFrame. */
        interface $Properties {

            /** SnapshotFrame hello */
            hello?: (raftkv.PeerHello.$Properties|null);

            /** SnapshotFrame message */
            message?: (raftkv.RaftMessage.$Properties|null);

            /** SnapshotFrame data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotFrame. */
        type $Shape = raftkv.SnapshotFrame.$Properties;
    }

    /**
     * Properties of a SnapshotPlace.
     * @deprecated Use raftkv.SnapshotPlace.$Properties instead.
     */
    interface ISnapshotPlace extends raftkv.SnapshotPlace.$Properties {
    }

    /** Represents a SnapshotPlace. */
    class SnapshotPlace {

        /**
         * Constructs a new SnapshotPlace.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SnapshotPlace.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotPlace next. */
        next: number;

        /** SnapshotPlace digest. */
        digest: Uint8Array;

        /**
         * Creates a new SnapshotPlace instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotPlace instance
         */
        static create(properties: raftkv.SnapshotPlace.$Shape): raftkv.SnapshotPlace & raftkv.SnapshotPlace.$Shape;
        static create(properties?: raftkv.SnapshotPlace.$Properties): raftkv.SnapshotPlace;

        /**
         * Encodes the specified SnapshotPlace message. Does not implicitly {@link raftkv.SnapshotPlace.verify|verify} messages.
         * @param message SnapshotPlace message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SnapshotPlace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotPlace message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SnapshotPlace & raftkv.SnapshotPlace.$Shape} SnapshotPlace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SnapshotPlace & raftkv.SnapshotPlace.$Shape;
    }

    namespace SnapshotPlace {

        /** Properties of a SnapshotPlace. */
        interface $Properties {

            /** SnapshotPlace next */
            next?: (number|null);

            /** SnapshotPlace digest */
            digest?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotPlace. */
        type $Shape = raftkv.SnapshotPlace.$Properties;
    }

    /**
     * Properties of a MembersRequest.
     * @deprecated Use raftkv.MembersRequest.$Properties instead.
     */
    interface IMembersRequest extends raftkv.MembersRequest.$Properties {
    }

    /** Represents a MembersRequest. */
    class MembersRequest {

        /**
         * Constructs a new MembersRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MembersRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new MembersRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MembersRequest instance
         */
        static create(properties: raftkv.MembersRequest.$Shape): raftkv.MembersRequest & raftkv.MembersRequest.$Shape;
        static create(properties?: raftkv.MembersRequest.$Properties): raftkv.MembersRequest;

        /**
         * Encodes the specified MembersRequest message. Does not implicitly {@link raftkv.MembersRequest.verify|verify} messages.
         * @param message MembersRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MembersRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MembersRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MembersRequest & raftkv.MembersRequest.$Shape} MembersRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MembersRequest & raftkv.MembersRequest.$Shape;
    }

    namespace MembersRequest {

        /** Properties of a MembersRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MembersRequest. */
        type $Shape = raftkv.MembersRequest.$Properties;
    }

    /**
     * Properties of a MembersResponse.
     * @deprecated Use raftkv.MembersResponse.$Properties instead.
     */
    interface IMembersResponse extends raftkv.MembersResponse.$Properties {
    }

    /** Represents a MembersResponse. */
    class MembersResponse {

        /**
         * Constructs a new MembersResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.MembersResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MembersResponse clusterId. */
        clusterId: (number|Long);

        /** MembersResponse members. */
        members: raftkv.MemberRecord.$Properties[];

        /** MembersResponse firstMembers. */
        firstMembers: raftkv.MemberRecord.$Properties[];

        /** MembersResponse removed. */
        removed: (number|Long)[];

        /** MembersResponse heard. */
        heard: (number|Long)[];

        /**
         * Creates a new MembersResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MembersResponse instance
         */
        static create(properties: raftkv.MembersResponse.$Shape): raftkv.MembersResponse & raftkv.MembersResponse.$Shape;
        static create(properties?: raftkv.MembersResponse.$Properties): raftkv.MembersResponse;

        /**
         * Encodes the specified MembersResponse message. Does not implicitly {@link raftkv.MembersResponse.verify|verify} messages.
         * @param message MembersResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.MembersResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MembersResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.MembersResponse & raftkv.MembersResponse.$Shape} MembersResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.MembersResponse & raftkv.MembersResponse.$Shape;
    }

    namespace MembersResponse {

        /** Properties of a MembersResponse. */
        interface $Properties {

            /** MembersResponse clusterId */
            clusterId?: (number|Long|null);

            /** MembersResponse members */
            members?: (raftkv.MemberRecord.$Properties[]|null);

            /** MembersResponse firstMembers */
            firstMembers?: (raftkv.MemberRecord.$Properties[]|null);

            /** MembersResponse removed */
            removed?: ((number|Long)[]|null);

            /** MembersResponse heard */
            heard?: ((number|Long)[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MembersResponse. */
        type $Shape = raftkv.MembersResponse.$Properties;
    }

    /** Lane enum. */
    enum Lane {

        /** CONTROL value */
        CONTROL = 0,

        /** APPEND value */
        APPEND = 1
    }

    /**
     * Properties of an OldFrame.
     * @deprecated Use raftkv.OldFrame.$Properties instead.
     */
    interface IOldFrame extends raftkv.OldFrame.$Properties {
    }

    /** Represents an OldFrame. */
    class OldFrame {

        /**
         * Constructs a new OldFrame.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.OldFrame.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** OldFrame hello. */
        hello?: (raftkv.PeerHello.$Properties|null);

        /**
         * Creates a new OldFrame instance using the specified properties.
         * @param [properties] Properties to set
         * @returns OldFrame instance
         */
        static create(properties: raftkv.OldFrame.$Shape): raftkv.OldFrame & raftkv.OldFrame.$Shape;
        static create(properties?: raftkv.OldFrame.$Properties): raftkv.OldFrame;

        /**
         * Encodes the specified OldFrame message. Does not implicitly {@link raftkv.OldFrame.verify|verify} messages.
         * @param message OldFrame message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.OldFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an OldFrame message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.OldFrame & raftkv.OldFrame.$Shape} OldFrame
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.OldFrame & raftkv.OldFrame.$Shape;
    }

    namespace OldFrame {

        /** Properties of an OldFrame. */
        interface $Properties {

            /** OldFrame hello */
            hello?: (raftkv.PeerHello.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an OldFrame. */
        type $Shape = raftkv.OldFrame.$Properties;
    }

    /**
     * Properties of a PeerHello.
     * @deprecated Use raftkv.PeerHello.$Properties instead.
     */
    interface IPeerHello extends raftkv.PeerHello.$Properties {
    }

    /** Represents a PeerHello. */
    class PeerHello {

        /**
         * Constructs a new PeerHello.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.PeerHello.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PeerHello version. */
        version: number;

        /** PeerHello clusterId. */
        clusterId: (number|Long);

        /** PeerHello from. */
        from: (number|Long);

        /** PeerHello to. */
        to: (number|Long);

        /** PeerHello lane. */
        lane: raftkv.Lane;

        /** PeerHello challenge. */
        challenge: Uint8Array;

        /** PeerHello proofs. */
        proofs: Uint8Array[];

        /** PeerHello incarnation. */
        incarnation: (number|Long);

        /** PeerHello number. */
        number: (number|Long);

        /**
         * Creates a new PeerHello instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PeerHello instance
         */
        static create(properties: raftkv.PeerHello.$Shape): raftkv.PeerHello & raftkv.PeerHello.$Shape;
        static create(properties?: raftkv.PeerHello.$Properties): raftkv.PeerHello;

        /**
         * Encodes the specified PeerHello message. Does not implicitly {@link raftkv.PeerHello.verify|verify} messages.
         * @param message PeerHello message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.PeerHello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PeerHello message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.PeerHello & raftkv.PeerHello.$Shape} PeerHello
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.PeerHello & raftkv.PeerHello.$Shape;
    }

    namespace PeerHello {

        /** Properties of a PeerHello. */
        interface $Properties {

            /** PeerHello version */
            version?: (number|null);

            /** PeerHello clusterId */
            clusterId?: (number|Long|null);

            /** PeerHello from */
            from?: (number|Long|null);

            /** PeerHello to */
            to?: (number|Long|null);

            /** PeerHello lane */
            lane?: (raftkv.Lane|null);

            /** PeerHello challenge */
            challenge?: (Uint8Array|null);

            /** PeerHello proofs */
            proofs?: (Uint8Array[]|null);

            /** PeerHello incarnation */
            incarnation?: (number|Long|null);

            /** PeerHello number */
            number?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PeerHello. */
        type $Shape = raftkv.PeerHello.$Properties;
    }

    /**
     * Properties of a PeerCall.
     * @deprecated Use raftkv.PeerCall.$Properties instead.
     */
    interface IPeerCall extends raftkv.PeerCall.$Properties {
    }

    /** Represents a PeerCall. */
    class PeerCall {

        /**
         * Constructs a new PeerCall.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.PeerCall.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PeerCall id. */
        id: (number|Long);

        /** PeerCall leaseQuestion. */
        leaseQuestion?: (raftkv.LeaseQuestion.$Properties|null);

        /** PeerCall leaseAnswer. */
        leaseAnswer?: (raftkv.LeaseAnswer.$Properties|null);

        /** PeerCall hashQuestion. */
        hashQuestion?: (raftkv.HashQuestion.$Properties|null);

        /** PeerCall hashAnswer. */
        hashAnswer?: (raftkv.HashAnswer.$Properties|null);

        /** PeerCall body. */
        body?: ("leaseQuestion"|"leaseAnswer"|"hashQuestion"|"hashAnswer");

        /**
         * Creates a new PeerCall instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PeerCall instance
         */
        static create(properties: raftkv.PeerCall.$Shape): raftkv.PeerCall & raftkv.PeerCall.$Shape;
        static create(properties?: raftkv.PeerCall.$Properties): raftkv.PeerCall;

        /**
         * Encodes the specified PeerCall message. Does not implicitly {@link raftkv.PeerCall.verify|verify} messages.
         * @param message PeerCall message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.PeerCall.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PeerCall message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.PeerCall & raftkv.PeerCall.$Shape} PeerCall
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.PeerCall & raftkv.PeerCall.$Shape;
    }

    namespace PeerCall {

        /** Properties of a PeerCall. */
        interface $Properties {

            /** PeerCall id */
            id?: (number|Long|null);

            /** PeerCall leaseQuestion */
            leaseQuestion?: (raftkv.LeaseQuestion.$Properties|null);

            /** PeerCall leaseAnswer */
            leaseAnswer?: (raftkv.LeaseAnswer.$Properties|null);

            /** PeerCall hashQuestion */
            hashQuestion?: (raftkv.HashQuestion.$Properties|null);

            /** PeerCall hashAnswer */
            hashAnswer?: (raftkv.HashAnswer.$Properties|null);

            /** PeerCall body */
            body?: ("leaseQuestion"|"leaseAnswer"|"hashQuestion"|"hashAnswer");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a PeerCall. */
        type $Shape = {
          id?: number|Long|null;
          leaseQuestion?: raftkv.LeaseQuestion.$Shape|null;
          leaseAnswer?: raftkv.LeaseAnswer.$Shape|null;
          hashQuestion?: raftkv.HashQuestion.$Shape|null;
          hashAnswer?: raftkv.HashAnswer.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; leaseQuestion?: null; leaseAnswer?: null; hashQuestion?: null; hashAnswer?: null }|{ body?: "leaseQuestion"; leaseQuestion: raftkv.LeaseQuestion.$Shape; leaseAnswer?: null; hashQuestion?: null; hashAnswer?: null }|{ body?: "leaseAnswer"; leaseQuestion?: null; leaseAnswer: raftkv.LeaseAnswer.$Shape; hashQuestion?: null; hashAnswer?: null }|{ body?: "hashQuestion"; leaseQuestion?: null; leaseAnswer?: null; hashQuestion: raftkv.HashQuestion.$Shape; hashAnswer?: null }|{ body?: "hashAnswer"; leaseQuestion?: null; leaseAnswer?: null; hashQuestion?: null; hashAnswer: raftkv.HashAnswer.$Shape })
        );
    }

    /**
     * Properties of a HashQuestion.
     * @deprecated Use raftkv.HashQuestion.$Properties instead.
     */
    interface IHashQuestion extends raftkv.HashQuestion.$Properties {
    }

    /** Represents a HashQuestion. */
    class HashQuestion {

        /**
         * Constructs a new HashQuestion.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.HashQuestion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HashQuestion revision. */
        revision: (number|Long);

        /** HashQuestion compactRevision. */
        compactRevision: (number|Long);

        /** HashQuestion orEarlier. */
        orEarlier: boolean;

        /** HashQuestion appliedIndex. */
        appliedIndex: (number|Long);

        /**
         * Creates a new HashQuestion instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashQuestion instance
         */
        static create(properties: raftkv.HashQuestion.$Shape): raftkv.HashQuestion & raftkv.HashQuestion.$Shape;
        static create(properties?: raftkv.HashQuestion.$Properties): raftkv.HashQuestion;

        /**
         * Encodes the specified HashQuestion message. Does not implicitly {@link raftkv.HashQuestion.verify|verify} messages.
         * @param message HashQuestion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.HashQuestion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashQuestion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.HashQuestion & raftkv.HashQuestion.$Shape} HashQuestion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.HashQuestion & raftkv.HashQuestion.$Shape;
    }

    namespace HashQuestion {

        /** Properties of a HashQuestion. */
        interface $Properties {

            /** HashQuestion revision */
            revision?: (number|Long|null);

            /** HashQuestion compactRevision */
            compactRevision?: (number|Long|null);

            /** HashQuestion orEarlier */
            orEarlier?: (boolean|null);

            /** HashQuestion appliedIndex */
            appliedIndex?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashQuestion. */
        type $Shape = raftkv.HashQuestion.$Properties;
    }

    /**
     * Properties of a HashAnswer.
     * @deprecated Use raftkv.HashAnswer.$Properties instead.
     */
    interface IHashAnswer extends raftkv.HashAnswer.$Properties {
    }

    /** Represents a HashAnswer. */
    class HashAnswer {

        /**
         * Constructs a new HashAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.HashAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HashAnswer known. */
        known: boolean;

        /** HashAnswer hash. */
        hash: number;

        /** HashAnswer compactRevision. */
        compactRevision: (number|Long);

        /** HashAnswer revision. */
        revision: (number|Long);

        /** HashAnswer appliedIndex. */
        appliedIndex: (number|Long);

        /** HashAnswer recordHash. */
        recordHash: number;

        /**
         * Creates a new HashAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HashAnswer instance
         */
        static create(properties: raftkv.HashAnswer.$Shape): raftkv.HashAnswer & raftkv.HashAnswer.$Shape;
        static create(properties?: raftkv.HashAnswer.$Properties): raftkv.HashAnswer;

        /**
         * Encodes the specified HashAnswer message. Does not implicitly {@link raftkv.HashAnswer.verify|verify} messages.
         * @param message HashAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.HashAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HashAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.HashAnswer & raftkv.HashAnswer.$Shape} HashAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.HashAnswer & raftkv.HashAnswer.$Shape;
    }

    namespace HashAnswer {

        /** Properties of a HashAnswer. */
        interface $Properties {

            /** HashAnswer known */
            known?: (boolean|null);

            /** HashAnswer hash */
            hash?: (number|null);

            /** HashAnswer compactRevision */
            compactRevision?: (number|Long|null);

            /** HashAnswer revision */
            revision?: (number|Long|null);

            /** HashAnswer appliedIndex */
            appliedIndex?: (number|Long|null);

            /** HashAnswer recordHash */
            recordHash?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HashAnswer. */
        type $Shape = raftkv.HashAnswer.$Properties;
    }

    /**
     * Properties of a LeaseQuestion.
     * @deprecated Use raftkv.LeaseQuestion.$Properties instead.
     */
    interface ILeaseQuestion extends raftkv.LeaseQuestion.$Properties {
    }

    /** Represents a LeaseQuestion. */
    class LeaseQuestion {

        /**
         * Constructs a new LeaseQuestion.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.LeaseQuestion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseQuestion id. */
        id: (number|Long);

        /** LeaseQuestion renew. */
        renew: boolean;

        /**
         * Creates a new LeaseQuestion instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseQuestion instance
         */
        static create(properties: raftkv.LeaseQuestion.$Shape): raftkv.LeaseQuestion & raftkv.LeaseQuestion.$Shape;
        static create(properties?: raftkv.LeaseQuestion.$Properties): raftkv.LeaseQuestion;

        /**
         * Encodes the specified LeaseQuestion message. Does not implicitly {@link raftkv.LeaseQuestion.verify|verify} messages.
         * @param message LeaseQuestion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.LeaseQuestion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseQuestion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.LeaseQuestion & raftkv.LeaseQuestion.$Shape} LeaseQuestion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.LeaseQuestion & raftkv.LeaseQuestion.$Shape;
    }

    namespace LeaseQuestion {

        /** Properties of a LeaseQuestion. */
        interface $Properties {

            /** LeaseQuestion id */
            id?: (number|Long|null);

            /** LeaseQuestion renew */
            renew?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseQuestion. */
        type $Shape = raftkv.LeaseQuestion.$Properties;
    }

    /**
     * Properties of a LeaseAnswer.
     * @deprecated Use raftkv.LeaseAnswer.$Properties instead.
     */
    interface ILeaseAnswer extends raftkv.LeaseAnswer.$Properties {
    }

    /** Represents a LeaseAnswer. */
    class LeaseAnswer {

        /**
         * Constructs a new LeaseAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.LeaseAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LeaseAnswer kind. */
        kind: raftkv.LeaseAnswer.Kind;

        /** LeaseAnswer ttl. */
        ttl: (number|Long);

        /** LeaseAnswer remainingMs. */
        remainingMs: number;

        /**
         * Creates a new LeaseAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LeaseAnswer instance
         */
        static create(properties: raftkv.LeaseAnswer.$Shape): raftkv.LeaseAnswer & raftkv.LeaseAnswer.$Shape;
        static create(properties?: raftkv.LeaseAnswer.$Properties): raftkv.LeaseAnswer;

        /**
         * Encodes the specified LeaseAnswer message. Does not implicitly {@link raftkv.LeaseAnswer.verify|verify} messages.
         * @param message LeaseAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.LeaseAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LeaseAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.LeaseAnswer & raftkv.LeaseAnswer.$Shape} LeaseAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.LeaseAnswer & raftkv.LeaseAnswer.$Shape;
    }

    namespace LeaseAnswer {

        /** Properties of a LeaseAnswer. */
        interface $Properties {

            /** LeaseAnswer kind */
            kind?: (raftkv.LeaseAnswer.Kind|null);

            /** LeaseAnswer ttl */
            ttl?: (number|Long|null);

            /** LeaseAnswer remainingMs */
            remainingMs?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LeaseAnswer. */
        type $Shape = raftkv.LeaseAnswer.$Properties;

        /** Kind enum. */
        enum Kind {

            /** NOT_LEADER value */
            NOT_LEADER = 0,

            /** NOT_FOUND value */
            NOT_FOUND = 1,

            /** FOUND value */
            FOUND = 2
        }
    }

    /**
     * Properties of a RaftConfState.
     * @deprecated Use raftkv.RaftConfState.$Properties instead.
     */
    interface IRaftConfState extends raftkv.RaftConfState.$Properties {
    }

    /** Represents a RaftConfState. */
    class RaftConfState {

        /**
         * Constructs a new RaftConfState.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.RaftConfState.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RaftConfState voters. */
        voters: (number|Long)[];

        /** RaftConfState learners. */
        learners: (number|Long)[];

        /** RaftConfState votersOutgoing. */
        votersOutgoing: (number|Long)[];

        /** RaftConfState learnersNext. */
        learnersNext: (number|Long)[];

        /** RaftConfState autoLeave. */
        autoLeave: boolean;

        /**
         * Creates a new RaftConfState instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RaftConfState instance
         */
        static create(properties: raftkv.RaftConfState.$Shape): raftkv.RaftConfState & raftkv.RaftConfState.$Shape;
        static create(properties?: raftkv.RaftConfState.$Properties): raftkv.RaftConfState;

        /**
         * Encodes the specified RaftConfState message. Does not implicitly {@link raftkv.RaftConfState.verify|verify} messages.
         * @param message RaftConfState message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.RaftConfState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RaftConfState message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.RaftConfState & raftkv.RaftConfState.$Shape} RaftConfState
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.RaftConfState & raftkv.RaftConfState.$Shape;
    }

    namespace RaftConfState {

        /** Properties of a RaftConfState. */
        interface $Properties {

            /** RaftConfState voters */
            voters?: ((number|Long)[]|null);

            /** RaftConfState learners */
            learners?: ((number|Long)[]|null);

            /** RaftConfState votersOutgoing */
            votersOutgoing?: ((number|Long)[]|null);

            /** RaftConfState learnersNext */
            learnersNext?: ((number|Long)[]|null);

            /** RaftConfState autoLeave */
            autoLeave?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RaftConfState. */
        type $Shape = raftkv.RaftConfState.$Properties;
    }

    /**
     * Properties of a RaftSnapshot.
     * @deprecated Use raftkv.RaftSnapshot.$Properties instead.
     */
    interface IRaftSnapshot extends raftkv.RaftSnapshot.$Properties {
    }

    /** Represents a RaftSnapshot. */
    class RaftSnapshot {

        /**
         * Constructs a new RaftSnapshot.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.RaftSnapshot.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RaftSnapshot index. */
        index: (number|Long);

        /** RaftSnapshot term. */
        term: (number|Long);

        /** RaftSnapshot confState. */
        confState?: (raftkv.RaftConfState.$Properties|null);

        /** RaftSnapshot data. */
        data: Uint8Array;

        /**
         * Creates a new RaftSnapshot instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RaftSnapshot instance
         */
        static create(properties: raftkv.RaftSnapshot.$Shape): raftkv.RaftSnapshot & raftkv.RaftSnapshot.$Shape;
        static create(properties?: raftkv.RaftSnapshot.$Properties): raftkv.RaftSnapshot;

        /**
         * Encodes the specified RaftSnapshot message. Does not implicitly {@link raftkv.RaftSnapshot.verify|verify} messages.
         * @param message RaftSnapshot message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.RaftSnapshot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RaftSnapshot message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.RaftSnapshot & raftkv.RaftSnapshot.$Shape} RaftSnapshot
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.RaftSnapshot & raftkv.RaftSnapshot.$Shape;
    }

    namespace RaftSnapshot {

        /** Properties of a RaftSnapshot. */
        interface $Properties {

            /** RaftSnapshot index */
            index?: (number|Long|null);

            /** RaftSnapshot term */
            term?: (number|Long|null);

            /** RaftSnapshot confState */
            confState?: (raftkv.RaftConfState.$Properties|null);

            /** RaftSnapshot data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RaftSnapshot. */
        type $Shape = raftkv.RaftSnapshot.$Properties;
    }

    /**
     * Properties of a RaftMessage.
     * @deprecated Use raftkv.RaftMessage.$Properties instead.
     */
    interface IRaftMessage extends raftkv.RaftMessage.$Properties {
    }

    /** Represents a RaftMessage. */
    class RaftMessage {

        /**
         * Constructs a new RaftMessage.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.RaftMessage.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RaftMessage type. */
        type: number;

        /** RaftMessage to. */
        to: (number|Long);

        /** RaftMessage from. */
        from: (number|Long);

        /** RaftMessage term. */
        term: (number|Long);

        /** RaftMessage logTerm. */
        logTerm: (number|Long);

        /** RaftMessage index. */
        index: (number|Long);

        /** RaftMessage commit. */
        commit: (number|Long);

        /** RaftMessage reject. */
        reject: boolean;

        /** RaftMessage rejectHint. */
        rejectHint: (number|Long);

        /** RaftMessage context. */
        context: Uint8Array;

        /** RaftMessage snapshot. */
        snapshot?: (raftkv.RaftSnapshot.$Properties|null);

        /**
         * Creates a new RaftMessage instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RaftMessage instance
         */
        static create(properties: raftkv.RaftMessage.$Shape): raftkv.RaftMessage & raftkv.RaftMessage.$Shape;
        static create(properties?: raftkv.RaftMessage.$Properties): raftkv.RaftMessage;

        /**
         * Encodes the specified RaftMessage message. Does not implicitly {@link raftkv.RaftMessage.verify|verify} messages.
         * @param message RaftMessage message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.RaftMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RaftMessage message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.RaftMessage & raftkv.RaftMessage.$Shape} RaftMessage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.RaftMessage & raftkv.RaftMessage.$Shape;
    }

    namespace RaftMessage {

        /** Properties of a RaftMessage. */
        interface $Properties {

            /** RaftMessage type */
            type?: (number|null);

            /** RaftMessage to */
            to?: (number|Long|null);

            /** RaftMessage from */
            from?: (number|Long|null);

            /** RaftMessage term */
            term?: (number|Long|null);

            /** RaftMessage logTerm */
            logTerm?: (number|Long|null);

            /** RaftMessage index */
            index?: (number|Long|null);

            /** RaftMessage commit */
            commit?: (number|Long|null);

            /** RaftMessage reject */
            reject?: (boolean|null);

            /** RaftMessage rejectHint */
            rejectHint?: (number|Long|null);

            /** RaftMessage context */
            context?: (Uint8Array|null);

            /** RaftMessage snapshot */
            snapshot?: (raftkv.RaftSnapshot.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RaftMessage. */
        type $Shape = raftkv.RaftMessage.$Properties;
    }

    /**
     * Properties of a SnapshotHeader.
     * @deprecated Use raftkv.SnapshotHeader.$Properties instead.
     */
    interface ISnapshotHeader extends raftkv.SnapshotHeader.$Properties {
    }

    /** Represents a SnapshotHeader. */
    class SnapshotHeader {

        /**
         * Constructs a new SnapshotHeader.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SnapshotHeader.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotHeader version. */
        version: number;

        /** SnapshotHeader clusterId. */
        clusterId: (number|Long);

        /** SnapshotHeader index. */
        index: (number|Long);

        /** SnapshotHeader term. */
        term: (number|Long);

        /** SnapshotHeader confState. */
        confState?: (raftkv.RaftConfState.$Properties|null);

        /** SnapshotHeader revision. */
        revision: (number|Long);

        /** SnapshotHeader compactedRevision. */
        compactedRevision: (number|Long);

        /**
         * Creates a new SnapshotHeader instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotHeader instance
         */
        static create(properties: raftkv.SnapshotHeader.$Shape): raftkv.SnapshotHeader & raftkv.SnapshotHeader.$Shape;
        static create(properties?: raftkv.SnapshotHeader.$Properties): raftkv.SnapshotHeader;

        /**
         * Encodes the specified SnapshotHeader message. Does not implicitly {@link raftkv.SnapshotHeader.verify|verify} messages.
         * @param message SnapshotHeader message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SnapshotHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotHeader message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SnapshotHeader & raftkv.SnapshotHeader.$Shape} SnapshotHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SnapshotHeader & raftkv.SnapshotHeader.$Shape;
    }

    namespace SnapshotHeader {

        /** Properties of a SnapshotHeader. */
        interface $Properties {

            /** SnapshotHeader version */
            version?: (number|null);

            /** SnapshotHeader clusterId */
            clusterId?: (number|Long|null);

            /** SnapshotHeader index */
            index?: (number|Long|null);

            /** SnapshotHeader term */
            term?: (number|Long|null);

            /** SnapshotHeader confState */
            confState?: (raftkv.RaftConfState.$Properties|null);

            /** SnapshotHeader revision */
            revision?: (number|Long|null);

            /** SnapshotHeader compactedRevision */
            compactedRevision?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotHeader. */
        type $Shape = raftkv.SnapshotHeader.$Properties;
    }

    /**
     * Properties of a SnapshotTrailer.
     * @deprecated Use raftkv.SnapshotTrailer.$Properties instead.
     */
    interface ISnapshotTrailer extends raftkv.SnapshotTrailer.$Properties {
    }

    /** Represents a SnapshotTrailer. */
    class SnapshotTrailer {

        /**
         * Constructs a new SnapshotTrailer.
         * @param [properties] Properties to set
         */
        constructor(properties?: raftkv.SnapshotTrailer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SnapshotTrailer rows. */
        rows: (number|Long);

        /** SnapshotTrailer rowBytes. */
        rowBytes: (number|Long);

        /**
         * Creates a new SnapshotTrailer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SnapshotTrailer instance
         */
        static create(properties: raftkv.SnapshotTrailer.$Shape): raftkv.SnapshotTrailer & raftkv.SnapshotTrailer.$Shape;
        static create(properties?: raftkv.SnapshotTrailer.$Properties): raftkv.SnapshotTrailer;

        /**
         * Encodes the specified SnapshotTrailer message. Does not implicitly {@link raftkv.SnapshotTrailer.verify|verify} messages.
         * @param message SnapshotTrailer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: raftkv.SnapshotTrailer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SnapshotTrailer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {raftkv.SnapshotTrailer & raftkv.SnapshotTrailer.$Shape} SnapshotTrailer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): raftkv.SnapshotTrailer & raftkv.SnapshotTrailer.$Shape;
    }

    namespace SnapshotTrailer {

        /** Properties of a SnapshotTrailer. */
        interface $Properties {

            /** SnapshotTrailer rows */
            rows?: (number|Long|null);

            /** SnapshotTrailer rowBytes */
            rowBytes?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SnapshotTrailer. */
        type $Shape = raftkv.SnapshotTrailer.$Properties;
    }
}
