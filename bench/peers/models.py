#!/usr/bin/python3
"""Other libraries at the work of bench_models, each where it is found: by import, or under the folder (or program)
that REEL_PEER_<NAME> names. Prints lines of JSON. Usage: models.py RATINGS [NAME...]; names: numpy implicit cmfrec
surprise libmf. What is not found is left out and said on standard error.
Each runs in a process of its own with the environment its documentation asks for."""
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
import scipy.linalg
import scipy.sparse

# implicit's readme: BLAS threads of its own inside its threads make it several times slower.
ENVIRONMENT = {"implicit": {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}}
HERE = "--here"  # this process is the one made for the peer that is named


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


def print_row(name, seconds):
    seconds = sorted(seconds)
    print(json.dumps({"bench": name, "unit": "s", "runs": len(seconds), "min": round(seconds[0], 4),
                      "median": round(seconds[len(seconds) // 2], 4)}), flush=True)


def timed(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def report(name, work, runs=3):
    seconds = []
    for _ in range(runs):
        took, result = timed(work)
        seconds.append(took)
    print_row(name, seconds)
    return result


def find(name):
    """Import a library, from REEL_PEER_<NAME> where that is set."""
    place = os.environ.get(f"REEL_PEER_{name.upper()}")
    if place:
        sys.path.insert(0, place)
    return importlib.import_module(name)


def numpy_ease(ratings):
    """In single precision throughout, inverted by LAPACK's Cholesky: numpy.linalg.inv, an LU solve of the unit matrix, does
    2.7 times the operations. The Gram matrix as a sparse product, and as a dense one, which is faster where memory allows."""
    binary = ratings.copy()
    binary.data[:] = 1

    def solve(gram):
        diagonal = numpy.diag_indices_from(gram)
        gram[diagonal] += 500
        # Column-major LAPACK sees the transpose of a symmetric matrix: itself. The lower triangle is what it leaves.
        half, _ = scipy.linalg.lapack.spotrf(gram.T, lower=1, overwrite_a=1)
        half, _ = scipy.linalg.lapack.spotri(half, lower=1, overwrite_c=1)
        inverse = numpy.where(numpy.tri(len(half), dtype=bool), half, half.T)
        inverse /= -numpy.diag(inverse)
        inverse[diagonal] = 0
        assert inverse.dtype == numpy.float32
        return inverse

    def dense():
        matrix = binary.toarray()
        return solve(matrix.T @ matrix)

    report("numpy: EASE", lambda: solve((binary.T @ binary).toarray()))
    report("numpy: EASE, dense Gram matrix", dense)


def implicit(ratings):
    library = find("implicit")
    for part in ("als", "nearest_neighbours"):
        importlib.import_module(f"implicit.{part}")
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

        def train(epochs):
            subprocess.run([program, "-k", "128", "-t", str(epochs), "-l2", "0.05", "-r", "0.05", "-s", str(os.cpu_count()),
                            "--quiet", f"{folder}/train.txt", f"{folder}/model"], check=True, capture_output=True)

        # Reading the text and writing the model are in both times, so the difference is 20 epochs of fitting.
        print_row("libmf: 128, 20 epochs", [max(0, -timed(lambda: train(1))[0] + timed(lambda: train(21))[0]) for _ in range(5)])


PEERS = {"numpy": numpy_ease, "implicit": implicit, "cmfrec": cmfrec, "surprise": surprise, "libmf": libmf}


def main():
    path, *names = sys.argv[1:]
    if HERE in names:
        name = names[0]
        try:
            PEERS[name](read(path))
        except ImportError as why:
            print(f"{name}: not found ({why})", file=sys.stderr)
        return
    for name in names or PEERS:
        subprocess.run([sys.executable, __file__, path, name, HERE], check=True,
                       env={**os.environ, **ENVIRONMENT.get(name, {})})


if __name__ == "__main__":
    main()
