#!/usr/bin/env bash
# Builds wheels and source archives of this package and its plugins into dist/, checks them, and tries them as a
# stranger would: bare, in a fresh environment, away from the checkout.
#   scripts/wheels.sh
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
bin=$(cd "${BIN:-.venv/bin}" && pwd)

rm -rf dist
for project in . plugins/*/; do
  "$bin/python" -m build --no-isolation --outdir dist "$project" >/dev/null # the wheel out of the source archive
done
"$bin/python" -m twine check --strict dist/*
"$bin/python" -m check_wheel_contents dist/*.whl

away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
"$bin/python" -m venv "$away/env"
cd "$away"
python=$away/env/bin/python
install() { "$python" -m pip --disable-pip-version-check install --quiet "$@"; }
count() { "$python" -m pip --disable-pip-version-check list --format=freeze | grep -cvE '^(pip|setuptools)='; }

install "$root"/dist/verif_sdk-*.whl
echo "pip install verif-sdk: $(count) packages, $(du -sm env/lib/python*/site-packages --exclude=pip* --exclude=setuptools* | cut -f1) MB"
"$python" "$root/scripts/first_snippet.py" "$root/README.md"
env/bin/verif --version
env/bin/verif list length:words >/dev/null
env/bin/verif verify "Your parcel leaves tomorrow." --constraints '{"type": "length:words", "at_most": 5}'

install "$root"/dist/verif_ifeval-*.whl --find-links "$root/dist"
echo "pip install verif-ifeval: $(count) packages"
env/bin/verif verify "No comma here." --constraints '{"type": "ifeval:punctuation:no_comma"}'
[[ $(env/bin/verif doctor) == *'plugin verif-ifeval'* ]]
