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
