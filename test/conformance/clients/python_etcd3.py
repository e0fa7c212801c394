"""Debian's python3-etcd3, which speaks gRPC, against a running cluster: HOST PORT."""

import io
import queue
import sys

import etcd3
from story import equal, finish, kill_the_leader, step, until

client = etcd3.client(host=sys.argv[1], port=int(sys.argv[2]), timeout=10)


def values():
    client.put("p/a", "1")
    client.put("p/b", "2")
    value, meta = client.get("p/a")
    equal((value, meta.key, meta.version), (b"1", b"p/a", 1))
    equal([value for value, _ in client.get_prefix("p/", sort_order="descend")], [b"2", b"1"])
    equal(client.put("p/a", "3", prev_kv=True).prev_kv.value, b"1")
    equal(client.put_if_not_exists("p/a", "4"), False)
    equal(client.put_if_not_exists("p/c", "4"), True)
    equal(client.replace("p/c", "4", "5"), True)
    equal(client.delete("p/c"), True)
    equal(client.delete("p/c"), False)
    equal(client.get("p/c")[0], None)
    equal(client.delete_prefix("p/").deleted, 2)


def transactions():
    on = client.transactions
    client.put("t", "old")
    done, answers = client.transaction(
        compare=[on.value("t") == "old", on.version("t") > 0, on.create("absent") == 0],
        success=[on.put("t", "new"), on.get("t"), on.delete("absent")],
        failure=[on.get("t")],
    )
    equal((done, answers[1][0][0]), (True, b"new"))
    done, answers = client.transaction(compare=[on.value("t") == "old"], success=[], failure=[on.get("t")])
    equal((done, answers[0][0][0]), (False, b"new"))


def watches():
    seen = queue.Queue()
    watch = client.add_watch_prefix_callback("w/", lambda response: [seen.put(event) for event in response.events])
    try:
        client.put("w/1", "a")
        client.put("other", "x")
        client.delete("w/1")
        first, second = seen.get(timeout=10), seen.get(timeout=10)
        equal((type(first), first.key, first.value), (etcd3.events.PutEvent, b"w/1", b"a"))
        equal((type(second), second.key), (etcd3.events.DeleteEvent, b"w/1"))
        equal(seen.empty(), True)
    finally:
        client.cancel_watch(watch)
    revision = client.get("other")[1].mod_revision
    events, cancel = client.watch_prefix("w/", start_revision=revision - 1)
    equal([type(next(events)) for _ in range(2)], [etcd3.events.PutEvent, etcd3.events.DeleteEvent])
    cancel()


def leases():
    lease = client.lease(2)
    client.put("l/kept", "x", lease=client.lease(300))
    client.put("l/gone", "x", lease=lease)
    equal(lease.granted_ttl, 2)
    equal(lease.keys, [b"l/gone"])
    equal(lease.refresh()[0].TTL, 2)
    until("the end of the lease", lambda: client.get("l/gone")[0] is None)
    equal(client.get("l/kept")[0], b"x")
    other = client.lease(100)
    client.put("l/revoked", "x", lease=other)
    other.revoke()
    equal(client.get("l/revoked")[0], None)


def locks():
    with client.lock("door", ttl=20) as lock:
        equal(lock.is_acquired(), True)
        # Its own way to wait for a lock fails with the version of tenacity that Debian has.
        taken = client.transaction(compare=[client.transactions.create(lock.key) == 0], success=[], failure=[])
        equal(taken[0], False)
        equal(lock.refresh()[0].TTL, 20)
    second = client.lock("door", ttl=20)
    equal(second.acquire(timeout=5), True)
    equal(second.release(), True)


def maintenance():
    equal(len(list(client.members)), 3)
    status = client.status()
    equal(status.leader.name.startswith("n"), True)
    equal(list(client.list_alarms()), [])
    client.compact(client.get("t")[1].mod_revision)
    client.defragment()
    equal(isinstance(client.hash(), int), True)
    file = io.BytesIO()
    client.snapshot(file)
    equal(len(file.getvalue()) > 1000, True)


def over_a_kill():
    lease = client.lease(60)
    client.put("k/held", "x", lease=lease)
    lock = client.lock("gate", ttl=60)
    equal(lock.acquire(), True)
    seen = queue.Queue()
    watch = client.add_watch_prefix_callback("k/", lambda response: [seen.put(event) for event in response.events])
    client.put("k/1", "before")
    equal(seen.get(timeout=10).value, b"before")
    kill_the_leader()
    until("a write", lambda: client.put("k/2", "after"))
    equal(client.get("k/1")[0], b"before")
    # A write that was tried again may be seen twice.
    equal(until("its event", lambda: seen.get(timeout=10).value), b"after")
    client.cancel_watch(watch)
    equal(client.get("k/held")[0], b"x")
    equal(lease.refresh()[0].TTL, 60)
    equal(lock.is_acquired(), True)
    equal(lock.release(), True)


step("put, get, delete", values)
step("transactions", transactions)
step("watches", watches)
step("leases", leases)
step("locks", locks)
step("maintenance", maintenance)
step("a leader that is killed", over_a_kill)
finish()
