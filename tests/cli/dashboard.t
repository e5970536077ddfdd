#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The site that `pvmmu dashboard` makes: what is on its pages, that they are well-formed and lead
# nowhere that is not there, what becomes of hostile, empty and partial results, and that what has
# not changed is left alone. How pages behave in a browser is in tests/browser/site_*.py.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use File::Find qw(find);
use File::Path qw(make_path);
use JSON::PP;
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";
my $json   = JSON::PP->new->canonical->allow_nonref;

sub dashboard
{
	my ($name, @arguments) = @_;
	my $got = pvmmu('dashboard', '-o', "$tmp/$name", @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$name: no sanitizer report");
	return $got;
}

sub files_of
{
	my ($dir) = @_;
	my %files;
	find({no_chdir => 1, wanted => sub { $files{substr($_, length($dir) + 1)} = slurp($_) if -f }}, $dir);
	return \%files;
}

# A parser that stops at whatever is not well-formed: all elements with their attributes and texts.
my $parser = <<'EOS';
import sys, json, xml.etree.ElementTree as E
out = {}
for name in sys.argv[1:]:
    text = open(name, encoding='utf-8').read()
    root = E.fromstring(text.split('\n', 1)[1])
    out[name] = [[e.tag, e.attrib, ''.join(e.itertext())] for e in root.iter()]
json.dump(out, sys.stdout)
EOS
sub pages_of
{
	my ($dir) = @_;
	my @names = map { "$dir/$_" } grep { /\.html$/ } sort keys %{files_of($dir)};
	my $got = run_command('python3', '-c', $parser, @names);
	is($got->{code}, 0, "$dir: all pages are well-formed") or diag($got->{err});
	my $all = decode_json($got->{out} || '{}');
	return {map { (substr($_, length($dir) + 1) => $all->{$_}) } keys %$all};
}

# Each address is of the site, there, and has the place that it names. What runs or styles is in files.
sub check_pages
{
	my ($dir) = @_;
	my $pages = pages_of($dir);
	my (@wrong, %ids);
	for my $page (keys %$pages) {
		my %seen;
		for my $e (@{$pages->{$page}}) {
			my $id = $e->[1]{id} // next;
			push @wrong, "$page has #$id twice" if $seen{$id}++;
		}
		$ids{$page} = \%seen;
	}
	for my $page (sort keys %$pages) {
		my $up = $page =~ m|/| ? '../' : '';
		for my $e (@{$pages->{$page}}) {
			my ($tag, $attributes, $text) = @$e;
			push @wrong, "$page: <$tag $_>" for grep { /^on|^style$/ } keys %$attributes;
			push @wrong, "$page: a script in the page" if $tag =~ /^(?:script|style)$/ && $text =~ /\S/;
			for my $to (grep { defined } @$attributes{qw(href src)}) {
				my ($path, $place) = $to =~ /^([^#]*)(?:#(.*))?$/;
				my $file = $path eq '' ? $page : $path =~ s/^\Q$up\E//r;
				$file =~ s/%([0-9A-F]{2})/chr hex $1/ge;
				push @wrong, "$page: $to leads to nothing" if !-f "$dir/$file" || $file =~ /\.\./;
				push @wrong, "$page: $to has no such place" if defined $place && !$ids{$file}{$place};
			}
		}
	}
	is_deeply([@wrong[0 .. ($#wrong < 9 ? $#wrong : 9)]], [], "$dir: every address leads somewhere");
	return $pages;
}

sub texts { my ($page, $tag) = @_; return map { $_->[2] } grep { $_->[0] eq $tag } @$page }

# ---- what is there ----

my $got = dashboard('site', '--no-charts', $golden);
is($got->{code}, 0, 'a site is made') or diag($got->{err});
is($got->{out}, "$tmp/site/index.html\n", 'and it is said where');
my $pages = check_pages("$tmp/site");
my $set = read_json($golden);
my $index = $pages->{'index.html'};
my %cell = map { my ($t, $a, $x) = @$_; $t eq 'td' && defined $a->{'data-v'} ? ("$a->{'data-v'} $x" => 1) : () } @$index;
ok($cell{'1508 1.00'} && $cell{'1008 0.67'}, 'medians, and their ratios to nopin, which is the baseline without a native one')
	or diag(join ', ', sort keys %cell);
like(join("\n", texts($index, 'td')), qr/eager, 33 % less than nopin/, 'what is best, and by how much');
my @raw = grep { m|^raw/| } keys %{files_of("$tmp/site")};
is(scalar @raw, 1, 'the set is there');
is(slurp("$tmp/site/$raw[0]"), slurp($golden), 'byte by byte');
my $fork = $pages->{'workload/fork.html'};
my $samples = join ' ', @{$set->{runs}[0]{series}[0]{samples}};
ok((grep { $_ eq $samples } texts($fork, 'p')), 'raw samples');
ok((grep { $_ eq $set->{runs}[0]{command} } texts($fork, 'code')), 'the command that repeats them');
ok((grep { $_->[0] eq 'a' && ($_->[1]{href} // '') eq "../$raw[0]" } @$fork), 'the file that they are in');

# ---- again ----

my $before = files_of("$tmp/site");
my %inode = map { ($_ => (stat "$tmp/site/$_")[1]) } keys %$before;
$got = dashboard('site', '--no-charts', '-v', $golden);
like($got->{out}, qr/ 0 files written, 0 removed/, 'nothing to do the second time');
is_deeply(files_of("$tmp/site"), $before, 'the same input, the same bytes');
is_deeply({map { ($_ => (stat "$tmp/site/$_")[1]) } keys %$before}, \%inode, 'files that have not changed are left alone');

# ---- partial ----

make_path("$tmp/results/empty");
$got = dashboard('none', '--no-charts', "$tmp/results");
is($got->{code}, 0, 'an empty directory is no error');
$pages = check_pages("$tmp/none");
like(join("\n", texts($pages->{'index.html'}, 'code')), qr/make deps bench/, 'the page says how to get results');

spew("$tmp/results/broken.json", '{"runs": 1}');
spew("$tmp/results/good.json", slurp($golden));
$got = dashboard('part', '--no-charts', "$tmp/results");
is($got->{code}, 0, 'a file that cannot be used is no error either');
like($got->{err}, qr/broken\.json/, 'but it is told');
$pages = check_pages("$tmp/part");
like(join("\n", texts($pages->{'index.html'}, 'summary')), qr/1 file unreadable/, 'also on the page');
like(join("\n", texts($pages->{'sets.html'}, 'pre')), qr/broken\.json: /, 'with the reason');

# A newer set in which one run crashed: it is what is shown, and the other figures are of the older one.
my $newer = read_json($golden);
splice @{$newer->{runs}}, 1;
delete @{$newer->{runs}[0]}{qw(counters counted_iterations clock conserved)};
@{$newer->{runs}[0]}{qw(outcome series)} = ({status => 'crash', reason => 'guest panic'}, []);
$newer->{created} = '2030-01-01T00:00:00Z';
write_json("$tmp/results/newer.json", $newer);
$got = dashboard('part', '--no-charts', "$tmp/results");
$pages = check_pages("$tmp/part");
like(join("\n", texts($pages->{'index.html'}, 'li')), qr/1: crash: guest panic/, 'the newest says that it crashed');
is(scalar(grep { $_ eq 'crash' } texts($pages->{'index.html'}, 'td')), 1, 'in one cell');

# ---- refused ----

mkdir "$tmp/mine";
spew("$tmp/mine/thesis.tex", 'mine');
$got = dashboard('mine', '--no-charts', $golden);
is($got->{code}, 4, 'a directory with other files is refused');
like($got->{err}, qr/mine has files that are not of a site/, 'and why');
is_deeply(files_of("$tmp/mine"), {'thesis.tex' => 'mine'}, 'and left alone');
$got = dashboard('results/site', "$tmp/results");
is($got->{code}, 4, 'a site among its own sources is refused');
$got = dashboard('x', "$tmp/nowhere.json");
is($got->{code}, 4, 'a file that is not there');
like($got->{err}, qr/cannot read .*nowhere\.json: No such file/, 'is told');
ok(!-e "$tmp/x", 'and no site is begun');

done_testing();
