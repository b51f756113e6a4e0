"""Scaffolds: a profile, a ruleset with its cases, or a plugin, right as generated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from kpirules.documents import read_text
from kpirules.errors import OutputError

RULESET = Template("""\
# Rules of $name. Check them with `kpirules check $folder`, test them with `kpirules test $folder`,
# and use them with `kpirules recommend company.yaml --rulesets $folder`.
ruleset: $scalar
version: 0.1.0
title: {en: $scalar, fr: $scalar}
source: {title: Our own practice, grade: practitioner}

# To adapt rules of another ruleset: name it in `extends`, then change its rules by id.
# extends: [article]
# override:
#   - {rule: article/some-rule, reweight: {$kpi: 0.9}}

rules:
  - id: first-rule
    when:
      objective.type: $objective
    recommend:
      - {kpi: $kpi, weight: 0.6}
    because:
      en: Say here why this KPI measures progress to this objective.
      fr: Dites ici pourquoi ce KPI mesure le progrès vers cet objectif.
""")

CASES = Template("""\
cases:
  - name: the first rule speaks for its KPI
    profile:
      objectives: [{type: $objective}]
    expect:
      recommended: [$kpi]
      fired: [$name/first-rule]
""")

PYPROJECT = Template("""\
[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"

[project]
name = "$distribution"
version = "0.1.0"
description = "Knowledge for kpirules"
requires-python = ">=3.11"
dependencies = ["kpirules>=$version"]

[project.entry-points.kpirules]
$module = "$module"

[tool.hatch.build.targets.wheel]
packages = ["$module"]
""")

PLUGIN = Template('''\
"""Knowledge of $distribution for kpirules: each folder beside this file is a plugin."""

from pathlib import Path

from kpirules import hookimpl


@hookimpl
def folders() -> list[Path]:
    """The folders beside this file."""
    return [Path(__file__).parent]
''')

PLATFORM = Template("""\
platform:
  id: $platform
  version: 0.1.0
  name: {en: $title, fr: $title}
  kind: owned-social
  description:
    en: Say here what this platform is.
    fr: Dites ici ce qu'est cette plateforme.
  audience:
    en: Say here who follows a company there.
    fr: Dites ici qui y suit une entreprise.
  content:
    en: Say here what content fits it.
    fr: Dites ici quels contenus lui conviennent.
  keywords: {en: [$title], fr: [$title]}
  facts: [followers]
  metrics:
    - {kpi: $kpi, metric: the_vendor_s_own_name}
""")

PLATFORM_RULES = Template("""\
ruleset: $platform
version: 0.1.0
title: {en: $title, fr: $title}
source: {title: Our own practice, grade: practitioner}
rules:
  - id: first-rule
    when:
      objective.type: $objective
      platform.name: $platform
    recommend:
      - {kpi: $kpi, weight: 0.6}
    because:
      en: Say here why this KPI measures progress to this objective there.
      fr: Dites ici pourquoi ce KPI y mesure le progrès vers cet objectif.
""")

PLATFORM_CASES = Template("""\
cases:
  - name: the first rule speaks for its KPI
    profile:
      objectives: [{type: $objective}]
      platforms: [{name: $platform, followers: 100}]
    expect:
      recommended: [$kpi]
      fired: [$platform/first-rule]
""")


def ruleset_files(name: str, folder: Path, data: Mapping[str, Any]) -> dict[Path, str]:
    """The files of a new ruleset."""
    values = {"name": name, "scalar": _scalar(name), "folder": folder.as_posix(), **_examples(data)}
    return {folder / "rules.yaml": RULESET.substitute(values), folder / "cases.yaml": CASES.substitute(values)}


def plugin_files(distribution: str, folder: Path, data: Mapping[str, Any], version: str) -> dict[Path, str]:
    """The files of a new distribution with one platform in it."""
    module = distribution.replace("-", "_")
    platform = distribution.removeprefix("kpirules-")
    values = {
        "distribution": distribution, "module": module, "version": version, "platform": platform,
        "title": platform.replace("-", " ").capitalize(), **_examples(data),
    }  # fmt: skip
    package = folder / module
    inner = package / platform.replace("-", "_")
    return {
        folder / "pyproject.toml": PYPROJECT.substitute(values),
        package / "__init__.py": PLUGIN.substitute(values),
        inner / "platform.yaml": PLATFORM.substitute(values),
        inner / "rules.yaml": PLATFORM_RULES.substitute(values),
        inner / "cases.yaml": PLATFORM_CASES.substitute(values),
    }


def profile_text(profile: Mapping[str, Any], source: str) -> str:
    """A profile as YAML, in the order in which one tells it. JSON's way to quote is also YAML's."""
    lines = [f"# A company profile. Evaluate it with: kpirules recommend {source}"]
    for section, value in profile.items():
        if isinstance(value, list):
            lines += [f"{section}:", *(f"  - {_flow(item)}" for item in value)]
        else:
            lines += [f"{section}:", *(f"  {key}: {_flow(item)}" for key, item in value.items())]
    return "\n".join(lines) + "\n"


def write_files(files: Mapping[Path, str]) -> None:
    """Write new files, all of them or none. Raises `OutputError` when one exists already or can't be written."""
    existing = [file for file in files if file.exists()]
    if existing:
        raise OutputError(f"{existing[0]}: error: it is there already, and nothing was written [exists]")
    written: list[Path] = []
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            written.append(file)
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        for file in written:
            file.unlink(missing_ok=True)
        raise OutputError(f"{error.filename or file}: error: can't write it: {error.strerror} [unwritable]") from None


def _examples(data: Mapping[str, Any]) -> dict[str, str]:
    """A KPI and an objective type that exist, familiar ones where they do."""
    kpis, objectives = data["kpis"], data["objective_types"]
    return {
        "kpi": "community-size" if "community-size" in kpis else next(iter(kpis), "kpi"),
        "objective": "social-media" if "social-media" in objectives else next(iter(objectives), "objective-type"),
    }


def _scalar(text: str) -> str:
    """A text as YAML writes it: in quotes where it would be read as something else."""
    return text if read_text(f"- {text}", "").root.data() == [text] else json.dumps(text)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
