"""check.py list|explanation|people|hits - the JSON on standard input has exactly the members
docs/api.md names, and the parts of every score add up to it. Prints one line about it."""
import json
import sys

MOVIE = {"movie", "title", "year", "genres", "poster", "generated_poster", "rating"}
ITEM = MOVIE | {"rank", "score", "baseline", "predicted_rating", "predicted_rating_interval", "reasons", "terms", "other", "rules"}
LIST = {"id", "model", "basis", "user", "source_movie", "scenario", "items", "removed", "next"}


def has(thing, members):
    assert set(thing) == members, f"{sorted(set(thing) ^ members)} in {thing}"


def check_item(item):
    has(item, ITEM)
    has(item["rating"], {"mean", "count"})
    for reason in item["reasons"]:
        has(reason, {"movie", "title", "rating", "contribution"})
    for term in item["terms"]:
        has(term, {"term", "contribution"})
    total = item["baseline"] + item["other"] + sum(r["contribution"] for r in item["reasons"])
    assert abs(total - item["score"]) <= 1e-5 * max(1, abs(item["score"])), (total, item["score"])


def check_list(answer):
    has(answer, LIST)
    has(answer["model"], {"name", "id", "data_hash"})
    has(answer["removed"], {"seen", "exclude", "filter"})
    assert answer["basis"] in ("trained", "fold_in", "fallback")
    assert answer["id"].startswith("r_") and answer["next"] is None
    for rank, item in enumerate(answer["items"], 1):
        check_item(item)
        assert item["rank"] == rank
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    assert len({item["movie"] for item in answer["items"]}) == len(scores)
    return (f"{len(scores)} films by {answer['model']['name']}, {answer['basis']}, "
            f"for {answer['user']} or {answer['source_movie']}, "
            f"{sum(len(item['reasons']) for item in answer['items'])} reasons")


def check_explanation(answer):
    check_item(answer)
    return f"{answer['title']}: {len(answer['reasons'])} reasons"


def check_people(answer):
    has(answer, {"items"})
    for person in answer["items"]:
        has(person, {"user", "similarity", "ratings", "common"})
        assert 0 < person["similarity"] <= 1 and person["common"] <= person["ratings"]
    return f"{len(answer['items'])} people"


def check_hits(answer):
    has(answer, {"items", "total", "removed"})
    has(answer["removed"], {"filter"})
    assert answer["total"] >= len(answer["items"])
    for film in answer["items"]:
        has(film, MOVIE | {"match", "how", "matched"})
        for found in film["matched"]:
            has(found, {"field", "text", "where"})
            assert all(0 <= at and at + length <= len(found["text"]) for at, length in found["where"])
    return ", ".join(film["title"] for film in answer["items"])


print(globals()["check_" + sys.argv[1]](json.load(sys.stdin)))
