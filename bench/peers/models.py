#!/usr/bin/python3
"""Other libraries at the work of bench_models, each where it is found: by import, or under the folder (or program)
that REEL_PEER_<NAME> names. Prints lines of JSON. Usage: models.py RATINGS [NAME...]; names: numpy implicit cmfrec
surprise libmf. What is not found is left out and said on standard error."""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
import scipy.sparse


def read(path):
    people, films, values = [], [], []
    with open(path, encoding="latin-1") as file:
        for line in file:
            person, film, value, _ = line.split("::")
            people.append(int(person))
            films.append(int(film))
            values.append(float(value))
    rows = numpy.unique(people, return_inverse=True)[1]
    cols = numpy.unique(films, return_inverse=True)[1]
    return scipy.sparse.csr_matrix((numpy.asarray(values, numpy.float32), (rows, cols)))


def liked(matrix):
    out = matrix.copy()
    out.data = (out.data >= 4).astype(numpy.float32)
    out.eliminate_zeros()
    return out


def report(name, work, runs=3):
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begin)
    seconds.sort()
    print(json.dumps({"bench": name, "unit": "s", "runs": runs, "min": round(seconds[0], 4),
                      "median": round(seconds[runs // 2], 4)}), flush=True)
    return result


def find(name):
    """Import a library, from REEL_PEER_<NAME> where that is set."""
    place = os.environ.get(f"REEL_PEER_{name.upper()}")
    if place:
        sys.path.insert(0, place)
    return __import__(name)


def numpy_ease(ratings):
    binary = ratings.copy()
    binary.data[:] = 1

    def fit():
        gram = (binary.T @ binary).toarray()
        gram[numpy.diag_indices_from(gram)] += 500
        inverse = numpy.linalg.inv(gram)
        weights = inverse / -numpy.diag(inverse)
        weights[numpy.diag_indices_from(weights)] = 0
        return weights

    report("numpy: EASE", fit)


def implicit(ratings):
    library = find("implicit")
    positives = liked(ratings)
    for factors in (64, 128, 256):
        def fit():
            model = library.als.AlternatingLeastSquares(factors=factors, regularization=80, alpha=8, iterations=15,
                                                        use_cg=True, random_state=1)
            model.fit(positives, show_progress=False)
            return model
        model = report(f"implicit: ALS {factors}, CG", fit)
        report(f"implicit: lists of 10, ALS {factors}",
               lambda: model.recommend(numpy.arange(positives.shape[0]), positives, N=10))

    def knn():
        model = library.nearest_neighbours.CosineRecommender(K=100)
        model.fit(ratings, show_progress=False)
    report("implicit: cosine, 100 neighbours", knn)


def cmfrec(ratings):
    library = find("cmfrec")
    positives = liked(ratings).tocoo()
    report("cmfrec: implicit ALS 64, CG",
           lambda: library.CMF_implicit(k=64, niter=15, use_cg=True, nthreads=os.cpu_count()).fit(positives))


def surprise(ratings):
    library = find("surprise")
    import pandas
    coo = ratings.tocoo()
    keep = numpy.random.RandomState(1).rand(coo.nnz) < 0.8
    frame = pandas.DataFrame({"user": coo.row[keep], "item": coo.col[keep], "rating": coo.data[keep]})
    train = library.Dataset.load_from_df(frame, library.Reader(rating_scale=(1, 5))).build_full_trainset()
    report("surprise: SVD++ 20, 20 epochs", lambda: library.SVDpp(random_state=1).fit(train), runs=1)


def libmf(ratings):
    program = os.environ.get("REEL_PEER_LIBMF")
    if not program:
        raise ImportError("REEL_PEER_LIBMF names no mf-train")
    coo = ratings.tocoo()
    keep = numpy.random.RandomState(1).rand(coo.nnz) < 0.8
    with tempfile.TemporaryDirectory() as folder:
        numpy.savetxt(f"{folder}/train.txt", numpy.column_stack([coo.row[keep], coo.col[keep], coo.data[keep]]), "%d %d %g")
        report("libmf: 128, 20 epochs", lambda: subprocess.run(
            [program, "-k", "128", "-t", "20", "-l2", "0.05", "-r", "0.05", "-s", str(os.cpu_count()), "--quiet",
             f"{folder}/train.txt", f"{folder}/model"], check=True, capture_output=True))


PEERS = {"numpy": numpy_ease, "implicit": implicit, "cmfrec": cmfrec, "surprise": surprise, "libmf": libmf}


def main():
    ratings = read(sys.argv[1])
    for name in sys.argv[2:] or PEERS:
        try:
            PEERS[name](ratings)
        except ImportError as why:
            print(f"{name}: not found ({why})", file=sys.stderr)


if __name__ == "__main__":
    main()
