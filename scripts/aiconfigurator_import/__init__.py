"""Parts of scripts/import_aiconfigurator.py: from its tables to a result file."""
