#!/bin/sh
# Checks everything that can be checked without running the code. Writes nothing into the checkout.
cd "$(dirname "$0")/.." || exit 1
failed=0
step() {
  name=$1
  shift
  if "$@"; then printf 'ok    %s\n' "$name"; else printf 'FAIL  %s\n' "$name"; failed=1; fi
}
fresh_proto() {
  fresh=$(mktemp -d)
  scripts/proto.sh "$fresh" && diff -r "$fresh" src/gen >/dev/null
  same=$?
  rm -rf "$fresh"
  [ "$same" = 0 ] || echo 'src/gen is not what proto/ generates: run make proto'
  return "$same"
}
step 'types' node_modules/.bin/tsc -p tsconfig.json
step 'lint, layers, cycles' node_modules/.bin/oxlint --quiet
step 'table of layers' node --import tsx scripts/layers.ts --check
step 'reference of settings' node --import tsx scripts/settings.ts --check
step 'formatting' node_modules/.bin/prettier --log-level warn --check .
step 'generated code' fresh_proto
exit "$failed"
