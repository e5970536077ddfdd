#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch-xen.sh DIR PACKAGE [DEB]: puts the hypervisor of a Debian package into
# DIR/xen, uncompressed, and what it is into DIR/xen.json.
set -eu
dir=$1 package=$2 deb=${3-}

fail() {
	echo "fetch-xen: $*" >&2
	exit 1
}

mkdir -p "$dir"
if [ -z "$deb" ]; then
	[ -n "$package" ] || fail "no package xen-hypervisor-*-amd64 in apt's lists;" \
		"run 'apt-get update', or name a file: make xen XEN_DEB=FILE.deb"
	rm -f "$dir"/*.deb
	# apt wants to drop its privileges for a download and says so when it cannot.
	(cd "$dir" && apt-get -qq -o APT::Sandbox::User=root download "$package") ||
		fail "could not download $package"
	deb=$(echo "$dir"/"$package"_*.deb)
fi
[ -r "$deb" ] || fail "cannot read $deb"

rm -rf "$dir/root"
dpkg-deb -x "$deb" "$dir/root"
gz=$(ls "$dir"/root/boot/xen-*.gz 2>/dev/null | head -n 1)
[ -n "$gz" ] || fail "$deb holds no boot/xen-*.gz"
gunzip -c "$gz" > "$dir/xen.tmp"
mv "$dir/xen.tmp" "$dir/xen"

name=$(dpkg-deb -f "$deb" Package) version=$(dpkg-deb -f "$deb" Version)
sha=$(sha256sum "$dir/xen" | cut -d ' ' -f 1)
printf '{"package":"%s","version":"%s","sha256":"%s","file":"%s"}\n' \
	"$name" "$version" "$sha" "boot/$(basename "$gz")" > "$dir/xen.json.tmp"
mv "$dir/xen.json.tmp" "$dir/xen.json"
