"""`verif serve`: the reward server."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from verif_sdk.cli.unsandboxed import warn
from verif_sdk.errors import MissingExtra


def serve(
    judge: str | None = typer.Option(None, help='Such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE.'),
    host: str = typer.Option("127.0.0.1", help="The address to listen on; a public one needs VERIF_SERVER_TOKEN."),
    port: int = typer.Option(8500, min=0, max=65535),
    config: Path | None = typer.Option(None, help="The reward's fields, TOML or JSON; else VERIF_REWARD."),
    undecided: float | None = typer.Option(None, help="What OpenRLHF and NeMo Gym get for undecided rewards."),
    largest: int = typer.Option(16, min=1, help="MiB of a request's body at most."),
    most: int = typer.Option(512, min=1, help="Requests under way at most; further ones get 429."),
    timeout: float = typer.Option(600.0, min=0.1, help="Seconds for one request."),
    log_text: bool = typer.Option(False, "--log-text", help="Log prompts and responses too."),
    unsandboxed: bool = typer.Option(
        False, "--unsandboxed", help="Run the clients' programs (code:python) without a sandbox."
    ),
) -> None:
    """Serve rewards and a judge over HTTP, so that all ranks and workers of a run share one engine.

    Endpoints: /v1/verify (cases), /v1/judge (for judge="server:http://host:port"), /get_reward (OpenRLHF's remote
    reward model), /verify (NeMo Gym), /healthz, /metrics (Prometheus), /docs (OpenAPI). Clients send the token in
    VERIF_SERVER_TOKEN as a bearer token. SIGTERM finishes what was accepted.
    """
    try:
        from verif_sdk.server.run import run
        from verif_sdk.server.settings import Settings
    except ModuleNotFoundError as missing:
        raise MissingExtra(f"the server needs {missing.name}: pip install 'verif-sdk[serve]'") from None
    from verif_sdk.rewards.config import RewardConfig

    fields = RewardConfig.load(config).model_dump(exclude_unset=True)
    fields |= {name: value for name, value in (("judge", judge), ("undecided", undecided)) if value is not None}
    if unsandboxed:
        fields["unsandboxed"] = True
    warn(chosen=fields.get("unsandboxed", False))
    settings = Settings(
        host=host,
        port=port,
        reward=RewardConfig.of(fields),
        largest=largest << 20,
        most=most,
        timeout=timeout,
        log_text=log_text,
    )
    Console(stderr=True).print(f"serving on http://{host}:{port}; SIGTERM or Ctrl-C ends it", highlight=False)
    run(settings)
