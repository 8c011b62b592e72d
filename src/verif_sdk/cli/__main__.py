"""`python -m verif_sdk.cli`: the `verif` command, where it is not on the path."""

from verif_sdk.cli import main

main()
