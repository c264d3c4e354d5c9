#!/usr/bin/python3
"""Write the golden files of this folder with scikit-learn; the tests compare our numbers with them.

Usage: tests/golden/sklearn/make.py   (python3-sklearn of Debian 12: scikit-learn 1.2, Python 3.11)

unicode.txt    one line per 4,096 code points: SHA-256 of the tokens of probe texts for each of them
texts.*.tsv    TF-IDF of texts.txt (one text a line), by vectorizer: terms with idf, then rows
overviews.tsv  the same of the overviews of data/sample/films.jsonl, every 16th row
cosine.tsv     cosine similarities of the rows of ratings.tsv (person, movie, rating)
"""
import hashlib
import json
import pathlib

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent


def write_unicode():
    analyse = CountVectorizer().build_analyzer()
    with open(HERE / "unicode.txt", "w") as out:
        for block in range(0, 0x110000, 4096):
            digest = hashlib.sha256()
            for c in range(block, block + 4096):
                if c == 0 or 0xD800 <= c < 0xE000:  # no text holds them
                    continue
                c = chr(c)
                probe = f"a{c}b {c}{c} Q{c}\u03a3 {c}\u03a3 a\u03a3{c}B a\u03a3{c} {c}"
                digest.update("\n".join(analyse(probe)).encode() + b"\n")
            out.write(f"{block:06x} {digest.hexdigest()}\n")


def write_tfidf(name, texts, every=1, **settings):
    vectorizer = TfidfVectorizer(stop_words="english", **settings)
    matrix = vectorizer.fit_transform(texts).tocsr()
    matrix.sort_indices()
    with open(HERE / name, "w") as out:
        for term, idf in zip(vectorizer.get_feature_names_out(), vectorizer.idf_):
            out.write(f"{term}\t{idf:.9g}\n")
        for row in range(0, matrix.shape[0], every):
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            cells = (f"{c}:{v:.8g}" for c, v in zip(matrix.indices[span], matrix.data[span]))
            out.write("\t".join([f"= {row}", *cells]) + "\n")


def write_cosine():
    """20 people, 15 films; the last two people agree in direction, one person shares no film."""
    random = np.random.default_rng(5)
    dense = random.integers(1, 11, (20, 15)) / 2 * (random.random((20, 15)) < 0.4)
    dense[17] = 0
    dense[:, 14] = 0
    dense[17, 14] = 3
    dense[18] = np.minimum(dense[18], 2)
    dense[19] = 2 * dense[18]
    similarity = cosine_similarity(scipy.sparse.csr_matrix(dense))
    with open(HERE / "ratings.tsv", "w") as out:
        for person, movie in zip(*dense.nonzero()):
            out.write(f"{person + 1}\t{movie + 1}\t{dense[person, movie]:g}\n")
    with open(HERE / "cosine.tsv", "w") as out:
        for row in similarity:
            out.write("\t".join(f"{value:.8g}" for value in row) + "\n")


def main():
    texts = (HERE / "texts.txt").read_text().split("\n")[:-1]
    films = (ROOT / "data" / "sample" / "films.jsonl").read_text().split("\n")[:-1]
    overviews = [json.loads(film)["overview"] for film in films]
    write_unicode()
    write_tfidf("texts.default.tsv", texts)
    write_tfidf("texts.sublinear.tsv", texts, sublinear_tf=True, min_df=2, max_df=0.1)
    write_tfidf("overviews.tsv", overviews, every=16)
    write_cosine()


main()
