#!/usr/bin/env python3
"""run.py - runs the command-line cases of one folder and compares what they print.

    run.py --reel BUILD/reel tests/cli/ask [CASE ...] [--update]

A case is x.sh with, beside it:
    x.stdout.exact   the standard output, byte for byte; or
    x.stdout.glob    the same with `*` for anything within a line and a line `...` for any lines
    x.stderr.glob    the standard error, likewise
    x.exit           the exit status
A missing file stands for nothing printed, and for status 0. Each case runs with `sh -eu` in a fresh
folder, with the program first in PATH, and with lib.sh's functions. --update writes what was printed
into the files; what differs from run to run becomes `*` in a new .glob.
"""
import argparse
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SECONDS = 60
# A URL to which the name of a database is appended (script/postgres); each run has names of its own.
SERVER = os.environ.get("REEL_TEST_POSTGRES", "")
SERVER = SERVER and f"{SERVER}cli_{os.getpid()}_"
SKIPPED = 77

# What no two runs share (times, ids, ports), and what is the matter of the tests of the models and of
# the sample: which films a list has, with which scores, and how many there are.
VARYING = [
    (r"\bid=[0-9a-f]{16} ", "id=* "),
    (r"\bus=\d+", "us=*"),
    (r'("(?:seconds|bytes|movies|ratings)": ?)[\d.e+-]+', r"\1*"),
    (r"(?m)^( +Film) +(Score  .*)$", r"\1*\2"),
    (r"(?m)^( ?\d+  ).*  -?\d+\.\d{3}( .*)?$", r"\1*"),
    (r"(?m)^(Person)  .*$", r"\1*"),
    (r"(?m)^ *\d+ +\d\.\d{3}  .*$", " *"),
    (r"(?m)^ +[+-]\d+\.\d{4}  .*$", "    *"),
    (r" scores -?\d.*:", " scores *:"),
    (r"(?m)^In common: .*$", "In common: *"),
    (r"\(add the year, or give the id\): .*", "(add the year, or give the id): *"),
    (r"(?m)(rated|;) \d+ films", r"\1 * films"),
    (r"(?m)^(  (?:films|ratings) +)[\d,]{3,}$", r"\1*"),
    (r"sample: \d+ films", "sample: * films"),
    (r"(?m)^(Model  )  .*Size$", r"\1*"),
    (r"(?m)^([\w-]+)  +[\w-]+ +\d{4}-\d\d-\d\d \d\d:\d\d UTC +\d+\.\d+ .*$", r"\1*"),
    (r"[\d.]+ MB, generation", "* MB, generation"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "*"),
    (r"\b(?=\w*[a-f])[0-9a-f]{12,}\b", "*"),
    (r"\bin \d+\.\d+ s\b", "in * s"),
    (r"at most [\d.]+ .B of memory", "at most * of memory"),
    (r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:*"),
]


def environment(reel, folder, ready):
    """Only what a case may see: no settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REEL_") and k != "NO_COLOR"}
    kept.update(
        PATH=os.path.dirname(os.path.abspath(reel)) + os.pathsep + os.environ["PATH"],
        HOME=folder, LC_ALL="C.UTF-8", TZ="UTC", CLI=HERE, READY=ready, PYTHON=sys.executable)
    if SERVER:
        kept.update(POSTGRES=SERVER)
    return kept


def make_ready(reel, folder):
    """A small database of simulated people with its models, for the cases to copy."""
    os.makedirs(folder)
    for words in (["sample", "--people", "40", "--output", "sample"],
                  ["load", "--movielens", "sample", "--tmdb", "sample/films.jsonl", "--simulated",
                   "--database", "reel.db"],
                  ["train", "--database", "reel.db"]):
        subprocess.run([os.path.abspath(reel), *words, "--quiet"], cwd=folder, check=True,
                       stdin=subprocess.DEVNULL, env=environment(reel, folder, folder))


def end_group(group):
    """End whatever a case left running."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run_case(reel, script, ready):
    """Status, standard output and standard error of a case."""
    folder = tempfile.mkdtemp(prefix="reel-cli-")
    command = ["sh", "-eu", "-c", '. "$CLI/lib.sh"; . "$1"', "sh", script]
    # Files and not pipes: a server that a case left behind holds a pipe open.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        case = subprocess.Popen(command, cwd=folder, env=environment(reel, folder, ready),
                                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                start_new_session=True)
        try:
            status = case.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            err.write(b"run.py: over %d seconds\n" % SECONDS)
            status = -1
        end_group(case.pid)
        case.wait()
        shutil.rmtree(folder, ignore_errors=True)
        text = []
        for stream in (out, err):
            stream.seek(0)
            text.append(stream.read().decode("utf-8", "replace").replace(folder, "FOLDER"))
    if SERVER:
        shown = SERVER.replace(SERVER[SERVER.index("//") + 2:SERVER.index("@") + 1], "")
        text = [part.replace(SERVER, "SERVER/").replace(shown, "SERVER/") for part in text]
    return status, text[0], text[1]


def line_fits(pattern, line):
    parts = [re.escape(part) for part in pattern.split("*")]
    return re.fullmatch(".*".join(parts), line) is not None


def glob_fits(patterns, lines):
    """Whether lines fit patterns, where `...` stands for any number of lines."""
    here = {0}
    for pattern in patterns:
        if pattern == "...":
            here = set(range(min(here), len(lines) + 1)) if here else here
        else:
            here = {i + 1 for i in here if i < len(lines) and line_fits(pattern, lines[i])}
    return len(lines) in here


def read(path):
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def generalise(text):
    for pattern, stand_in in VARYING:
        text = re.sub(pattern, stand_in, text)
    return text


def check_stream(base, name, text, update):
    """None, or what differs."""
    exact, glob = f"{base}.{name}.exact", f"{base}.{name}.glob"
    expected = read(exact)
    if expected is not None:
        good = text == expected
    else:
        expected = read(glob) or ""
        good = glob_fits(expected.splitlines(), text.splitlines())
    if good:
        return None
    if update:
        if os.path.exists(exact) or (generalise(text) == text and not os.path.exists(glob)):
            write(exact, text)
        else:
            write(glob, generalise(text))
        return None
    return "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(),
                                           f"{name} expected", f"{name} printed", lineterm=""))


def check_case(reel, script, ready, update):
    base = script[:-3]
    status, out, err = run_case(reel, script, ready)
    if status == SKIPPED:
        return None, err.strip() or "skipped"
    wanted = int(read(base + ".exit") or "0")
    if status != wanted and update:
        write(base + ".exit", f"{status}\n")
        wanted = status
    wrong = [check_stream(base, "stdout", out, update), check_stream(base, "stderr", err, update)]
    if status != wanted:
        wrong.append(f"-- exit status {status}, expected {wanted}")
    return "\n".join(part for part in wrong if part is not None), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reel", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("folder")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_intermixed_args()
    names = options.cases or sorted(n[:-3] for n in os.listdir(options.folder) if n.endswith(".sh"))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="reel-cli-ready-") as made:
        ready = os.path.join(made, "ready")
        make_ready(options.reel, ready)
        for name in names:
            script = os.path.abspath(os.path.join(options.folder, name + ".sh"))
            wrong, skipped = check_case(options.reel, script, ready, options.update)
            print(f"{'FAIL' if wrong else 'skip' if skipped else 'ok':4}  {name}"
                  + (f": {skipped}" if skipped else ""), flush=True)
            if wrong:
                print(wrong, flush=True)
                failed += 1
    print(f"{len(names) - failed} of {len(names)} cases hold")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
