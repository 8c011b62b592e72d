#!/usr/bin/env bash
# Runs our rewards inside the real frameworks whose pins clash with vLLM's or with each other's: an environment
# for each under .venv-frameworks, made on the first run. TRL lives in .venv and is part of `make test`.
#   scripts/frameworks.sh [openrlhf verl verifiers inspect lm_eval]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

# What a framework's reward path imports; the whole of OpenRLHF and verl needs CUDA.
install() {
  case $1 in
    openrlhf)
      pip install torch==2.13.0
      pip install --no-deps openrlhf==0.11.2
      pip install ray transformers accelerate datasets numpy tqdm fastapi fastapi-offline uvicorn aiohttp pylatexenc sympy
      ;;
    verl)
      pip install torch==2.13.0
      pip install --no-deps verl==0.9.1
      pip install 'ray[default]' tensordict hydra-core omegaconf transformers datasets numpy pandas codetiming \
        packaging cachetools aiohttp pybind11 accelerate pylatexenc dill torchdata orjson
      ;;
    verifiers) pip install verifiers==0.4.0 ;;
    inspect) pip install inspect-ai==0.3.285 aiohttp ;;
    lm_eval)
      pip install --no-deps lm-eval==0.4.13
      pip install datasets pyyaml jinja2 numpy more_itertools dill sacrebleu evaluate rouge-score scikit-learn \
        sqlitedict word2number pytablewriter typing_extensions tqdm zstandard nltk langdetect immutabledict
      ;;
    *)
      echo "no framework $1; known: openrlhf verl verifiers inspect lm_eval" >&2
      return 2
      ;;
  esac
}
pip() { "$home/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

for framework in ${@:-openrlhf verl verifiers inspect lm_eval}; do
  home=.venv-frameworks/$framework
  stamp=$home/.ready
  wanted=$(cat pyproject.toml plugins/*/pyproject.toml scripts/frameworks.sh | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Setting up $home"
    [ -x "$home/bin/python" ] || "$python" -m venv "$home"
    install "$framework"
    pip install -e . -e plugins/verif-ifeval pytest hypothesis
    echo "$wanted" >"$stamp"
  fi
  echo "== $framework"
  report=$(mktemp)
  # The frameworks' own warnings are theirs.
  "$home/bin/python" -W ignore -m pytest -W ignore -q -rs "tests/frameworks/test_$framework.py" | tee "$report"
  if grep -q skipped "$report"; then
    echo "Tests of $framework were skipped." >&2
    exit 1
  fi
  rm -f "$report"
done
