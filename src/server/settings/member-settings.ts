import { choice, members, text, urls } from './kinds.js';

/** Name, data and addresses of this member. */
export const MEMBER_SETTINGS = {
  name: text({ flag: 'name', group: 'Member', placeholder: 'name', default: 'default', help: 'name of this member' }),
  dataDir: text({
    flag: 'data-dir',
    group: 'Member',
    placeholder: 'dir',
    help: 'data directory (default: NAME.raftkv, or raftkv.data for the default name)',
  }),
  /** A folder for the log alone; default: `wal` in the data directory. */
  walDir: text({
    flag: 'wal-dir',
    group: 'Member',
    placeholder: 'dir',
    help: 'directory of the log alone, for a disk of its own (default: wal in the data directory)',
  }),
  /** URLs on which clients connect. */
  listenClientUrls: urls({
    flag: 'listen-client-urls',
    sockets: true,
    group: 'Member',
    default: 'http://localhost:2379',
    help: 'URLs on which to listen for clients',
  }),
  advertiseClientUrls: urls({
    flag: 'advertise-client-urls',
    sockets: true,
    group: 'Member',
    help: 'URLs by which clients reach this member (default: the URLs of listen-client-urls)',
  }),
  /** URLs on which other members connect. */
  listenPeerUrls: urls({
    flag: 'listen-peer-urls',
    group: 'Member',
    default: 'http://localhost:2380',
    help: 'URLs on which to listen for other members',
  }),
};

/** How this member finds its cluster when its data directory is empty; a member with data ignores them. */
export const CLUSTER_SETTINGS = {
  initialAdvertisePeerUrls: urls({
    flag: 'initial-advertise-peer-urls',
    group: 'Cluster',
    help: 'URLs by which members reach this one (default: the URLs of listen-peer-urls)',
  }),
  initialCluster: members({
    flag: 'initial-cluster',
    group: 'Cluster',
    help: 'all members: NAME=URL,NAME=URL,… (default: this member alone)',
  }),
  /** `new` for all members of a new cluster, `existing` for a member that was added to a running one. */
  initialClusterState: choice({
    flag: 'initial-cluster-state',
    group: 'Cluster',
    placeholder: 'state',
    default: 'new',
    words: ['new', 'existing'],
    help: '"new" to found a cluster, "existing" to join one',
  }),
  /** Part of the cluster's id: clusters with the same URLs differ by it. */
  initialClusterToken: text({
    flag: 'initial-cluster-token',
    group: 'Cluster',
    placeholder: 'token',
    default: 'etcd-cluster',
    help: 'token that distinguishes clusters with the same URLs',
  }),
  /** The domain whose SRV records name the members, instead of `initialCluster`. */
  discoverySrv: text({
    flag: 'discovery-srv',
    group: 'Cluster',
    placeholder: 'domain',
    help: 'domain whose SRV records of _etcd-server-ssl._tcp and _etcd-server._tcp name the members of a new cluster',
  }),
  discoverySrvName: text({
    flag: 'discovery-srv-name',
    group: 'Cluster',
    placeholder: 'name',
    help: 'suffix of the service in the SRV records: _etcd-server-ssl-NAME._tcp, _etcd-server-NAME._tcp',
  }),
};
