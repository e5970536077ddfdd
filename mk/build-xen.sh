#!/bin/sh
# SPDX-License-Identifier: MIT
# build-xen.sh DIR FLAVOUR CONFIG MIRROR: builds the hypervisor from Debian's
# source package, configured by default plus the lines of the file CONFIG, into
# DIR/xen, and says what it is in DIR/xen.json, as fetch-xen.sh does.
#
# The list of source packages is kept below DIR, so that nothing of this
# system's apt changes. DIR/xen-syms stays for those who have to read addresses, and
# DIR/key, so that the same is not built twice.
set -eu
dir=$1 flavour=$2 config=$3 mirror=$4

fail() {
	echo "build-xen: $*" >&2
	exit 1
}

[ -r "$config" ] || fail "no flavour '$flavour': there is no $config"
# The key names the inputs: if a build of the same inputs exists, however old, it is kept.
key=$(cat "$0" "$config" /etc/os-release | sha256sum | cut -d ' ' -f 1)
if [ -e "$dir/xen.json" ] && [ -e "$dir/xen" ] && [ "$(cat "$dir/key" 2>/dev/null)" = "$key" ]; then
	touch "$dir/xen.json"
	exit 0
fi
rm -f "$dir/key"

for tool in dpkg-source bison flex python3; do
	command -v $tool >/dev/null || fail "$tool is missing: 'make deps-xen-build' installs it"
done
rm -rf "$dir/source"
mkdir -p "$dir/source" "$dir/apt/lists/partial"
dir=$(cd "$dir" && pwd)
release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

source_apt() {
	apt-get -qq -o Dir::Etc::SourceList="$dir/apt/xen.sources" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$dir/apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User=root "$@"
}
# The newest source of the suites on standard input, a line each: site and suite.
download() {
	while read -r site suite; do
		printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
			"$site" "$suite" "$keyring"
	done > "$dir/apt/xen.sources"
	source_apt update && (cd "$dir/source" && source_apt --download-only source xen)
}
# Updates come from the sites and suites that this system's packages come from. If a site has no sources,
# the release's own are taken; xen.json says which version it is.
updates=$(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
	grep " $release-" | sort -u) || :
{ [ -n "$updates" ] && printf '%s\n' "$mirror $release" "$updates" | download 2>/dev/null; } || {
	rm -rf "$dir/source" "$dir/apt/lists"
	mkdir -p "$dir/source" "$dir/apt/lists/partial"
	echo "$mirror $release" | download || fail "could not download Xen's source of $release from $mirror"
}
# apt has checked what it fetched.
(cd "$dir/source" && dpkg-source --no-check -x xen_*.dsc tree) > "$dir/build.log" || fail "see $dir/build.log"
version=$(sed -n 's/^Version: //p' "$dir"/source/xen_*.dsc | head -n 1)
tree=$dir/source/tree/xen

# Xen waits for three seconds after a warning, and in the emulator it has one to
# give in a debug build: QEMU raises #GP where a processor raises #SS.
grep -q 'mdelay(10);' "$tree/common/warning.c" || fail "Xen's warning.c is another one"
sed -i 's/mdelay(10);//' "$tree/common/warning.c"

# Names of this machine, user and time do not belong into Xen's banner, and would differ each time.
export XEN_WHOAMI=pvmmu XEN_DOMAIN=invalid XEN_BUILD_HOST=invalid XEN_BUILD_DATE="$flavour" XEN_BUILD_TIME=
make_xen() {
	make -C "$tree" PYTHON=python3 "$@" >> "$dir/build.log" 2>&1 || fail "'make $*' failed, see $dir/build.log"
}
make_xen defconfig
cat "$config" >> "$tree/.config"
make_xen olddefconfig
sed -n '/^CONFIG/p' "$config" | while read -r line; do
	grep -qxF "$line" "$tree/.config" || fail "Xen's configuration does not take $line"
done
make_xen -j"$(nproc)"

gunzip -c "$tree/xen.gz" > "$dir/xen.tmp"
mv "$dir/xen.tmp" "$dir/xen"
mv "$tree/xen-syms" "$dir/xen-syms"
rm -rf "$dir/source" "$dir/apt"
sha=$(sha256sum "$dir/xen" | cut -d ' ' -f 1)
printf '{"package":"%s","version":"%s","sha256":"%s","file":"%s","flavour":"%s"}\n' \
	"xen (source)" "$version" "$sha" "xen/xen.gz" "$flavour" > "$dir/xen.json.tmp"
mv "$dir/xen.json.tmp" "$dir/xen.json"
echo "$key" > "$dir/key"
