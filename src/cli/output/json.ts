import type {
  DeleteResult,
  Header,
  KeyValue,
  Member,
  PutResult,
  RangeResult,
  WatchBatch,
  WatchEvent,
} from '../../client/index.js';
import { memberIdValue } from '../../util/member-id.js';

// Answers as etcdctl prints them in JSON: etcd's field names, bytes in base64, zero values left out.

export function headerJson(header: Header): object {
  const { freshness } = header;
  return {
    cluster_id: memberIdValue(header.clusterId),
    member_id: memberIdValue(header.memberId),
    // Absent in answers about members.
    revision: header.revision === 0 ? undefined : header.revision,
    raft_term: header.raftTerm,
    ...(freshness === undefined
      ? {}
      : {
          applied_index: freshness.appliedIndex,
          known_leader: freshness.knownLeader,
          last_contact_ms: freshness.lastContactMs,
          staleness_ms: freshness.stalenessMs,
        }),
  };
}

export function memberJson({ id, name, peerUrls, clientUrls, isLearner }: Member): object {
  return {
    ID: memberIdValue(id),
    name: name === '' ? undefined : name,
    peerURLs: peerUrls.length === 0 ? undefined : peerUrls,
    clientURLs: clientUrls.length === 0 ? undefined : clientUrls,
    isLearner: isLearner || undefined,
  };
}

export function keyValueJson(kv: KeyValue): object {
  return {
    key: kv.key.toString('base64'),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    value: kv.value.length === 0 ? undefined : kv.value.toString('base64'),
    lease: kv.lease === 0n ? undefined : kv.lease,
  };
}

export function rangeJson(result: RangeResult): object {
  return {
    header: headerJson(result.header),
    kvs: result.kvs.length === 0 ? undefined : result.kvs.map(keyValueJson),
    more: result.more || undefined,
    count: result.count === 0 ? undefined : result.count,
  };
}

export function putJson({ header, prevKv }: PutResult): object {
  return { header: headerJson(header), prev_kv: prevKv === undefined ? undefined : keyValueJson(prevKv) };
}

export function deleteJson({ header, deleted, prevKvs }: DeleteResult): object {
  return {
    header: headerJson(header),
    deleted: deleted === 0 ? undefined : deleted,
    prev_kvs: prevKvs.length === 0 ? undefined : prevKvs.map(keyValueJson),
  };
}

/** A watch response: etcdctl prints its fields under their names in Go. */
export function eventsJson({ events, header }: WatchBatch): object {
  return {
    Header: headerJson(header),
    Events: events.map(eventJson),
    CompactRevision: 0,
    Canceled: false,
    Created: false,
  };
}

function eventJson(event: WatchEvent): object {
  const prevKv = event.prevKv === undefined ? undefined : keyValueJson(event.prevKv);
  if (event.type === 'put') return { kv: keyValueJson(event.kv), prev_kv: prevKv };
  return { type: 1, kv: { key: event.key.toString('base64'), mod_revision: event.revision }, prev_kv: prevKv };
}
