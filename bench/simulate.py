#!/usr/bin/env python3
"""Simulated months: does training raise held-out NDCG and click-through, and do places matter? And
simulated experiments: how often do they err?

    bench/simulate.py REEL [DATA] [--only months|places|experiments] [--strict]

DATA holds ml-1m/; without it tastes are invented only. Prints the tables of docs/feedback.md and
docs/experiments.md. With --strict it is an error when an interval (95 %, over five seeds) holds 0
where it must not, when false alarms are not shown to be rarer than alpha, or when a model that is
worse is not found out.
"""
import argparse
import json
import os
import subprocess
import sys

MONTH = ["--days", "30", "--people", "600"]
EDITOR = ["--people", "300", "--films", "100", "--known", "3", "--rates", "0", "--editorial", "30", "--days", "37",
          "--every", "30", "--arms", "frozen,retrained,naive"]


def simulate(reel, options, signals=None):
    environment = dict(os.environ, **({"REEL_SIGNALS": signals} if signals else {}))
    made = subprocess.run([reel, "simulate", *options, "--json"], stdout=subprocess.PIPE, env=environment, check=True)
    return {arm["arm"]: arm for arm in json.loads(made.stdout)["arms"]}


def number(interval, percent):
    low, mean, high = (100 * x if percent else x for x in interval)
    form = "{:.2f} ({:+.2f} to {:+.2f})" if percent else "{:.4f} ({:+.4f} to {:+.4f})"
    return form.format(mean, low, high)


def share(interval):
    low, mean, high = (100 * x for x in interval)
    return f"{mean:.1f} % ({low:.1f} to {high:.1f})"


def table(arms, whole):
    """Clicks of all days, or of the last week, when lists were personal."""
    print(f"| | NDCG@10, last week | more than frozen | clicked, {'all days' if whole else 'last week'} "
          "| more than frozen |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, arm in arms.items():
        days = [day["clicked"][1] for day in arm["days"][0 if whole else -7:]]
        row = [name, f"{arm['ndcg@10_last_week'][1]:.4f}", "", f"{100 * sum(days) / len(days):.2f} %", ""]
        if "ndcg@10_less_frozen" in arm:
            row[2] = number(arm["ndcg@10_less_frozen"], False)
            row[4] = number(arm["clicked_less_frozen" + ("_all_days" if whole else "")], True)
        print("| " + " | ".join(row) + " |", flush=True)


def experiments(reel, options, must):
    """One model in both arms, more often than two models, for each of five seeds. Where tastes are real people's the two models differ
    by less than as many people can find out, so there it is not asked for."""
    print("| lists | models | clicked more, or preferred | a difference is said | the right side is named "
          "| an interval of one look would, at some look | people until then: half, nine of ten |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for models, repeats in (("hybrid", 100), ("hybrid,popular", 40)):
        made = subprocess.run([reel, "simulate", "--experiment", "--models", models, "--repeats", str(repeats),
                               *options, "--json"], stdout=subprocess.PIPE, check=True)
        told = json.loads(made.stdout)
        for one in told["experiments"]:
            if ("right" in one) == ("," in models):
                experiment(one, told["alpha"], must, not options)


def experiment(one, alpha, must, enough):
    name = f"{one['kind']} of {one['control']} and {one['other']}"
    shares = [share(one[key]) if key in one else "" for key in ("claimed", "right")]
    people = [f"{one[key]:,}" if one[key] else "" for key in ("decided_after_p50", "decided_after_p90")]
    print("| " + " | ".join([one["kind"], f"{one['control']}, {one['other']}", number(one["difference"], True),
                             *shares, f"{100 * one['one_look'][1]:.1f} %", ", ".join(filter(None, people))]) + " |",
          flush=True)
    if "right" not in one:
        must(f"{name}: alpha less false alarms", [alpha - x for x in reversed(one["claimed"])], 1)
    elif one["kind"] == "interleave" and enough:
        must(f"{name}: the worse is found out more than nine times of ten", [x - 0.9 for x in one["right"]], 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reel")
    parser.add_argument("data", nargs="?")
    parser.add_argument("--only", choices=["months", "places", "experiments"])
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args()
    wrong = []

    def must(name, interval, sign):
        if sign * interval[0] <= 0 or sign * interval[2] <= 0:
            wrong.append(f"{name}: {interval}")

    def wanted(what):
        return given.only in (None, what)

    def folder(taste):
        return ["--movielens", os.path.join(given.data, taste)] if taste != "invented" else []

    tastes = ["invented"] + (["ml-1m"] if given.data else [])
    for taste in tastes if wanted("months") else []:
        print(f"\nA month, {taste}\n")
        arms = simulate(given.reel, MONTH + folder(taste))
        table(arms, True)
        must(f"{taste}: NDCG of retraining", arms["retrained"]["ndcg@10_less_frozen"], 1)
        must(f"{taste}: clicks of retraining", arms["retrained"]["clicked_less_frozen_all_days"], 1)
    if wanted("places"):
        print("\nAn editor's lists, clicks alone\n")
        arms = simulate(given.reel, EDITOR, "passed=0")
        table(arms, False)
        must("NDCG, clicks as they are", arms["naive"]["ndcg@10_less_frozen"], -1)
        must("NDCG, clicks by their places", arms["retrained"]["ndcg@10_less_frozen"], 1)
    for taste in tastes if wanted("experiments") else []:
        print(f"\nExperiments, {taste}\n")
        experiments(given.reel, folder(taste), must)
    for line in wrong:
        print(f"the interval is not on the side it should be: {line}", file=sys.stderr)
    return 1 if given.strict and wrong else 0


sys.exit(main())
