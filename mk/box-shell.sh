#!/bin/sh
# SPDX-License-Identifier: MIT
# box-shell.sh BUILD FILE...: boots the box with the terminal as its console and a shell on it.
# Under /pvmmu it finds this project's program and the files, as they are named here.
set -eu
build=$1
shift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/tree/box" "$tmp/tree/pvmmu"
: > "$tmp/tree/box/shell"
for file in results.schema.json "$build/pvmmu" "$build/share/variants.json" "$build/share/workloads.json" "$@"; do
	mkdir -p "$tmp/tree/pvmmu/$(dirname "$file")"
	cp "$file" "$tmp/tree/pvmmu/$file"
done
(cd "$tmp/tree" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) > "$tmp/session.cpio"
cat "$build/box/dom0.cpio" "$tmp/session.cpio" > "$tmp/ramdisk"
echo 'Ctrl-A X ends QEMU, Ctrl-A C is its monitor.'
${PVMMU_QEMU:-qemu-system-x86_64} -accel tcg -nodefaults -display none -no-reboot -m 1536M \
	-kernel "$build/xen/xen" -append 'console=com1 com1=115200,8n1 dom0_mem=640M,max:640M dom0_max_vcpus=1' \
	-initrd "$build/box/vmlinux console=hvc0 quiet loglevel=4,$tmp/ramdisk" -serial mon:stdio
