#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The pages on adding a variant, a collector, a workload and a kind of chart, followed to the letter
# in a copy of the tree: each file that they give is written where they say, each command that they
# show is run, boots included, and prints what they show; numbers may differ.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my @pages = ((map { s|.*/||r } sort glob("$root/docs/adding-*.md")), 'charts.md');
my $copy  = "$tmp/copy";
# Built files are copied too, or everything would be compiled again.
my @built = grep { -e "$root/build/$_" } qw(obj workloads share symbols xen deps.stamp pvmmu guest/gen guest/flags.stamp
	guest/xen64/eager guest/xen64/batched guest/xen64/initramfs guest/xen64/initramfs.cpio
	guest/native64/initramfs guest/native64/initramfs.cpio);
# Objects that are newer than their sources are not made again.
plan skip_all => 'nothing is built yet (make check-deps)' if grep { !-e "$root/build/$_" } qw(obj/bench/main.o
	workloads/null xen/xen guest/xen64/eager/pvmmu-guest.elf guest/xen64/initramfs.cpio);
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
my $got = run_command('sh', '-c', 'mkdir -p "$2/build" && cd "$1" && cp -a --parents $(ls -d Makefile VERSION COPYING *.json 2>/dev/null) ' .
	"abi bench collectors guest-kernel mk plots workloads @{[map { qq(build/$_) } @built]} \"\$2\"", 'sh', $root, $copy);
is($got->{code}, 0, 'a copy of the tree') or BAIL_OUT($got->{err});

# In the order of the text: ['file', path, contents], ['json', value], ['command', line, what it is shown to print].
sub parts
{
	my ($text) = @_;
	my @parts;

	while ($text =~ /^(?:`(\S+\/\S+)`:\n\n)?```(\w*)\n(.*?)^```$|^    \$ ([^\n]*)\n((?:    (?!\$ )[^\n]*\n)*)/msg) {
		my ($path, $language, $contents, $command, $shown) = ($1, $2, $3, $4, $5);
		if (defined $command) {
			push @parts, ['command', $command, $shown =~ s/^    //mgr];
		} elsif (defined $path) {
			push @parts, ['file', $path, $contents];
		} elsif ($language eq 'json') {
			push @parts, ['json', decode_json($contents)];
		}
	}
	return @parts;
}

# "[...]" stands for anything, at the end of a line, within it or for whole lines; a path's "..." too.
sub shown_as_regex
{
	my ($shown) = @_;
	my $regex = join '', map {
		$_ eq '[...]' || $_ eq '.../' ? '(?s:.*?)' : /^[+-]?\d[\d.,]*$/ ? '[+-]?\d[\d.,]*' : /^[ =]+$/ ? '[ =]+' : quotemeta
	} $shown =~ /\[\.\.\.\]|\.\.\.\/|[+-]?\d[\d.,]*|[ =]+|\n|[^\d .\[=+\n-]+|./g;
	return qr/$regex/;
}

sub add_to_schema
{
	my ($json) = @_;
	my $schema = read_json("$copy/results.schema.json");

	for my $name (keys %$json) {
		my ($defs) = grep { $_->{properties}{collected} } values %{$schema->{'$defs'}};
		if ($name =~ /^collected_/) {
			$schema->{'$defs'}{$name} = $json->{$name};
		} else {
			$defs->{properties}{collected}{properties}{$name} = $json->{$name};
		}
	}
	unlink "$copy/results.schema.json";
	write_json("$copy/results.schema.json", $schema);
}

sub run_shown
{
	my ($page, $command, $shown) = @_;
	my $got = run_command('sh', '-c', 'cd "$1" && eval "$2"', 'sh', $copy, $command);

	is($got->{code}, 0, "$page: $command") or diag($got->{out}, $got->{err});
	unlike($got->{err}, qr/warning/, 'without a warning');
	like($got->{out}, shown_as_regex($shown), 'prints what is shown') if $shown ne '';
}

# ---- what a page does not show, but promises ----

# The schema wants both pieces, and says which is missing.
sub half_a_schema
{
	my $got = run_command('make', '--no-print-directory', '-C', $copy, 'build/pvmmu');
	is($got->{code}, 0, 'the collector is built') or diag($got->{err});
	$got = run_command("$copy/build/pvmmu", 'run', '--rig', 'host', '--workload', 'null:n=4', '--collect', 'hostload',
		'--no-collect', 'perf', '--out', "$tmp/x.json");
	like($got->{err}, qr{/collected/hostload: expected no such member}, 'without the second piece: an error that says where');
}

# Between `make workloads` and `make guest` the initial ramdisk does not know the program.
sub too_early
{
	my $got = run_command("$copy/build/pvmmu", 'run', '--variant', 'eager', '--workload', 'map_touch', '--out', "$tmp/early.json");
	is($got->{code}, 4, 'before `make guest` a run is refused');
	like($got->{err}, qr/initramfs\.cpio lacks the workload map_touch.*`make guest VARIANT=eager`/, 'which says what helps');
	# Where nothing can be compared, the guest itself says it.
	rename("$copy/build/workloads/map_touch", "$tmp/map_touch") or die;
	$got = run_command("$copy/build/pvmmu", 'run', '--variant', 'eager', '--workload', 'map_touch', '--out', "$tmp/early.json");
	rename("$tmp/map_touch", "$copy/build/workloads/map_touch") or die;
	is($got->{code}, 4, 'a program that the guest lacks is an error');
	my $run = read_json("$tmp/early.json")->{runs}[0];
	is($run->{outcome}{status}, 'error', 'no crash');
	like($run->{outcome}{reason}, qr{^the guest cannot start /bin/map_touch: No such file or directory}, 'which names it');
}

# ---- the pages ----

is(scalar(@pages), 4, 'as many pages as there are');
for my $page (@pages) {
	my $text = slurp("$root/docs/$page");
	# Only that page's part on adding has commands that stand for themselves.
	$text =~ s/.*^(?=## Adding a kind$)//ms if $page eq 'charts.md';
	my @parts = parts($text);
	my %number;
	$number{$_->[0]}++ for @parts;
	cmp_ok($number{file}, '==', 1, "$page: the text gives a file");
	cmp_ok($number{command}, '>=', 4, "$page: and says how to try it");
	my @json = grep { $_->[0] eq 'json' } @parts;
	for my $part (@parts) {
		my ($what, @rest) = @$part;
		if ($what eq 'file') {
			ok(!-e "$root/$rest[0]", "$rest[0] is not there yet");
			spew("$copy/$rest[0]", $rest[1]);
		} elsif ($what eq 'json') {
			half_a_schema() if @json == 2 && $part == $json[1];
			add_to_schema($rest[0]);
		} else {
			too_early() if $rest[0] =~ /^make guest/ && $page =~ /workload/;
			run_shown($page, @rest);
		}
	}
	ok(-s "$copy/results/least.svg" && slurp("$copy/results/least.tsv") =~ /\tleast\t/, 'the chart is drawn') if $page eq 'charts.md';
}
done_testing;
