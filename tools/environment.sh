#!/bin/sh
# Sets up the project's Python, called by the Makefile from the project's folder.
#
#   sh tools/environment.sh env     makes .venv what requirements.lock says, or finds that it already is
#   sh tools/environment.sh lock    resolves pyproject.toml anew into requirements.lock (UPGRADE=1: newest versions)
#   sh tools/environment.sh python  prints the interpreter it would start from
#
# PYTHON names the interpreter to start from; without it the first suitable one is taken.
# Only pip is needed beside Python; everything in .venv comes from requirements.lock with its hash checked.
set -eu

CANDIDATES="python3.13 python3.12 python3.11 python3"
# What .venv was last made for; each is written when its step is done, so that a broken-off step is done again.
PLACE=.venv/.place         # interpreter and folder
LOCKED=.venv/.locked       # requirements.lock
COMPLETE=.venv/.complete   # pyproject.toml

# A container's root is no mistake to warn of.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 2; }

# Running it is the only proof: a pyenv shim exists also for a version that is not activated, and fails.
suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

# Version and home of an interpreter: alike for .venv/bin/python and the Python it was made from.
identity() {
    "$1" -c 'import os, sys; print(*sys.version_info[:3], os.path.realpath(sys.base_prefix))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suitable "$PYTHON" || fail "PYTHON=$PYTHON does not run as Python 3.11, 3.12 or 3.13; name one that does, as in: make env PYTHON=python3.12"
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in $CANDIDATES; do
        if suitable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "no Python 3.11, 3.12 or 3.13 runs here (tried: $CANDIDATES); install one, or name it, as in: make env PYTHON=/path/to/python3.12"
}

# The scripts in .venv/bin hold the folder's path: a moved or copied checkout needs its own .venv.
place_state() { identity .venv/bin/python && pwd -P; }

unchanged() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

same_python() {
    [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$(identity .venv/bin/python)" ]
}

make_venv() {
    python=$(find_python)
    say "making .venv with $("$python" --version) ..."
    rm -rf .venv
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        "$python" -m venv .venv
    elif "$python" -c 'import pip, venv' >/dev/null 2>&1; then
        # Debian without python3-venv: the outer pip fills the new environment.
        "$python" -m venv --without-pip .venv
    else
        fail "$python has neither ensurepip nor pip; install one of them (Debian, Ubuntu: apt-get install python3-venv), or name another interpreter with PYTHON="
    fi
}

# pip, acting on .venv also where .venv has no pip of its own.
venv_pip() {
    if .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
        .venv/bin/python -m pip "$@"
    else
        python=${python:-$(find_python)}
        "$python" -m pip --python .venv/bin/python "$@"
    fi
}

make_env() {
    if ! same_python || ! place=$(place_state) || ! unchanged "$PLACE" "$place"; then
        make_venv
        place_state >"$PLACE"
    fi
    lock=$(cksum <requirements.lock)
    if ! unchanged "$LOCKED" "$lock"; then
        say "installing requirements.lock, hashes checked ..."
        rm -f "$LOCKED" "$COMPLETE"
        venv_pip install --quiet --no-deps --require-hashes -r requirements.lock
        printf '%s\n' "$lock" >"$LOCKED"
    fi
    project=$(cksum <pyproject.toml)
    if ! unchanged "$COMPLETE" "$project"; then
        say "installing gdgk from this folder ..."
        rm -f "$COMPLETE"
        venv_pip install --quiet --no-deps --no-build-isolation --editable .
        conflicts=$(venv_pip check) ||
            fail "requirements.lock does not fit pyproject.toml ($(printf '%s' "$conflicts" | head -n 1)); expected every dependency to be locked; run: make lock"
        printf '%s\n' "$project" >"$COMPLETE"
        say ".venv is ready"
    fi
}

# uv resolves for all three Pythons and all systems at once, which pip cannot; it stays outside .venv.
make_lock() {
    python=$(find_python)
    "$python" -m pip --version >/dev/null 2>&1 || python=.venv/bin/python
    uv=$(mktemp -d)
    trap 'rm -rf "$uv"' EXIT
    trap 'exit 130' INT TERM
    "$python" -m pip install --quiet --target "$uv" uv
    # The build backend is locked too, so that installing the package needs nothing beyond the lock.
    "$python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' |
        "$uv/bin/uv" pip compile pyproject.toml - --extra dev --universal --python-version 3.11 --python "$python" \
            --generate-hashes --no-header --no-annotate --quiet ${UPGRADE:+--upgrade} --output-file requirements.lock
}

case "${1:-}" in
    env) make_env ;;
    lock) make_lock ;;
    python) find_python ;;
    *) fail "usage: sh tools/environment.sh env | lock | python" ;;
esac
