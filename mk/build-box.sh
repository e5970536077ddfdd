#!/bin/sh
# SPDX-License-Identifier: MIT
# build-box.sh DIR KERNEL XEN_UTILS: makes in DIR a Linux that can be Xen's dom0, from Debian's
# packages, which are downloaded and extracted there and never installed:
#
#	vmlinux		the kernel of the package KERNEL, out of its compressed image
#	dom0.cpio	initial ramdisk: Xen's tools of the package XEN_UTILS with the libraries
#			they need, busybox, the modules of dom0's devices, mk/box-init
#	perf.cpio	perf with its libraries, 29 MB, for those sessions only in which it is used
#	box.json	what these are made of, with hashes
#
# The kernel is taken out of its bzImage because decompressing itself would take an emulated
# processor longer than all the rest of its start.
set -eu
umask 022
export LC_ALL=C
dir=$1 kernel=$2 utils=$3
here=$(dirname "$0")

fail() {
	echo "build-box: $*" >&2
	exit 1
}

[ -n "$kernel" ] && [ -n "$utils" ] || fail "apt's lists have no linux-image-amd64 or xen-utils-*: run 'apt-get update'"

# The libraries that packages depend on, and those that these do: apt knows.
closure() {
	seen= next=$*
	while [ -n "$next" ]; do
		seen=$(printf '%s\n' $seen $next | sort -u)
		next=$(apt-cache depends $next | sed -n 's/^ *\(Pre\)\{0,1\}Depends: \(z\{0,1\}lib[^ ]*\)$/\2/p' | sort -u)
		next=$(printf '%s\n' $next | grep -vxF "$seen" || :)
	done
	echo $seen
}

mkdir -p "$dir/debs"
dir=$(cd "$dir" && pwd)
packages="$kernel busybox-static $(closure "$utils" linux-perf xenstore-utils libjansson4 libmd0 libsqlite3-0 libgcc-s1)"
(cd "$dir/debs" && apt-get -qq -o APT::Sandbox::User=root download $packages) || fail "could not download $packages"

rm -rf "$dir/packages" "$dir/root"
mkdir -p "$dir/packages" "$dir/root"
about=
# Asked from elsewhere: where a file lies already, apt does not tell its name.
for deb in $(cd / && apt-get -qq --print-uris download $packages | cut -d ' ' -f 2); do
	deb=$dir/debs/$deb
	[ -r "$deb" ] || fail "no $deb"
	package=$(dpkg-deb -f "$deb" Package) version=$(dpkg-deb -f "$deb" Version)
	# A kernel has hundreds of megabytes of modules; a few directories are enough.
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir/packages" --wildcards --exclude '*/share/*' \
		--exclude '*/kernel/[!d]*' --exclude '*/kernel/drivers/[!cxv]*'
	about="$about${about:+,}\"$package\":\"$version\""
done

from=$dir/packages to=$dir/root
(cd "$from" && find . -type f -o -type l) | LC_ALL=C sort > "$dir/packages.list"
find_one() {
	found=$(grep -m 1 "/$(printf '%s' "$1" | sed 's/[.]/\\./g; s/[*]/.*/')\$" "$dir/packages.list") || :
	[ -n "$found" ] || fail "no $1 in the packages"
	echo "$from/${found#./}"
}
# The shared objects that a file names, and those that they name, once each.
with_libraries() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r name; do
		[ -e "$to/lib/x86_64-linux-gnu/$name" ] && continue
		found=$(find_one "$name")
		cp -L "$found" "$to/lib/x86_64-linux-gnu/$name"
		with_libraries "$found"
	done
}

mkdir -p "$to/bin" "$to/etc/xen" "$to/lib/x86_64-linux-gnu" "$to/lib64" "$to/modules" "$to/run" \
	"$to/var/lock" "$to/var/lib/xen" "$to/var/log/xen/console" "$to/proc" "$to/sys" "$to/dev" "$to/tmp" "$to/pvmmu"
