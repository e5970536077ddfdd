#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Who builds it, where and when, changes no byte of what runs in the guest: umask, a path with
# blanks and quotes in it, locale, time zone, another project's repository around it. And what was built
# there runs there, from a kept state too.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use Cwd qw(getcwd);
use File::Path qw(make_path);

my @made = qw(build/guest/xen64/eager/pvmmu-guest.elf build/guest/xen64/initramfs.cpio build/symbols/fork
	build/share/variants.json build/share/workloads.json build/share/packages.tsv);

sub hashes
{
	my ($dir) = @_;
	my %hash;
	for my $file (@made) {
		my $got = run_command('sha256sum', "$dir/$file");
		($hash{$file}) = $got->{out} =~ /^\\?([0-9a-f]{64}) / or diag("$dir/$file: $got->{err}");
	}
	return \%hash;
}

# make in a directory, in the environment that is left after the changes.
sub make
{
	my ($dir, $mask, $env, @goals) = @_;
	local %ENV = (%ENV, %$env);
	delete @ENV{qw(MAKEFLAGS MAKELEVEL MAKEOVERRIDES)};
	my $was = umask $mask;
	my $got = run_command('make', '-C', $dir, '-j2', '--no-print-directory', @goals);
	umask $was;
	return $got;
}

# Capitals and commas are others in Turkish. Without the sources of the locale, libc knows no such.
my $locales = "$tmp/locales";
mkdir $locales;
run_command('localedef', '-i', 'tr_TR', '-f', 'ISO-8859-9', "$locales/tr_TR") if -e '/usr/share/i18n/locales/tr_TR';
my %abroad = (LOCPATH => $locales, LC_ALL => 'tr_TR', LANGUAGE => 'tr', TZ => 'Asia/Kathmandu', GIT_DIR => "$tmp/outer/.git");

my $outer = "$tmp/outer";
my $there = "$outer/it's a \"b\"=c: \$HOME, #1 %o; \\n";
make_path($there);
run_command('git', 'init', '-q', $outer);
run_command(qw(git -c user.email=a -c user.name=a -C), $outer, qw(commit -q --allow-empty -m outer));
system('cp', '-r', (map { "$root/$_" } qw(Makefile mk abi bench collectors guest-kernel workloads tests results.schema.json)), $there) == 0
	or die 'cannot copy the sources';

# Lines and names are for readers: neither is in an image, not those in a BUG_ON either.
my $main = "$there/guest-kernel/main.c";
my $text = slurp($main);
$text =~ s/\bstop_here\b/pause_there/g > 1 or die 'main.c: nothing to rename';
$text =~ s/\bs(?=\.len|\.argc\+\+| = \{\.text|\);\n\tif \(rc)/strings/g > 6 or die 'main.c: no strings to rename';
spew($main, "/* A line more,\n * or two. */\n$text");

my $got = make($there, 0077, \%abroad, @made, 'build/obj/version.c', 'build/guest/native64/initramfs.cpio');
is($got->{code}, 0, 'built elsewhere') or diag($got->{err});
my $here = hashes($root);
is_deeply(hashes($there), $here, 'the same bytes, with umask 077');
like(slurp("$there/build/obj/version.c"), qr/PVMMU_VERSION\[\] = "unknown", PVMMU_COMMIT\[\] = "";/,
	'the commit of the repository around them is not that of the sources');
is(slurp("$there/build/guest/xen64/eager/source"), '', 'nor of the image');

for my $mask (0022, 0002) {
	unlink "$there/build/guest/xen64/initramfs.cpio";
	chmod(07777 & ~$mask & 02755, "$there/build/guest/xen64");
	$got = make($there, $mask, {}, 'build/guest/xen64/initramfs.cpio');
	is(hashes($there)->{$made[1]}, $here->{$made[1]}, sprintf('packed with umask %03o, in a directory that hands down its group', $mask));
}

# The program finds all there by its root.
symlink("$root/build/xen", "$there/build/xen") or die;
for my $from ('a boot', 'the kept state') {
	$got = run_command("$root/build/pvmmu", 'run', '--root', $there, '--variant', 'eager', '--workload', 'null:n=2', '--quiet', '--out', "$there/r/x.json");
	is("$got->{code} $got->{err}", '0 ', "measured there, from $from");
	is(read_json("$there/r/x.json")->{runs}[0]{observed}{start}, 'warm', 'from a state that was kept there');
}

done_testing();
