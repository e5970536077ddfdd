#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch-i386.sh DIR MIRROR: what 32-bit programs are made of, from Debian's packages for i386.
#
#	DIR/root	the packages, unpacked: two C libraries, libgcc, headers
#	DIR/busybox	the shell, static
#	DIR/musl-gcc	compiles and links a static program with musl
#	DIR/glibc-gcc	the same with glibc
#	DIR/packages	their names and versions
#
# The lists of packages are kept below DIR: apt of this system learns of no other architecture, and
# nothing is installed. The compiler is this system's, told to make code for i686.
set -eu
dir=$1 mirror=$2

fail() {
	echo "fetch-i386: $*" >&2
	exit 1
}

for tool in apt-get dpkg-deb gcc; do
	command -v $tool > /dev/null || fail "$tool is missing"
done
rm -rf "$dir/root" "$dir/apt"
mkdir -p "$dir/root" "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
dir=$(cd "$dir" && pwd)
release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
cat > "$dir/apt/i386.sources" << END
Types: deb
URIs: $mirror
Suites: $release
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
i386_apt() {
	apt-get -qq -o APT::Architecture=i386 -o APT::Architectures::=i386 -o APT::Sandbox::User=root \
		-o Dir::Etc::SourceList="$dir/apt/i386.sources" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$dir/apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$dir/apt/cache" "$@"
}
i386_apt update || fail "$mirror has no list of packages of $release for i386"
version=$(gcc -dumpversion | cut -d . -f 1)
(cd "$dir/apt" && i386_apt download busybox-static libc6-dev "libgcc-$version-dev" linux-libc-dev musl-dev) ||
	fail "could not download the packages"
for package in "$dir"/apt/*.deb; do
	dpkg-deb -x "$package" "$dir/root"
	dpkg-deb -W --showformat '${Package} ${Version}\n' "$package"
done > "$dir/packages"
cp "$(find "$dir/root" -path '*bin/busybox' -type f | head -n 1)" "$dir/busybox" || fail 'no busybox in its package'

# wrapper NAME HEADERS BEFORE LIBRARIES AFTER: all below the directory that the wrapper lies in.
wrapper() {
	cat > "$dir/$1" << END
#!/bin/sh
# Made by mk/fetch-i386.sh: gcc for static 32-bit programs.
here=\$(dirname "\$0")/root
gcc=\$here/usr/lib/gcc/i686-linux-gnu/$version
set -- -m32 -march=i686 -nostdinc $2 -isystem "\$(gcc -print-file-name=include)" "\$@"
case " \$* " in
*' -c '* | *' -S '* | *' -E '*) exec gcc "\$@" ;;
esac
exec gcc -static -nostdlib -no-pie $3 "\$@" -Wl,--start-group $4 -Wl,--end-group $5
END
	chmod +x "$dir/$1"
}
musl='"$here"/usr/lib/i386-linux-musl' glibc='"$here"/usr/lib/i386-linux-gnu' own='"$gcc"'
wrapper musl-gcc '-isystem "$here"/usr/include/i386-linux-musl' \
	"$musl/crt1.o $musl/crti.o" "$musl/libc.a $own/libgcc.a" "$musl/crtn.o"
wrapper glibc-gcc '-isystem "$here"/usr/include -isystem "$here"/usr/include/i386-linux-gnu' \
	"$glibc/crt1.o $glibc/crti.o $own/crtbeginT.o" "$glibc/libc.a $own/libgcc.a $own/libgcc_eh.a" "$own/crtend.o $glibc/crtn.o"
rm -rf "$dir/apt"
