#!/bin/sh
# SPDX-License-Identifier: MIT
# describe.sh [OPTION]...: what `git describe --always OPTION...` says of these sources, and -dirty if
# they are not quite that commit's.
# It prints no text and returns 1 where they are not the top of a work tree: unpacked from an archive
# inside another project's repository, they are not that one's commit.
#
# git refuses the work tree of another user, as below sudo or in a container, because its
# configuration can name programs. We were started by the makefile of the same tree, so nothing is
# gained by refusing. A hook's variables (GIT_DIR) speak of the hook's repository, not of this one.
cd "$(dirname "$0")/.." || exit
command -v git >/dev/null || exit 1
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars)
ask() { git --no-optional-locks -c safe.directory='*' "$@" 2>/dev/null; }
[ "$(ask rev-parse --show-toplevel)" -ef . ] && name=$(ask describe --always "$@") || exit
# Not --dirty: it writes the index, which would be root's afterwards below sudo.
[ -z "$(ask status --porcelain --untracked-files=no)" ] || name=$name-dirty
echo "$name"
