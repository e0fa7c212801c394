#!/bin/sh
# Generates src/gen from proto/, or into the folder given as the first argument.
set -eu
cd "$(dirname "$0")/.."
out=${1:-src/gen}
mkdir -p "$out"
protos=$(find proto -name '*.proto' | LC_ALL=C sort)
generate() {
  node_modules/.bin/pbjs -t static-module -w esm -p proto --no-verify --no-delimited --no-typeurl --no-convert \
    --dependency protobufjs/minimal.js "$@" $protos
}
generate --dts -o "$out/proto.js" # the types come from the comments,
generate --no-comments -o "$out/proto.js" # which the code can do without
# What the types are called and how they are numbered, for JSON and for reflection; what members say among themselves aside.
node_modules/.bin/pbjs -t json --keep-case -p proto -o "$out/descriptors.json" \
  $(find proto -name '*.proto' ! -path 'proto/raftkv/*' | LC_ALL=C sort)
