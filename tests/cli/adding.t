#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# docs/adding-a-*.md, followed to the letter in a copy of the tree: the files that they give are written
# where they say, what they build is built, and what they promise appears.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $copy = "$tmp/copy";
# Objects that are newer than their sources are not made again.
plan skip_all => 'nothing is built yet (make check-deps)' if !-e "$root/build/obj/bench/main.o" || !-e "$root/build/workloads/null";
my $got = run_command('sh', '-c', 'mkdir -p "$2/build/guest" && cd "$1" && cp -a --parents $(ls -d Makefile VERSION COPYING *.json 2>/dev/null) abi bench collectors guest-kernel mk plots workloads ' .
	'build/obj build/workloads build/share "$2"', 'sh', $root, $copy);
is($got->{code}, 0, 'a copy of the tree') or BAIL_OUT($got->{err});

sub blocks
{
	my ($doc) = @_;
	my (%file, @json);
	my $text = slurp("$root/docs/$doc");
	$file{$1} = $2 while $text =~ /^`(\S+\/\S+)`:\n\n```\w*\n(.*?)^```$/msg;
	push @json, decode_json($1) while $text =~ /^```json\n(.*?)^```$/msg;
	return (\%file, $text, @json);
}

sub write_files
{
	my ($file) = @_;
	cmp_ok(scalar(keys %$file), '>', 0, 'the text gives a file');
	for my $path (keys %$file) {
		ok(!-e "$root/$path", "$path is not there yet");
		spew("$copy/$path", $file->{$path});
	}
}

sub made
{
	my (@goals) = @_;
	local @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
	delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
	my $got = run_command('make', '--no-print-directory', '-C', $copy, @goals);
	is($got->{code}, 0, "make @goals") or diag($got->{out}, $got->{err});
	unlike($got->{err}, qr/warning/, 'without a warning');
}

# ---- a variant ----

my ($file, $text) = blocks('adding-a-variant.md');
write_files($file);
my ($name) = map { m|^guest-kernel/variants/(.*)\.variant$| } keys %$file;
# The rest of the image is compiled in the same way, which takes a while.
made('build/share/variants.json', map { "build/guest/xen64/$name/obj/mmu/$_.o" } qw(update pin));
my ($entry) = grep { $_->{name} eq $name } @{read_json("$copy/build/share/variants.json")->{variants}};
$got = run_command($pvmmu, 'list', 'variants', '--root', $copy);
my ($shown) = $text =~ /^    (  $name .*\n    .*\n)/m;
like($got->{out}, qr/^\Q@{[$shown =~ s{^    }{}mgr]}\E/m, 'it is listed as the text shows');
is($entry->{summary}, ($file->{"guest-kernel/variants/$name.variant"} =~ /^summary = (.*)/m)[0], 'with its summary');

# ---- a collector ----

($file, $text, my @json) = blocks('adding-a-collector.md');
write_files($file);
($name) = map { m|^collectors/(.*)\.c$| } keys %$file;
my $schema = read_json("$copy/results.schema.json");
is(scalar(@json), 2, 'two pieces of the schema');
$schema->{'$defs'}{$_} = $json[0]{$_} for keys %{$json[0]};
made('build/pvmmu');
my $run = sub {
	return run_command("$copy/build/pvmmu", 'run', '--rig', 'host', '--workload', 'null:n=4', '--collect', $name, '--no-collect', 'perf', '--out', "$tmp/x.json");
};
unlink "$copy/results.schema.json";
write_json("$copy/results.schema.json", $schema);
$got = $run->();
like($got->{err}, qr{/collected/$name: expected no such member}, 'without the second piece: an error that says where');
my ($run_defs) = grep { $_->{properties}{collected} } values %{$schema->{'$defs'}};
$run_defs->{properties}{collected}{properties}{$_} = $json[1]{$_} for keys %{$json[1]};
write_json("$copy/results.schema.json", $schema);
$got = $run->();
is($got->{code}, 0, 'with it: a result') or diag($got->{err});
my $seen = read_json("$tmp/x.json")->{runs}[0]{collected}{$name};
is_deeply([sort keys %{$seen // {}}], [sort keys %{$json[0]{"collected_$name"}{properties}}], 'with what it saw');
$got = run_command("$copy/build/pvmmu", 'list', 'collectors');
($shown) = $text =~ /^    (  $name .*)\n/m;
like($got->{out}, qr/^\Q$shown\E$/m, 'it is listed as the text shows');

# ---- a workload ----

($file) = blocks('adding-a-workload.md');
if (!%$file) {
	my ($source) = slurp("$root/docs/adding-a-workload.md") =~ /^```c\n(.*?)^```$/ms;
	my ($workload) = $source =~ /\.name = "(\w+)"/;
	$file = {"workloads/$workload.c" => $source};
}
write_files($file);
($name) = map { m|^workloads/(.*)\.c$| } keys %$file;
made("build/workloads/$name", 'build/share/workloads.json');
$got = run_command("$copy/build/workloads/$name", 'pages=64', 'n=10');
is($got->{code}, 0, 'it runs here');
like($got->{out}, qr/^\@pvmmu workload .*"done"|"samples"/m, 'and prints samples') or diag($got->{out});
like(run_command($pvmmu, 'list', 'workloads', '--root', $copy)->{out}, qr/^  $name /m, 'it is listed');
done_testing;
