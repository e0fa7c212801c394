"""Debian's python3-etcd3 over TLS with users: HOST PORT CA. Users and roles are there, and authentication is enabled."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))

import etcd3  # noqa: E402
from story import equal, finish, step  # noqa: E402

host, port, ca = sys.argv[1:4]


def as_user(**login):
    return etcd3.client(host=host, port=int(port), ca_cert=ca, timeout=10, **login)


def permitted():
    root = as_user(user="root", password="rpw")
    root.put("p/1", "one")
    equal(root.get("p/1")[0], b"one")
    lease = root.lease(30)
    root.put("p/2", "two", lease)
    lease.revoke()
    equal(root.get("p/2")[0], None)


def refused(what, run):
    try:
        run()
    except Exception as error:
        text = repr(error) + repr(error.__cause__)
        if what not in text:
            raise AssertionError(f"{text} in place of {what}")
        return
    raise AssertionError("the call succeeded")


def denied():
    alice = as_user(user="alice", password="pw")
    equal(alice.get("config/a")[0], None)
    refused("permission denied", lambda: alice.get("p/1"))
    refused("invalid user ID or password", lambda: as_user(user="alice", password="wrong"))


step("calls as root", permitted)
step("refusals for a user without permission, and for a wrong password", denied)
finish()
