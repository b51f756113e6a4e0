"""From ruleset drafts to one set of checked rules: `extends`, `override`, types, normal form, strata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from kpirules.documents.node import Step
from kpirules.errors import Issue, nearest, shown
from kpirules.knowledge.drafts import ALWAYS, RuleDraft, RulesetDraft, extended_file, is_path, node_at
from kpirules.language.condition import Condition, fields_read
from kpirules.language.fields import FieldRegistry, UnknownFieldError
from kpirules.language.normal import MAX_CLAUSES, TooManyClausesError, normalise
from kpirules.language.when import WhenReader
from kpirules.ruleset import Override, WeightedKpi


class RulesetCompiler:
    """Checks and merges rulesets. `compile` may be called once; what is wrong is in `issues`."""

    def __init__(self, drafts: Iterable[RulesetDraft], registry: FieldRegistry, kpis: Iterable[str]) -> None:
        self.issues: list[Issue] = []
        self._registry = registry
        self._kpis = frozenset(kpis)
        self._rulesets: dict[str, RulesetDraft] = {}
        for draft in drafts:
            if first := self._rulesets.get(draft.name):
                message = f"a ruleset named '{draft.name}' is already in {first.document.source}"
                self._error(draft, ("ruleset",), "duplicate-id", message, "give it a name of its own; to adapt the other one, extend it")
            else:
                self._rulesets[draft.name] = draft
        self._rules: dict[str, RuleDraft] = {}

    def compile(self) -> list[RuleDraft]:
        """The rules in force, in the order of their ids."""
        order = self._resolve_extends()
        for draft in order:
            self._read_rules(draft)
        for draft in order:
            for position, override in enumerate(draft.record.override):
                self._apply(draft, override, ("override", position))
        rules = [rule for _, rule in sorted(self._rules.items()) if not rule.disabled]
        for rule in rules:
            self._check_normal_form(rule)
            rule.derive = {name: self._derived(name, value) for name, value in sorted(rule.record.derive.items())}
        self._stratify(rules)
        return rules

    # extends

    def _resolve_extends(self) -> list[RulesetDraft]:
        by_file = {Path(draft.document.source).resolve(): draft.name for draft in self._rulesets.values()}
        for draft in self._rulesets.values():
            draft.bases = tuple(name for position, _ in enumerate(draft.record.extends) if (name := self._base(draft, position, by_file)))
        graph = {draft.name: draft.bases for draft in self._rulesets.values()}
        try:
            return [self._rulesets[name] for name in TopologicalSorter(dict(sorted(graph.items()))).static_order()]
        except CycleError as error:
            cycle: list[str] = error.args[1][::-1]
            chain = " -> ".join(cycle)
            self._error(self._rulesets[cycle[0]], ("extends",), "cycle", f"these rulesets extend each other: {chain}")
            return [draft for draft in self._rulesets.values() if draft.name not in cycle]

    def _base(self, draft: RulesetDraft, position: int, by_file: Mapping[Path, str]) -> str | None:
        reference, path = draft.record.extends[position], ("extends", position)
        if not is_path(reference):
            if reference in self._rulesets:
                return reference
            self._error(draft, path, "unknown-id", f"no ruleset is called '{shown(reference)[1:-1]}'", nearest(reference, self._rulesets))
            return None
        target = extended_file(Path(draft.document.source), reference)
        if target is None:
            self._error(draft, path, "outside-folder", f"{shown(reference)} leaves the ruleset's folder", "extend it by its name instead")
        elif target not in by_file:
            self._error(draft, path, "unreadable", f"{shown(reference)} is no ruleset file")
        return by_file.get(target) if target else None

    def _ancestors(self, draft: RulesetDraft) -> set[str]:
        found: set[str] = set()
        waiting = list(draft.bases)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._rulesets[name].bases
        return found

    # rules

    def _read_rules(self, draft: RulesetDraft) -> None:
        for position, record in zip(draft.positions, draft.record.rules, strict=True):
            rule = RuleDraft(draft, record, ("rules", position))
            if first := self._rules.get(rule.id):
                self._error(draft, (*rule.path, "id"), "duplicate-id", f"'{rule.id}' is already defined in {first.place}")
                continue
            self._rules[rule.id] = rule
            rule.condition = self._read_when(draft, (*rule.path, "when"))
            self._check_actions(rule)
        for position in draft.malformed:
            self._read_when(draft, ("rules", position, "when"))
            self._check_named_kpis(draft, ("rules", position))

    def _check_named_kpis(self, draft: RulesetDraft, path: tuple[Step, ...]) -> None:
        """The KPIs that a malformed rule names, as far as they can be made out."""
        for action in ("recommend", "discourage"):
            node = node_at(draft.document, (*path, action))
            for position, _ in enumerate(node.content if node and isinstance(node.content, list) else ()):
                place = (*path, action, position, "kpi")
                kpi = node_at(draft.document, place)
                if kpi and isinstance(kpi.content, str):
                    self._check_kpi(draft, kpi.content, place)

    def _read_when(self, draft: RulesetDraft, path: tuple[Step, ...]) -> Condition:
        node = node_at(draft.document, path)
        if node is None:
            return ALWAYS
        reader = WhenReader(draft.document, self._registry)
        condition = reader.read(node, path)
        self.issues += reader.issues
        return condition

    def _check_actions(self, rule: RuleDraft) -> None:
        record = rule.record
        argues = bool(record.recommend or record.discourage or record.exclude)
        if not (argues or record.derive or record.advise):
            self._error(
                rule.ruleset,
                rule.path,
                "no-action",
                f"the rule '{record.id}' does nothing",
                "give it recommend, discourage, exclude, derive or advise",
            )
        if argues and record.because is None:
            self._error(
                rule.ruleset, rule.path, "missing-key", f"the rule '{record.id}' gives no reason", "add because: {en: ..., fr: ...}"
            )
        if record.source is None and rule.ruleset.record.source is None:
            message = f"the rule '{record.id}' names no source"
            self._error(rule.ruleset, rule.path, "missing-source", message, "add source: {title: ..., grade: practitioner}", warning=True)
        if record.valid_from and record.valid_until and record.valid_until < record.valid_from:
            self._error(rule.ruleset, (*rule.path, "valid_until"), "out-of-range", "valid_until lies before valid_from")
        for action in ("recommend", "discourage", "exclude"):
            self._check_kpis(rule, action)
        for name in record.derive:
            self._check_derivation(rule, name)

    def _check_kpis(self, rule: RuleDraft, action: str) -> None:
        seen = set()
        for position, item in enumerate(getattr(rule.record, action)):
            kpi = item.kpi if isinstance(item, WeightedKpi) else item
            path = (*rule.path, action, position, *(("kpi",) if isinstance(item, WeightedKpi) else ()))
            self._check_kpi(rule.ruleset, kpi, path)
            if kpi in seen:
                self._error(rule.ruleset, path, "duplicate-id", f"'{kpi}' stands twice in {action}")
            seen.add(kpi)

    def _check_kpi(self, draft: RulesetDraft, kpi: str, path: tuple[Step, ...]) -> None:
        if kpi not in self._kpis:
            self._error(draft, path, "unknown-id", f"no KPI is called '{shown(kpi)[1:-1]}'", nearest(kpi, self._kpis))

    def _check_derivation(self, rule: RuleDraft, name: str) -> None:
        path = (*rule.path, "derive", name)
        try:
            item = self._registry[name]
        except UnknownFieldError as error:
            self._error(rule.ruleset, path, "unknown-field", f"no field is called '{name}'", error.hint)
            return
        if item.computed or name == "platform.name":
            self._error(rule.ruleset, path, "wrong-type", f"{name} comes from the profile itself and can't be derived")
            return
        value = rule.record.derive[name]
        values = value if isinstance(value, list) else [value]
        if isinstance(value, list) and not item.many:
            self._error(rule.ruleset, path, "wrong-type", f"{name} holds one value, found a list")
        for element in values:
            if problem := self._registry.problem(item, element):
                self._error(rule.ruleset, path, *problem)

    def _derived(self, name: str, value: Any) -> Any:
        """A derived value as engines take it: a list for a fact that is one."""
        many = name in self._registry and self._registry[name].many
        return [value] if many and not isinstance(value, list) else value

    # override

    def _apply(self, draft: RulesetDraft, override: Override, path: tuple[Step, ...]) -> None:
        rule = self._target(draft, override, path)
        if rule is None:
            return
        if override.disable and self._may_change(draft, rule, "disable", path):
            rule.disabled = True
        if override.when is not None and self._may_change(draft, rule, "when", path):
            rule.condition = self._read_when(draft, (*path, "when"))
        for kpi, weight in override.reweight.items():
            self._reweight(draft, rule, kpi, weight, (*path, "reweight", kpi))
        if not (override.disable or override.when is not None or override.reweight):
            self._error(draft, path, "no-action", f"the override of '{rule.id}' changes nothing", "give it reweight, when or disable: true")

    def _target(self, draft: RulesetDraft, override: Override, path: tuple[Step, ...]) -> RuleDraft | None:
        ancestors = self._ancestors(draft)
        reachable = {rule.id: rule for rule in self._rules.values() if rule.ruleset.name in ancestors}
        found = [rule for identity, rule in reachable.items() if override.rule in (identity, rule.record.id)]
        if len(found) == 1:
            return found[0]
        place = (*path, "rule")
        if found:
            names = ", ".join(sorted(rule.id for rule in found))
            self._error(draft, place, "ambiguous-id", f"several rules are called '{override.rule}'", f"write one of {names}")
        elif override.rule in self._rules:
            base = override.rule.partition("/")[0]
            self._error(
                draft, place, "unknown-id", f"'{override.rule}' is not in a ruleset that this one extends", f"add '{base}' to extends"
            )
        else:
            self._error(
                draft,
                place,
                "unknown-id",
                f"no rule is called '{shown(override.rule)[1:-1]}'",
                nearest(override.rule, reachable) or "extend its ruleset first",
            )
        return None

    def _may_change(self, draft: RulesetDraft, rule: RuleDraft, part: str, path: tuple[Step, ...]) -> bool:
        """Two rulesets may change one part only when one extends the other: else their order would decide."""
        previous = rule.changed.get(part)
        if previous == draft.name:
            self._error(draft, path, "conflict", f"another override of '{rule.id}' changes {part} too", "keep one of them")
            return False
        if previous and previous not in self._ancestors(draft):
            self._error(
                draft,
                path,
                "conflict",
                f"'{previous}' changes {part} of '{rule.id}' too",
                f"let one extend the other: extends: [{previous}]",
            )
            return False
        rule.changed[part] = draft.name
        return True

    def _reweight(self, draft: RulesetDraft, rule: RuleDraft, kpi: str, weight: float, path: tuple[Step, ...]) -> None:
        named = {item.kpi for item in (*rule.record.recommend, *rule.record.discourage)}
        if kpi not in named:
            self._error(draft, path, "unknown-id", f"'{rule.id}' has no weight for '{kpi}'", nearest(kpi, named))
            return
        if not self._may_change(draft, rule, f"the weight of {kpi}", path):
            return
        changes = {
            action: tuple(WeightedKpi(kpi=kpi, weight=weight) if item.kpi == kpi else item for item in getattr(rule.record, action))
            for action in ("recommend", "discourage")
        }
        rule.record = rule.record.model_copy(update=changes)

    # normal form and strata

    def _check_normal_form(self, rule: RuleDraft) -> None:
        try:
            clauses = normalise(rule.condition)
        except TooManyClausesError:
            message = f"the condition of '{rule.id}' has more than {MAX_CLAUSES} ways to hold"
            self._error(
                rule.ruleset, (*rule.path, "when"), "too-large", message, "let another rule derive a fact from a part of it and read that"
            )
            return
        if not clauses:
            self._error(rule.ruleset, (*rule.path, "when"), "empty-test", f"the condition of '{rule.id}' can never hold", warning=True)

    def _stratify(self, rules: list[RuleDraft]) -> None:
        """Derivations in strata: a rule comes after every rule that derives a fact which it reads."""
        reads: dict[str, set[str]] = {}
        for rule in rules:
            for name in rule.record.derive:
                reads.setdefault(name, set()).update(fields_read(rule.condition))
        levels: dict[str, int] = {}
        try:
            for name in TopologicalSorter(reads).static_order():
                levels[name] = 1 + max((levels[other] for other in reads[name]), default=0) if name in reads else 0
        except CycleError as error:
            cycle: list[str] = error.args[1][::-1]
            culprit = next(rule for rule in rules if cycle[0] in rule.record.derive and cycle[1] in fields_read(rule.condition))
            chain = " -> ".join(cycle)
            self._error(culprit.ruleset, (*culprit.path, "derive"), "cycle", f"these facts are derived from one another: {chain}")
            return
        for rule in rules:
            rule.stratum = max((levels.get(name, 0) for name in fields_read(rule.condition)), default=0)

    def _error(
        self, draft: RulesetDraft, path: tuple[Step, ...], code: str, message: str, hint: str = "", *, warning: bool = False
    ) -> None:
        place = draft.document.locate(path)
        self.issues.append(Issue("warning" if warning else "error", code, message, place, hint))
