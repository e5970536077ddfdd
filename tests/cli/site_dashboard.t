#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The site that `pvmmu dashboard` makes: what is on its pages, that they are well-formed and lead
# nowhere that is not there, what becomes of hostile, empty and partial results, and that what has
# not changed is left alone. How pages behave in a browser is in tests/browser/site_*.py.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Fcntl qw(:flock);
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

# Each address is of the site, there, and has the place that it names. Scripts and styles are in files.
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
like(join("\n", texts($index, 'footer')), qr/Values are medians.* XPTI in Xen: unknown\.$/, 'what an older set cannot tell is said below');
{
	my $told = read_json($golden);
	$_->{identity}{xen}{mitigations} = {'XPTI (64-bit PV only)' => 'Dom0 disabled'} for @{$told->{runs}};
	dashboard('told', spew("$tmp/told.json", $json->encode($told)));
	my $page = pages_of("$tmp/told")->{'index.html'};
	like(join("\n", texts($page, 'footer')), qr/ XPTI in Xen: Dom0 disabled\.$/, 'and what was in force otherwise');
	like(join("\n", texts(pages_of("$tmp/told")->{'environment.html'}, 'tr')), qr/^xen\.mitigations\.XPTI \(64-bit PV only\)Dom0 disabled2?/m, 'and in the environment');
}
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

like(join("\n", texts($fork, 'p')), qr/^Best under Xen: eager, 33 % less than nopin\.$/m, 'what is best, first of all');
like(join("\n", texts($pages->{'variant/eager.html'}, 'tr')), qr/^fork1,0080\.67-1 of 2$/m, 'its place on the page of the variant');

my $with_build = fixture();
dashboard('described', '--no-charts', '--root', $with_build, $golden);
my $described = check_pages("$tmp/described");
like(join("\n", texts($described->{'workload/fork.html'}, 'p')), qr/does fork\nOne sample is one fork\./, 'what the build says of a workload');
like(join("\n", texts($described->{'variant/eager.html'}, 'p')), qr/^pinned$/m, 'and of a variant');

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

