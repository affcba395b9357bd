#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the output of joust-alignment-toys into docs/alignment-toys.md:

  joust-alignment-toys | examples/alignment_toys/refresh.py

Each section of the output goes between the comments `toys: <its title>` and `end of toys` of the page."""

import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "alignment-toys.md"

sections = dict(re.findall(r"^### ([^\n]+)\n\n(.*?)\s*(?=^### |\Z)", sys.stdin.read(), re.MULTILINE | re.DOTALL))
page = PAGE.read_text()
for title, tables in sections.items():
    place = re.compile(rf"(<!-- toys: {re.escape(title)} -->\n).*?(<!-- end of toys -->)", re.DOTALL)
    page, found = place.subn(lambda match: f"{match[1]}\n{tables}\n\n{match[2]}", page)
    if found != 1:
        sys.exit(f"{PAGE}: {found} places for '{title}', expected one")
PAGE.write_text(page)
