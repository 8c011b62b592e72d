"""`verif serve`: the reward server."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from verif_sdk.cli.unsandboxed import warn
from verif_sdk.errors import JudgeFailed, MissingExtra


def serve(
    judge: str | None = typer.Option(None, help='Such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE.'),
    host: str = typer.Option("127.0.0.1", help="The address to listen on; a public one needs VERIF_SERVER_TOKEN."),
    port: int = typer.Option(8500, min=0, max=65535),
    config: Path | None = typer.Option(None, help="The reward's fields, TOML or JSON; else VERIF_REWARD."),
    undecided: float | None = typer.Option(None, help="What OpenRLHF and NeMo Gym get for undecided rewards."),
    think: tuple[str, str] | None = typer.Option(
        None, metavar="OPEN CLOSE", help="The tags around reasoning, which is not checked; else <think> </think>."
    ),
    largest: int = typer.Option(16, min=1, help="The largest request body, in MiB."),
    most: int = typer.Option(512, min=1, help="How many requests to handle at once; further ones get 429."),
    timeout: float = typer.Option(600.0, min=0.1, help="Seconds for one request."),
    lazy: bool = typer.Option(False, "--lazy", help="Load the judge with its first question, not at the start."),
    log_text: bool = typer.Option(False, "--log-text", help="Log prompts and responses too."),
    unsandboxed: bool = typer.Option(
        False, "--unsandboxed", help="Run the clients' programs (code:python) without a sandbox."
    ),
) -> None:
    """Serve rewards and a judge over HTTP, so that all ranks and workers of a run share one engine.

    Endpoints: /v1/verify (cases), /v1/judge (for judge="server:http://host:port"), /get_reward (OpenRLHF's remote
    reward model), /verify (NeMo Gym), /healthz (is the server alive), /readyz (is the judge loaded), /metrics (for
    Prometheus), /docs. Clients send the token in VERIF_SERVER_TOKEN as a bearer token. On SIGTERM the server
    answers what it has accepted, then ends.

    Exit codes: 0 ended by a signal, 2 the call is wrong or the port is taken, 3 the judge cannot be loaded.
    """
    try:
        from verif_sdk.server.run import run
        from verif_sdk.server.settings import Settings
    except ModuleNotFoundError as missing:
        raise MissingExtra(f"the server needs {missing.name}: pip install 'verif-sdk[serve]'") from None
    from verif_sdk.rewards.config import RewardConfig

    options = {"judge": judge, "undecided": undecided, "think": think, "unsandboxed": unsandboxed or None}
    reward = RewardConfig.of(config, **{name: value for name, value in options.items() if value is not None})
    warn(chosen=reward.unsandboxed)
    settings = Settings(
        host=host,
        port=port,
        reward=reward,
        largest=largest << 20,
        most=most,
        timeout=timeout,
        lazy=lazy,
        log_text=log_text,
    )
    try:
        run(settings, lambda sentence: print(sentence, file=sys.stderr, flush=True))
    except JudgeFailed as cause:
        print(f"verif: {cause}", file=sys.stderr)
        raise typer.Exit(3) from None
