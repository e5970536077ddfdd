#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch-xen-syms.sh DIR: puts the symbols of the hypervisor in DIR, as fetch-xen.sh left it, into
# DIR/xen-syms, from Debian's package of that name with -dbg and of the same version.
set -eu
dir=$1

fail() {
	echo "fetch-xen-syms: $*" >&2
	exit 1
}

package=$(sed -n 's/.*"package":"\([^"]*\)".*/\1/p' "$dir/xen.json")
version=$(sed -n 's/.*"version":"\([^"]*\)".*/\1/p' "$dir/xen.json")
rm -rf "$dir/dbg"
mkdir -p "$dir/dbg"
(cd "$dir/dbg" && apt-get -qq -o APT::Sandbox::User=root download "$package-dbg=$version") ||
	fail "could not download $package-dbg $version; if it is too old to be there, 'rm -r $dir' and 'make xen'"
dpkg-deb -x "$dir"/dbg/*.deb "$dir/dbg/root"
syms=$(find "$dir/dbg/root" -name 'xen-syms-*' ! -name '*.map' | head -n 1)
[ -n "$syms" ] || fail "$package-dbg holds no xen-syms"
mv "$syms" "$dir/xen-syms"
rm -rf "$dir/dbg"
# Newer than what it was made for.
touch "$dir/xen-syms"
