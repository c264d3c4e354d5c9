#!/usr/bin/env python3
"""Which weights of signals (REEL_SIGNALS) are best on data that nobody learned from.

    bench/signals.py REEL [DATA] [--weights NAMES] [--seed N] [--seeds N] [--test-seeds N] [--rates X,…] [--jobs N]

DATA holds ml-1m/; without it tastes are invented only. People use the program for two weeks with the
present weights, which leaves a log with the bias of places in it; on that log the models are trained
with other weights, and judged by films that were kept back (reel simulate --signals).

1. Validation: each weight is changed alone. 2. Validation: the best value of each that helped,
together with the others in every combination; the best of all is chosen. 3. Test, with other people
and seeds: what was chosen, and a few more, against the present weights. It is better where the 95 %
interval of the difference over all seeds of all kinds of people (tastes, and how much they rate) is
above 0, and that of no kind below.
A search that follows another one takes other seeds (--seed), so that its test is new.
"""
import argparse
import concurrent.futures
import itertools
import json
import math
import os
import subprocess
import sys

VALUES = {"click": [0, 0.1, 0.25, 0.5, 1, 2],
          "watchlist": [0, 0.25, 1, 2],
          "not_interested": [0, 0.25, 1, 2],
          "passed": [0.02, 0.05, 0.1, 0.2, 0.4]}
ALWAYS = ["none"] + [f"passed={value:g}" for value in VALUES["passed"]]
# Two-sided 95 % points of Student's t by degrees of freedom.
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
       2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045]


def interval(values):
    """Mean with its 95 % interval."""
    count = len(values)
    mean = sum(values) / count
    spread = math.sqrt(sum((x - mean) ** 2 for x in values) / (count - 1) / count)
    half = (T95[count - 2] if count <= 30 else 1.96) * spread
    return mean - half, mean, mean + half


def text_of(weights):
    """{"click": 1} as REEL_SIGNALS has it; a trailer is played by who clicked, and weighs the same."""
    words = dict(weights)
    if "click" in words:
        words["trailer"] = words["click"]
    return " ".join(f"{name}={value:g}" for name, value in words.items())


class Weigher:
    """Kinds of people: their taste, and which share of clicked films they rate."""

    def __init__(self, given):
        self.given = given
        self.tastes = [(taste, rates) for taste in ["invented"] + (["ml-1m"] if given.data else [])
                       for rates in given.rates.split(",")]

    def run(self, kind, sets, split, seeds):
        taste, rates = kind
        command = [self.given.reel, "simulate", "--signals", ";".join(sets), "--split", split, "--seeds", str(seeds),
                   "--seed", str(self.given.seed), "--rates", rates, "--threads", "1", "--json", "--quiet"]
        if taste != "invented":
            command += ["--movielens", os.path.join(self.given.data, taste)]
        environment = {k: v for k, v in os.environ.items() if k != "REEL_SIGNALS"}
        made = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
        return json.loads(made.stdout)["sets"]

    def weigh(self, sets, split, seeds):
        """Differences to the present weights, {set: {kind: [by seed]}}, and NDCG of those."""
        out, level = {s: {} for s in sets}, {}
        with concurrent.futures.ThreadPoolExecutor(self.given.jobs) as pool:
            runs = {kind: pool.submit(self.run, kind, sets, split, seeds) for kind in self.tastes}
        for kind, run in runs.items():
            told = run.result()
            first = told[0]["each"]
            level[kind] = sum(first) / len(first)
            for name, one in zip(sets, told[1:]):
                out[name][kind] = [x - y for x, y in zip(one["each"], first)]
        return out, level

    def table(self, title, differences, level):
        print(f"\n{title}\n")
        print("| weights | " + " | ".join(f"{taste}, {rates} rated" for taste, rates in self.tastes) + " | all |")
        print("| --- |" + " ---: |" * (len(self.tastes) + 1))
        print("| the present ones | " + " | ".join(f"{level[kind]:.4f}" for kind in self.tastes) + " | |")
        for name, by_taste in differences.items():
            cells = [by_taste[t] for t in self.tastes] + [sum(by_taste.values(), [])]
            print(f"| {name} | " + " | ".join("{1:+.4f} ({0:+.4f} to {2:+.4f})".format(*interval(c)) for c in cells) +
                  " |", flush=True)


def mean_of(by_taste):
    """All kinds of people count alike."""
    return sum(sum(values) / len(values) for values in by_taste.values()) / len(by_taste)


def choose(weigher, seeds):
    names = weigher.given.weights.split(",")
    single = {text_of({name: value}): {name: value} for name in names for value in VALUES[name]}
    alone, level = weigher.weigh(["none"] + list(single), "validation", seeds)
    weigher.table("Each weight alone, validation", alone, level)
    best = {}
    for name in names:
        text, gain = max(((t, mean_of(alone[t])) for t, w in single.items() if name in w), key=lambda x: x[1])
        if gain > 0:
            best[name] = single[text][name]
    subsets = [dict(s) for n in range(2, len(best) + 1) for s in itertools.combinations(best.items(), n)]
    gains = {text: mean_of(alone[text]) for text in single}
    if subsets:
        together, level = weigher.weigh([text_of(s) for s in subsets], "validation", seeds)
        weigher.table("The best of each together, validation", together, level)
        gains.update({text: mean_of(by_taste) for text, by_taste in together.items()})
    chosen = max(gains, key=gains.get)
    return chosen if gains[chosen] > 0 else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reel")
    parser.add_argument("data", nargs="?")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test-seeds", type=int, default=10)
    parser.add_argument("--rates", default="0,0.3,0.7", help="shares of clicked films that are rated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--weights", default=",".join(VALUES), help="those that may change")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    weigher = Weigher(given)
    chosen = choose(weigher, given.seeds)
    print(f"\nChosen: {chosen or 'the present weights'}", flush=True)
    sets = list(dict.fromkeys(([chosen] if chosen else []) + ALWAYS))
    differences, level = weigher.weigh(sets, "test", given.test_seeds)
    weigher.table("Test", differences, level)
    if chosen:
        by_taste = differences[chosen]
        better = (interval(sum(by_taste.values(), []))[0] > 0 and
                  all(interval(values)[2] >= 0 for values in by_taste.values()))
        print(f"\n{chosen}: {'better than the present weights' if better else 'not shown to be better'}")
    return 0


sys.exit(main())
