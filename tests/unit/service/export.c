/* Exports, read back by NumPy and SciPy where they are there. */
#include <sys/wait.h>

#include "service/files/load.h"
#include "support/world.h"

static const char script[] =
    "import sys\n"
    "try:\n"
    "    import numpy as np, scipy.sparse as sp\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "d = sys.argv[1] + '/'\n"
    "m = sp.load_npz(d + 'user_item_matrix.npz')\n"
    "dense = np.load(d + 'user_item_matrix.npy')\n"
    "assert m.format == 'csr' and m.shape == (40, 30), m.shape\n"
    "assert m.dtype == np.float32 and dense.dtype == np.float32\n"
    "assert np.array_equal(m.toarray(), dense)\n"
    "assert (np.load(d + 'user_item_matrix.npz')['row_ids'] == np.arange(3, 123, 3)).all()\n"
    "n = dense / np.linalg.norm(dense, axis=1, keepdims=True)\n"
    "s = np.load(d + 'similarity_matrix.npy')\n"
    "assert s.shape == (40, 40) and abs(s - n @ n.T).max() < 1e-6\n"
    "t = sp.load_npz(d + 'similarity_matrix.npz').toarray()\n"
    "np.fill_diagonal(s, 0)\n"
    "assert abs(t - s).max() < 1e-6\n"
    "c = np.load(d + 'content.npy')\n"
    "assert c.shape == (30, 30) and abs(c - c.T).max() < 1e-5\n"
    "assert abs(np.diag(c) - 1).max() < 1e-5 and c.min() > -1e-6\n"
    "assert c[0, 1] == max(c[0, 1:])\n";

static void numpy_and_scipy_read_them(void **state)
{
    static const char *const what[] = {"user-item", "user-item", "user-similarity",
                                       "user-similarity", "content-similarity"};
    static const char *const files[] = {"out/user_item_matrix.npz", "out/user_item_matrix.npy",
                                        "out/similarity_matrix.npy", "out/similarity_matrix.npz",
                                        "out/content.npy"};
    reel_engine *engine;
    char command[3 * TEMP_PATH];
    int status;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    assert_ok(reel__file_make_folder(temp_path("out"), &err));
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        assert_ok(reel__export_matrix(engine, what[i], temp_path(files[i]), &err));
    assert_fails(reel__export_matrix(engine, "everything", temp_path("out/x.npy"), &err),
                 REEL_E_INVALID, "everything");
    assert_fails(reel__export_matrix(engine, "user-item", temp_path("out/x.txt"), &err),
                 REEL_E_INVALID, ".npy");
    assert_fails(reel__export_matrix(engine, "user-item", temp_path("none/x.npy"), &err),
                 REEL_E_STORE, "none");
    reel__engine_close(engine);
    (void)snprintf(command, sizeof command, "/usr/bin/python3 %s %s",
                   temp_write("check.py", script), temp_path("out"));
    status = system(command); /* a test's own script */
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127)) {
        (void)fprintf(stderr, "skipped: python3 with numpy and scipy is not there\n");
        exit(77);
    }
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numpy_and_scipy_read_them)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
