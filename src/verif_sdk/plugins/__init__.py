"""What is installed: the hooks, how plugins are loaded through them, and the registry of all they brought."""
