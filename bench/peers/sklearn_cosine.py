#!/usr/bin/python3
"""The prototype's way to all neighbours: scikit-learn's dense cosine similarity, then the hundred
largest of each row. Prints one line of JSON: seconds for the similarity matrix alone and with the
neighbours, and the memory both took beyond the ratings. Usage: sklearn_cosine.py RATINGS [RUNS]"""
import json
import resource
import sys
import time

import numpy
import scipy.sparse
from sklearn.metrics.pairwise import cosine_similarity

NEIGHBOURS = 100


def read_ratings(path):
    people, movies, values = [], [], []
    with open(path, encoding="latin-1") as file:
        for line in file:
            person, movie, value, _ = line.split("::")
            people.append(int(person))
            movies.append(int(movie))
            values.append(float(value))
    rows = numpy.unique(people, return_inverse=True)[1]
    cols = numpy.unique(movies, return_inverse=True)[1]
    return scipy.sparse.csr_matrix((values, (rows, cols)))


def reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main():
    ratings = read_ratings(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    matrix_seconds, all_seconds = [], []
    reset_peak()
    before = resident_mb()
    for _ in range(runs):
        begin = time.perf_counter()
        similarity = cosine_similarity(ratings)
        matrix_seconds.append(time.perf_counter() - begin)
        numpy.fill_diagonal(similarity, -1)
        numpy.argpartition(-similarity, NEIGHBOURS, axis=1)[:, :NEIGHBOURS].copy()
        all_seconds.append(time.perf_counter() - begin)
        matrix_mb = similarity.nbytes / 1e6
        del similarity
    print(json.dumps({
        "bench": "scikit-learn: cosine of all people", "unit": "s", "runs": runs,
        "min": round(min(matrix_seconds), 4),
        "median": round(sorted(matrix_seconds)[runs // 2], 4),
        "with_neighbours_min": round(min(all_seconds), 4),
        "matrix_mb": round(matrix_mb, 1), "extra_mb": round(peak_mb() - before, 1)}))


if __name__ == "__main__":
    main()
