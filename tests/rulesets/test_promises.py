"""What kpirules promises in so many words: the trades' own KPIs first, and the KPIs that mislead named as such, in whichever language."""

from __future__ import annotations

from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender

PROMISES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "a hotel gets RevPAR, ADR and occupancy",
        {"company": {"sector": "hotel"}, "objectives": [{"type": "revenue-growth"}]},
        ["revenue-per-available-room", "average-daily-rate", "occupancy-rate"], [],
    ),
    (
        "a restaurant gets food cost and average check",
        {"company": {"sector": "restaurant"}, "objectives": [{"type": "business-profitability"}]},
        ["food-cost-percentage", "average-order-value"], [],
    ),
    (
        "software before product-market fit gets activation and retention, and waits for LTV:CAC and churn",
        {"company": {"sector": "saas", "stage": "launch"}, "objectives": [{"type": "revenue-growth"}]},
        ["activation-rate", "user-retention-rate"], ["ltv-to-cac-ratio", "churn-rate"],
    ),
    (
        "an association gets the average donation and donor retention",
        {"company": {"sector": "non-profit"}, "objectives": [{"type": "fundraising"}]},
        ["average-donation", "customer-retention-rate"], [],
    ),
    (
        "an awareness campaign is not judged by CPA or ROAS",
        {"objectives": [{"type": "brand-awareness"}], "platforms": ["meta-ads"]},
        ["reach", "impressions"], ["cost-per-acquisition", "return-on-ad-spend"],
    ),
    (
        "nor is a campaign whose statement says awareness",
        {"objectives": [{"type": "campaign-performance", "statement": "Une campagne pour faire connaître la marque"}]},
        ["reach"], ["cost-per-acquisition", "return-on-ad-spend"],
    ),
    (
        "open rates are doubted since mail privacy protection",
        {"objectives": [{"type": "email-performance"}], "platforms": ["email"]},
        ["click-through-rate", "conversion-rate"], ["open-rate"],
    ),
    (
        "a social media goal calls for qualitative KPIs: customer reviews, the size of the community",
        {"objectives": [{"type": "social-media"}], "platforms": ["instagram"]},
        ["community-size", "review-rating"], ["cost-per-acquisition"],
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def recommender(knowledge: KnowledgeBase) -> Recommender:
    """Over everything installed."""
    return Recommender(knowledge)


@pytest.mark.parametrize(("promise", "profile", "first", "against"), PROMISES, ids=[row[0] for row in PROMISES])
def test_promises(promise: str, profile: dict[str, Any], first: list[str], against: list[str], recommender: Recommender) -> None:
    """Each KPI is among the first eight, each misleading one is argued against, with a reason in both languages."""
    for language in ("en", "fr"):
        kpo = recommender.recommend_data(profile, language=language)["kpos"][0]
        ranked = [row["kpi"] for row in kpo["kpis"][:8]]
        doubted = {row["kpi"]: row["because"] for row in kpo["excluded"]}
        assert set(first) <= set(ranked), promise
        assert set(against) <= set(doubted), promise
        assert all(evidence["reason"] for kpi in against for evidence in doubted[kpi])


def test_a_solo_business_gets_few_and_cheap_kpis(recommender: Recommender, knowledge: KnowledgeBase) -> None:
    """Nothing in its headline sets needs a study, and studies are argued against."""
    for kind in ("brand-awareness", "revenue-growth", "customer-satisfaction", "online-sales", "lead-generation"):
        kpo = recommender.recommend_data({"company": {"size": "solo"}, "objectives": [{"type": kind}]})["kpos"][0]
        assert all(knowledge.kpi(row["kpi"]).effort != "high" for row in kpo["kpis"] if row["headline"]), kind
    assert "brand-lift" in {
        row["kpi"]
        for row in recommender.recommend_data({"company": {"size": "solo"}, "objectives": [{"type": "brand-awareness"}]})["kpos"][0][
            "excluded"
        ]
    }
