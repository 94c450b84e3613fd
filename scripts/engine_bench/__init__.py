"""Parts of scripts/import_vllm.py: from the file of an engine's benchmark to one measured point."""
