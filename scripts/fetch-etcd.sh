#!/bin/sh
# usage: scripts/fetch-etcd.sh DIR [SUITE…]
# Unpacks the newest etcd and etcdctl that Debian has into DIR, without installing them, and prints the folder that holds the
# programs. Suites are tried in order; by default the development suite, then stable. Does nothing if DIR has them already.
set -eu
dir=$1
shift
[ $# -gt 0 ] || set -- sid stable
programs=$dir/usr/bin
if [ -x "$programs/etcd" ] && [ -x "$programs/etcdctl" ]; then
  echo "$programs"
  exit 0
fi
command -v apt-get >/dev/null || { echo 'fetch-etcd: apt-get is missing: only Debian and its derivatives have these packages' >&2; exit 1; }

# The archive that this machine is set up to use.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u | head -n 1)
[ -n "$archive" ] || { echo 'fetch-etcd: no Debian archive is configured: run apt-get update first' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$dir"

apt() {
  apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache::Archives="$work/archives" -o Dir::Cache::pkgcache= \
    -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}

for suite in "$@"; do
  echo "deb $archive $suite main" >"$work/sources.list"
  if apt update >"$work/log" 2>&1 && (cd "$work" && apt download etcd-server etcd-client >>"$work/log" 2>&1); then
    for package in "$work"/*.deb; do dpkg-deb --extract "$package" "$dir"; done
    echo "$programs"
    exit 0
  fi
done
echo 'fetch-etcd: no suite could be fetched:' >&2
tail -n 3 "$work/log" >&2
exit 1
