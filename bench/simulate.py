#!/usr/bin/env python3
"""Simulated months: does training raise held-out NDCG and click-through, and do places matter?

    bench/simulate.py REEL [DATA] [--strict]

DATA holds ml-1m/; without it tastes are invented only. Prints the tables of docs/feedback.md. With
--strict it is an error when an interval (95 %, over five seeds) holds 0 where it must not.
"""
import argparse
import json
import os
import subprocess
import sys

MONTH = ["--days", "30", "--people", "600"]
EDITOR = ["--people", "300", "--films", "100", "--known", "3", "--rates", "0", "--editorial", "30", "--days", "37",
          "--every", "30", "--arms", "frozen,retrained,naive"]


def simulate(reel, options):
    made = subprocess.run([reel, "simulate", *options, "--json"], stdout=subprocess.PIPE, check=True)
    return {arm["arm"]: arm for arm in json.loads(made.stdout)["arms"]}


def number(interval, percent):
    low, mean, high = (100 * x if percent else x for x in interval)
    form = "{:.2f} ({:+.2f} to {:+.2f})" if percent else "{:.4f} ({:+.4f} to {:+.4f})"
    return form.format(mean, low, high)


def table(arms):
    print("| | NDCG@10, last week | more than frozen | clicked, all days | more than frozen |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, arm in arms.items():
        days = [day["clicked"][1] for day in arm["days"]]
        row = [name, f"{arm['ndcg@10_last_week'][1]:.4f}", "", f"{100 * sum(days) / len(days):.2f} %", ""]
        if "ndcg@10_less_frozen" in arm:
            row[2] = number(arm["ndcg@10_less_frozen"], False)
            row[4] = number(arm["clicked_less_frozen_all_days"], True)
        print("| " + " | ".join(row) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reel")
    parser.add_argument("data", nargs="?")
    parser.add_argument("--strict", action="store_true")
    given = parser.parse_args()
    wrong = []

    def must(name, interval, sign):
        if sign * interval[0] <= 0 or sign * interval[2] <= 0:
            wrong.append(f"{name}: {interval}")

    for taste in ["invented"] + (["ml-1m"] if given.data else []):
        print(f"\nA month, {taste}\n")
        options = ["--movielens", os.path.join(given.data, taste)] if taste != "invented" else []
        arms = simulate(given.reel, MONTH + options)
        table(arms)
        must(f"{taste}: NDCG of retraining", arms["retrained"]["ndcg@10_less_frozen"], 1)
        must(f"{taste}: clicks of retraining", arms["retrained"]["clicked_less_frozen_all_days"], 1)
    print("\nAn editor's lists, clicks alone\n")
    arms = simulate(given.reel, EDITOR)
    table(arms)
    must("NDCG, clicks as they are", arms["naive"]["ndcg@10_less_frozen"], -1)
    must("NDCG, clicks by their places", arms["retrained"]["ndcg@10_less_frozen"], 1)
    for line in wrong:
        print(f"the interval is not on the side it should be: {line}", file=sys.stderr)
    return 1 if given.strict and wrong else 0


sys.exit(main())
