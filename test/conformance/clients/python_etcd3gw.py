"""Debian's python3-etcd3gw, which speaks to the JSON gateway, against a running cluster: HOST PORT."""

import sys

import etcd3gw
from etcd3gw.utils import _decode, _encode
from story import equal, finish, kill_the_leader, step, until

client = etcd3gw.Etcd3Client(host=sys.argv[1], port=int(sys.argv[2]), timeout=10, api_path="/v3/")


def values():
    equal(client.put("g/a", "1"), True)
    equal(client.put("g/b", "2"), True)
    equal(client.get("g/a"), [b"1"])
    ((value, meta),) = client.get("g/a", metadata=True)
    equal((value, meta["key"], meta["version"]), (b"1", b"g/a", "1"))
    equal([value for value, _ in client.get_prefix("g/", sort_order="descend", sort_target="key")], [b"2", b"1"])
    equal(client.create("g/a", "2"), False)
    equal(client.create("g/c", "3"), True)
    equal(client.replace("g/c", "3", "4"), True)
    equal(client.delete("g/c"), True)
    equal(client.delete("g/c"), False)
    equal(client.get("g/c"), [])
    equal(client.put("g/bytes", bytes(range(256))), True)
    equal(client.get("g/bytes"), [bytes(range(256))])
    equal(client.delete_prefix("g/"), True)
    equal(len(client.get_all()) > 0, True)


def transactions():
    client.put("gt", "old")
    txn = {
        "compare": [{"key": _encode("gt"), "result": "EQUAL", "target": "VALUE", "value": _encode("old")}],
        "success": [{"request_put": {"key": _encode("gt"), "value": _encode("new")}}],
        "failure": [{"request_range": {"key": _encode("gt")}}],
    }
    equal(client.transaction(txn)["succeeded"], True)
    answer = client.transaction(txn)
    equal(answer.get("succeeded", False), False)
    equal(_decode(answer["responses"][0]["response_range"]["kvs"][0]["value"]), b"new")


def watches():
    events, cancel = client.watch_prefix("gw/")
    client.put("gw/1", "a")
    client.delete("gw/1")
    event = next(events)
    equal((event["kv"]["key"], event["kv"]["value"]), (b"gw/1", b"a"))
    equal(next(events)["type"], "DELETE")
    cancel()
    revision = int(client.put("gt", "x") and client.get("gt", metadata=True)[0][1]["mod_revision"])
    events, cancel = client.watch_prefix("gw/", start_revision=revision - 2)
    equal([next(events)["kv"]["key"] for _ in range(2)], [b"gw/1"] * 2)
    cancel()


def leases():
    lease = client.lease(ttl=2)
    client.put("gl/gone", "x", lease=lease)
    equal(lease.keys(), [b"gl/gone"])
    equal(lease.refresh(), 2)
    equal(lease.ttl() in (1, 2), True)
    until("the end of the lease", lambda: client.get("gl/gone") == [])
    other = client.lease(ttl=100)
    client.put("gl/revoked", "x", lease=other)
    equal(other.revoke(), True)
    equal(client.get("gl/revoked"), [])


def locks():
    with client.lock("gdoor", ttl=20) as lock:
        equal(lock.is_acquired(), True)
        equal(client.lock("gdoor", ttl=20).acquire(), False)
        equal(lock.refresh(), 20)
    second = client.lock("gdoor", ttl=20)
    equal(second.acquire(), True)
    equal(second.release(), True)


def maintenance():
    equal(len(client.members()), 3)
    equal(int(client.status()["leader"]) > 0, True)


def over_a_kill():
    lease = client.lease(ttl=60)
    client.put("gk/held", "x", lease=lease)
    lock = client.lock("ggate", ttl=60)
    equal(lock.acquire(), True)
    events, cancel = client.watch_prefix("gk/")
    client.put("gk/1", "before")
    equal(next(events)["kv"]["value"], b"before")
    kill_the_leader()
    until("a write", lambda: client.put("gk/2", "after"))
    equal(client.get("gk/1"), [b"before"])
    equal(next(events)["kv"]["value"], b"after")
    cancel()
    equal(client.get("gk/held"), [b"x"])
    equal(lease.refresh(), 60)
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
