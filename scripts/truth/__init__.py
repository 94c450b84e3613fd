"""Parts of scripts/truth.py: what real engines did beside what gpugauge derives."""