# A run that was asked for, and two annotations of which one is none.
my $asked = read_json($golden);
$asked->{declared} = [(map { $_->{id} } @{$asked->{runs}}), 'xen64-fork~wrpt'];
$asked->{created} = '2030-01-02T00:00:00Z';
write_json("$tmp/results/asked.json", $asked);
spew("$tmp/results/annotations.tsv", "# when\twhat\n2030-01-01\ta <b>note</b>\nyesterday\tx\n");
$got = dashboard('part', '--no-charts', "$tmp/results");
like($got->{err}, qr/annotations\.tsv:3: expected a date/, 'a line that is no annotation is told');
$pages = check_pages("$tmp/part");
like(join("\n", texts($pages->{'index.html'}, 'li')), qr/^xen64-fork~wrpt, asked for in asked\.json, is missing$/m, 'what was asked for');
my @happened = map { s/\(at commit.*|build\/pvmmu.*//gr =~ s/\n+/ /gr =~ s/ $//r }
	(split /(?=2030-01-0)/, (texts($pages->{'trend.html'}, 'tbody'))[0] =~ s/^\n//r)[0 .. 2];
is_deeply(\@happened, [
	'2030-01-02T00:00:00Zno known difference1 series: 0 worse, 1 better xen64-fork~nopin xen64-fork~nopin: crash: guest panic -> success, from newer.json to asked.json',
	'2030-01-01T00:00:00Zno known difference1 series: 1 worse, 0 better xen64-fork~nopin xen64-fork~nopin: success -> crash: guest panic, from good.json to newer.json',
	'2030-01-01a <b>note</b>'], 'what happened, the newest first');

# Verdicts beside results.
my $verdict = {verdict_version => 1, verdict => 'fail', outcome => 'failure', exit_code => 5, reason => 'a <gate>', runs => []};
write_json("$tmp/results/verdict.json", $verdict);
dashboard('part', '--no-charts', "$tmp/results");
$pages = check_pages("$tmp/part");
my ($shown) = grep { ($_->[1]{class} // '') =~ /^verdict/ } @{$pages->{'index.html'}};
is($shown->[1]{class}, 'verdict fail', 'a verdict is shown as what it is');
like($shown->[2], qr/fail says verdict\.json: a <gate>/, 'with its reason');
like(join("\n", texts($pages->{'index.html'}, 'summary')), qr/1 file unreadable/, 'and is no broken result set');

# A newer set has one variant with a further, cheap seed: seeds that not all have make nobody the best.
my $seeds = read_json($golden);
$seeds->{created} = '2030-01-01T00:00:00Z';
@{$seeds->{runs}} = grep { $_->{id} eq 'xen64-fork~nopin' } @{$seeds->{runs}};
my $cheap = decode_json(encode_json($seeds->{runs}[0]));
$cheap->{identity}{seed} = 2;
$cheap->{id} = 'xen64-fork:seed=2~nopin';
$cheap->{series}[0]{samples} = [(1) x 8];
push @{$seeds->{runs}}, $cheap;
make_path("$tmp/seeds");
write_json("$tmp/seeds/new.json", $seeds);
spew("$tmp/seeds/old.json", slurp($golden));
dashboard('seeded', '--no-charts', "$tmp/seeds");
$pages = check_pages("$tmp/seeded");
like((texts($pages->{'index.html'}, 'tr'))[1], qr/^forkeager, 33 % less than nopin0\.671\.00$/, 'only seeds that all variants have are compared');
like(join("\n", texts($pages->{'index.html'}, 'li')), qr/^1 run is not shown: some variants/m, 'and it is said that others are left out');
# If all have it, it counts.
my $both = read_json($golden);
push @{$both->{runs}}, map { my $r = decode_json(encode_json($_)); $r->{identity}{seed} = 2; $r->{id} =~ s/fork(.*)~/fork$1:seed=2~/; $r } @{$both->{runs}};
write_json("$tmp/both.json", $both);
dashboard('both', '--no-charts', "$tmp/both.json");
$pages = check_pages("$tmp/both");
like(join("\n", texts($pages->{'workload/fork.html'}, 'td')), qr/^16 of several seeds$/m, 'seeds that all have are pooled');

# ---- a chart names the commits of what it shows, not those of the newest set ----

SKIP: {
	skip 'gnuplot is not installed', 7 if system('command -v gnuplot >/dev/null');
	my %half = map { ($_ => read_json($golden)) } qw(old new);
	make_path("$tmp/halves");
	$half{old}{producer}{commit} = 'a' x 40;
	$half{new}{producer}{commit} = 'b' x 40;
	$half{new}{created} = '2031-01-01T00:00:00Z';
	for my $run (@{$half{new}{runs}}) {
		$run->{identity}{workload}{name} = 'exec';
		$run->{id} =~ s/fork/exec/;
	}
	write_json("$tmp/halves/$_.json", $half{$_}) for keys %half;
	$got = dashboard('whole', "$tmp/halves");
	is($got->{code}, 0, 'made') or diag($got->{err});
	$pages = check_pages("$tmp/whole");
	for my $case (['fork', 'a', 'b'], ['exec', 'b', 'a']) {
		my ($workload, $own, $other) = @$case;
		my ($src) = map { $_->[1]{src} } grep { $_->[0] eq 'img' } @{$pages->{"workload/$workload.html"}};
		my $picture = slurp("$tmp/whole/workload/$src");
		like($picture, qr/sources $own{12}/, "$workload: its own commit");
		unlike($picture, qr/$other{12}/, "$workload: no other");
	}
}

# ---- the figures for comparing ----

sub data_of
{
	my ($dir) = @_;
	my %data;
	for my $name (grep { m|^data/| } keys %{files_of($dir)}) {
		my $text = slurp("$dir/$name");
		unlike($text, qr/[<>&\x80-\xff]/, "$name: nothing that could end a script");
		my ($inner) = $text =~ /\ApvmmuSet\((.*)\);\n\z/s;
		my $set = $json->decode($inner // 'null');
		is($name, "data/$set->{id}.js", 'its name is its id');
		$data{$set->{file}} = $set;
	}
	return \%data;
}
my $data = data_of("$tmp/part");
my ($eager) = grep { $_->{variant} eq 'eager' && $_->{workload} eq 'fork' } @{$data->{'good.json'}{groups}[0]{rows}};
is_deeply({map { ($_ => $eager->{$_}) } qw(median n outcome metric unit command)},
	{median => 1008, n => 8, outcome => 'success', metric => 'insns', unit => 'instructions', command => $set->{runs}[1]{command}},
	'what the page compares');
my $wall = read_json($golden);
for my $run (@{$wall->{runs}}) {
	$run->{identity}{tier} = 'wall';
	$run->{identity}{qemu}{accelerator} = 'kvm';
	@{$run->{series}[0]}{qw(name unit exact)} = ('time', 'ns', JSON::PP::false);
	$run->{series}[0]{samples} = [map { 100 + $_ } 1 .. 8];
}
write_json("$tmp/wall.json", $wall);
$got = dashboard('wall', '--no-charts', "$tmp/wall.json");
my ($row) = @{data_of("$tmp/wall")->{'wall.json'}{groups}[0]{rows}};
is_deeply([@$row{qw(low median high)}], [101, 104.5, 108], 'the interval of a median that is not exact');
$pages = check_pages("$tmp/wall");
like(join("\n", texts($pages->{'workload/fork.html'}, 'td')), qr/^101\.\.108$/m, 'is in the table too');
like(join("\n", texts($pages->{'index.html'}, 'td')), qr/not told apart: eager, nopin \(noise\)|not told apart: nopin, eager \(noise\)/,
	'and nobody is called best whom chance may have made it');

# ---- hostile ----

my $markup = q{<script>alert(1)</script>'"\\&amp;--><img src=x onerror=alert(1)>javascript:alert(1)]]>/../x};
my %places = (
	variant  => sub { $_[0]{identity}{variant}{name} = $_[1] },
	workload => sub { $_[0]{identity}{workload}{name} = $_[1] },
	unit     => sub { $_[0]{series}[0]{unit} = $_[1] },
	counter  => sub { $_[0]{counters}{hypercalls}{$_[1]} = 1 },
	command  => sub { $_[0]{command} = $_[1] },
	warning  => sub { push @{$_[0]{warnings}}, $_[1] },
	axis     => sub { $_[0]{identity}{variant}{policy}{$_[1]} = $_[1] },
	parameter => sub { $_[0]{identity}{workload}{parameters}{$_[1]} = 1 },
	xen      => sub { $_[0]{identity}{xen}{version} = $_[1] },
	id       => sub { $_[0]{id} = "xen64-" . ($_[1] =~ s/[ ~]/+/gr) . "~x" },
);
my $hostile = read_json($golden);
$places{$_}->($hostile->{runs}[0], $markup . $_) for sort keys %places;
$hostile->{command} = $hostile->{producer}{version} = $hostile->{observed}{cpu_model} = $markup;
make_path("$tmp/hostile/results");
write_json("$tmp/hostile/results/" . ($markup =~ s|/|_|gr) . '.json', $hostile);
$got = dashboard('hostile/site', '--no-charts', "$tmp/hostile/results");
is($got->{code} . $got->{err}, '0', 'a hostile set is shown');
my %names = (variant => 'variant/', workload => 'workload/');
is_deeply([grep { !m{^(?:[a-z]+\.html|\.pvmmu-site|badge\.svg|(?:assets|variant|workload)/[a-z0-9-]+\.(?:html|css|js|svg)|data/[0-9a-f]{16}\.js|raw/[0-9a-f]{16}-[\w.-]+\.json)$} }
	keys %{files_of("$tmp/hostile/site")}], [], 'names of files are ours');
is_deeply([sort grep { !m{^(?:results|site)/} } keys %{files_of("$tmp/hostile")}], [], 'and nothing lies outside');
$pages = check_pages("$tmp/hostile/site");
data_of("$tmp/hostile/site");
for my $page (sort keys %$pages) {
	is_deeply([grep { $_->[0] =~ /^(?:script|img|b|iframe|object)$/ && ($_->[1]{src} // '') !~ m{^(?:\.\./)?assets/\w+\.js$} && $_->[0] ne 'b' } @{$pages->{$page}}],
		[], "$page: no element that a name has made");
}
like(join("\n", map { texts($pages->{$_}, 'h1') } keys %$pages), qr/\Q$markup\Evariant/, 'names are shown as they are');

# ---- refused ----

mkdir "$tmp/mine";
spew("$tmp/mine/thesis.tex", 'mine');
$got = dashboard('mine', '--no-charts', $golden);
is($got->{code}, 4, 'a directory with other files is refused');
like($got->{err}, qr/mine has files that are not of a site/, 'and why');
is_deeply(files_of("$tmp/mine"), {'thesis.tex' => 'mine'}, 'and left alone');

# Somebody else is making it.
open(my $held, '<', "$tmp/site") or die;
ok(flock($held, LOCK_EX), 'a site is locked');
$got = dashboard('site', '--no-charts', $golden);
is($got->{code}, 4, 'then nobody else makes it');
like($got->{err}, qr/is just being made by another pvmmu/, 'and says so');
is_deeply(files_of("$tmp/site"), $before, 'and it stays as it is');
close($held);

# Charts are what gnuplot is for, the rest can be had without.
{
	local $ENV{PATH} = "$tmp/nothing";
	$got = dashboard('plain', $golden);
	is($got->{code}, 0, 'without gnuplot there is a site');
	like($got->{err}, qr/gnuplot is missing, so pages have no charts: install the Debian package/, 'and it is said what is missing');
}
$got = dashboard('results/site', "$tmp/results");
is($got->{code}, 4, 'a site among its own sources is refused');
$got = dashboard('x', "$tmp/nowhere.json");
is($got->{code}, 4, 'a file that is not there');
like($got->{err}, qr/cannot read .*nowhere\.json: No such file/, 'is told');
ok(!-e "$tmp/x", 'and no site is begun');
is(pvmmu('dashboard', '-o', '-', $golden)->{code}, 64, 'a site on standard output: usage');
ok(!-e '-', 'and no directory of that name');
$got = dashboard('x', '--no-charts', '--baseline', 'nobody', $golden);
is($got->{code}, 4, 'a baseline that nobody has');
like($got->{err}, qr/the baseline "nobody" is not among the variants: eager, nopin/, 'is told, and who is there');

done_testing();
