"""What every test shares. The database itself comes from the plugin `tests.kit.postgres`."""