ln -s ../run "$to/var/run"
cp "$(find_one busybox)" "$to/bin/busybox"
tools=$(dirname "$(find_one xenconsoled)")
tools=${tools#"$from"}
mkdir -p "$to$tools"
# At their own paths, because they look for each other there.
for tool in xl xenstored xenconsoled xenconsole xen-init-dom0 xenperf xentop xentrace; do
	[ -x "$from$tools/$tool" ] || fail "$utils has no $tool"
	cp "$from$tools/$tool" "$to$tools/"
	with_libraries "$from$tools/$tool"
done
cp -L "$(find_one xenstore-read)" "$to/bin/"
with_libraries "$to/bin/xenstore-read"
# pvmmu's own, the one that a thread's end loads, and those that collectors load.
for library in libjansson.so.4 libmd.so.0 libsqlite3.so.0 libm.so.6 libgcc_s.so.1 'libxenstat.so*' 'libxenctrl.so*'; do
	found=$(find_one "$library")
	cp -L "$found" "$to/lib/x86_64-linux-gnu/$(basename "$found")"
	with_libraries "$found"
done
cp -L "$(find_one ld-linux-x86-64.so.2)" "$to/lib64/"
for module in xen-privcmd xen-evtchn xen-gntdev xen-gntalloc xenfs virtio_ring virtio virtio_pci_legacy_dev \
	virtio_pci_modern_dev virtio_pci virtio_console; do
	file=$(find "$from"/*/modules "$from"/usr/lib/modules -name "$module.ko*" 2>/dev/null | head -n 1)
	case $file in
	*.ko) cp "$file" "$to/modules/" ;;
	*.ko.xz) xz -dc "$file" > "$to/modules/$module.ko" ;;
	*.ko.zst) zstd -qdc "$file" > "$to/modules/$module.ko" ;;
	*) echo "build-box: no module $module: taken to be part of the kernel" ;;
	esac
done
echo 'autoballoon="off"' > "$to/etc/xen/xl.conf"
printf 'PATH=%s:/bin\n' "$tools" > "$to/etc/box"
cp "$here/box-init" "$to/init"
chmod 755 "$to/init"

# The boot protocol's header says where the compressed kernel lies; behind it is its size.
image=$(ls "$from"/boot/vmlinuz-* | head -n 1)
number() { od -An -tu"$2" -j "$1" -N "$2" "$image" | tr -d ' '; }
offset=$((($(number 497 1) + 1) * 512 + $(number 584 4)))
length=$(($(number 588 4) - 4))
payload() { tail -c +$((offset + 1)) "$image" | head -c "$length"; }
case $(payload | head -c 4 | od -An -tx1 | tr -d ' ') in
fd377a58) payload | xz -dc > "$dir/vmlinux.tmp" ;;
28b52ffd) payload | zstd -qdc > "$dir/vmlinux.tmp" ;;
1f8b*) payload | gzip -dc > "$dir/vmlinux.tmp" ;;
*) fail "$image is compressed in a way that is not known here" ;;
esac
[ -s "$dir/vmlinux.tmp" ] || fail "$image could not be decompressed: are xz and zstd installed?"
mv "$dir/vmlinux.tmp" "$dir/vmlinux"

# The files in the root that were not in the list before.
listed=/dev/null
pack() {
	chmod -R a-s "$to"
	find "$to" -exec touch -h -d @0 {} +
	(cd "$to" && find . -mindepth 1 | LC_ALL=C sort) > "$dir/$1.list"
	(cd "$to" && LC_ALL=C comm -13 "$listed" "$dir/$1.list" | cpio --quiet -o -H newc --reproducible -R 0:0) > "$dir/$1.tmp"
	mv "$dir/$1.tmp" "$dir/$1"
	listed=$dir/$1.list
}
pack dom0.cpio
cp -L "$(find_one usr/bin/perf)" "$to/bin/perf"
with_libraries "$to/bin/perf"
pack perf.cpio
rm -f "$dir"/*.cpio.list
rm -rf "$dir/packages" "$dir/packages.list"
hash() { sha256sum "$1" | cut -d ' ' -f 1; }
printf '{"kernel":"%s","kernel_sha256":"%s","ramdisk_sha256":"%s","packages":{%s}}\n' \
	"$kernel" "$(hash "$dir/vmlinux")" "$(hash "$dir/dom0.cpio")" "$about" > "$dir/box.json.tmp"
mv "$dir/box.json.tmp" "$dir/box.json"
