#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# validate: good files pass, and each way of being bad is found and placed. The
# judgement about the schema is compared with python3-jsonschema's, so that our
# small validator and the standard agree.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $good = fake_run('nopin=leak,eager=success', '--workload', 'fork,exec');
my $text = slurp("$good->{root}/r/x.json");
my $json = JSON::PP->new->canonical->allow_nonref;

# Golden: a file as this version wrote it stays valid.
is(pvmmu('validate', "$root/tests/golden/two-variants.json")->{code}, 0, 'the golden file is valid');
my $got = pvmmu('validate', "$good->{root}/r/x.json");
is($got->{code}, 0, 'a fresh file is valid') or diag($got->{err});
like($got->{out}, qr/x\.json: valid, 4 runs/, 'and said to be');

# A copy of the good set, changed by code that gets the set and a run.
sub changed
{
	my ($change) = @_;
	my $set = $json->decode($text);
	my ($run) = grep { $_->{outcome}{status} eq 'success' } @{$set->{runs}};
	$change->($set, $run);
	# The standard calls 1.0 an integer; Perl would not write it so.
	return spew("$tmp/changed.json", $json->encode($set) =~ s/"ONE"/1.0/r);
}

sub family { return {id => 'xen64-fork~eager', axes => [{name => 'mb', unit => 'MiB'}], point => {@_}} }

sub standard_says
{
	my ($path) = @_;
	my $got = run_command('/usr/bin/python3', '-c', <<'EOS', "$root/results.schema.json", $path);
import json, sys, warnings
warnings.simplefilter("ignore")
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
v = jsonschema.Draft202012Validator(schema)
sys.exit(5 if list(v.iter_errors(json.load(open(sys.argv[2])))) else 0)
EOS
	return $got->{code};
}
my $standard = run_command('/usr/bin/python3', '-c', 'import jsonschema')->{code} == 0;

# what => [change, what is said, does the schema alone find it?]
my @cases = (
	['missing member',    sub { delete $_[0]{runs} },                    qr/\(whole file\): expected a member "runs", found none/, 1],
	['extra member',      sub { $_[0]{extra} = 1 },                      qr/\/extra: expected no such member/, 1],
	['type',              sub { $_[1]{id} = [1] },                       qr/\/runs\/\d\/id: expected string, found array \[1\]/, 1],
	['escaped pointer',   sub { $_[1]{'a~b/c'} = 1 },                    qr/\/runs\/\d\/a~0b~1c: expected no such/, 1],
	['empty string',      sub { $_[0]{command} = '' },                   qr/\/command: expected at least 1 characters, found ""/, 1],
	['pattern',           sub { $_[0]{created} = 'now' },                qr/\/created: expected a string like .* found "now"/, 1],
	['hash',              sub { $_[1]{identity}{image}{kernel_sha256} =~ s/^./X/ }, qr/kernel_sha256: expected/, 1],
	['enum',              sub { $_[1]{outcome}{status} = 'fine' },       qr/\/outcome\/status: expected one of \["success".* found "fine"/, 1],
	['minimum',           sub { $_[1]{identity}{vcpus} = 0 },            qr/\/identity\/vcpus: expected at least 1, found 0/, 1],
	['no runs',           sub { $_[0]{runs} = [] },                      qr/\/runs: expected at least 1 elements, found 0/, 1],
	['fraction',          sub { $_[1]{identity}{seed} = 1.5 },           qr/\/identity\/seed: expected integer, found number 1\.5/, 1],
	['whole real',        sub { $_[1]{identity}{seed} = 'ONE' },         undef, 0],
	['a boolean number',  sub { $_[1]{identity}{seed} = JSON::PP::true }, qr/\/identity\/seed: expected integer, found boolean true/, 1],
	['sample',            sub { $_[1]{series}[0]{samples}[3] = 'x' },    qr/\/series\/0\/samples\/3: expected number, found string "x"/, 1],
	['null sample',       sub { $_[1]{series}[0]{samples}[3] = undef },  qr/\/samples\/3: expected number, found null/, 1],
	['no samples',        sub { $_[1]{series}[0]{samples} = [] },        qr/\/samples: expected at least 1 elements/, 1],
	['counter',           sub { $_[1]{counters}{mmuext}{pin} = -1 },     qr/\/counters\/mmuext\/pin: expected at least 0, found -1/, 1],
	['a null identity',   sub { $_[1]{identity} = undef },               qr/\/identity: expected object, found null/, 1],
	['a version to come', sub { $_[0]{schema_version} = 3 },             qr/\/schema_version: expected 1 to 2, found 3: a newer version/, 1],
	['a wrong version',   sub { $_[0]{schema_version} = 'one' },         qr/\/schema_version: expected integer/, 1],
	['lost sample',       sub { pop @{$_[1]{series}[0]{samples}} },      qr/\/samples: expected 8 as the parameter n, found 7/, 0],
	['two runs, one id',  sub { $_[0]{runs}[1]{id} = $_[0]{runs}[0]{id} }, qr/\/runs\/1\/id: expected another than of \/runs\/0/, 0],
	['two series, one name', sub { push @{$_[1]{series}}, $_[1]{series}[0] }, qr/\/series\/1\/name: expected another/, 0],
	['success, nothing measured', sub { $_[1]{series} = [] },            qr/\/series: expected samples of a success/, 0],
	['crash with samples', sub { $_[1]{outcome} = {status => 'crash', reason => 'r'} }, qr/expected no samples with outcome crash/, 0],
	['crash, no reason',  sub { $_[1]{outcome} = {status => 'crash'}; $_[1]{series} = [] }, qr/expected a reason for crash/, 0],
	['counters of what',  sub { delete $_[1]{counted_iterations} },      qr/expected counters and counted_iterations together/, 0],
	['counted iterations', sub { $_[1]{counted_iterations} = 9 },        qr/counted_iterations: expected 8 as in \/series\/0, found 9/, 0],
	['iterations in samples', sub { $_[1]{series}[0]{iterations_per_sample} = 2 }, qr/counted_iterations: expected 16 as in \/series\/0, found 8/, 0],
	['no iterations in samples', sub { $_[1]{series}[0]{iterations_per_sample} = 0 }, qr/iterations_per_sample/, 1],
	['overhead without a least', sub { $_[1]{timer_overhead} = {readings => 16, largest => 3} }, qr/timer_overhead/, 1],
	['a family',          sub { $_[1]{family} = family(mb => 0) },       undef, 0],
	['a family, no axes', sub { $_[1]{family} = {%{family()}, axes => []} }, qr/\/family\/axes: expected at least 1 elements/, 1],
	['another point',     sub { $_[1]{family} = family(mb => 16) },      qr/\/family\/point\/mb: expected the value that the identity has/, 0],
	['half a point',      sub { $_[1]{family} = family() },              qr/\/family\/point\/mb: expected the value/, 0],
	['too much of one',   sub { $_[1]{family} = family(mb => 0, n => 8) }, qr/\/family\/point: expected a value for each of 1 axes, found 2/, 0],
	['leaking success',   sub { $_[1]{conserved}{free_pages}{after}-- }, qr/\/conserved\/free_pages: expected no change/, 0],
);

SKIP: {
	skip 'python3-jsonschema is not installed', 2 if !$standard;
	is(standard_says("$root/tests/golden/two-variants.json"), 0, 'golden: the standard agrees');
	is(standard_says("$good->{root}/r/x.json"), 0, 'fresh: the standard agrees');
}
for my $case (@cases) {
	my ($what, $change, $say, $by_schema) = @$case;
	my $path = changed($change);
	my $got = pvmmu('validate', $path);
	is($got->{code}, $say ? 4 : 0, "$what: exit code") or diag($got->{err});
	like($got->{err}, $say ? qr/^pvmmu: \Q$path\E: .*?$say/m : qr/^$/, "$what: said where and what");
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	SKIP: {
		skip 'python3-jsonschema is not installed', 1 if !$standard;
		is(standard_says($path), $by_schema ? 5 : 0, "$what: the standard agrees");
	}
}

# Not JSON at all: line and column.
my $cut = spew("$tmp/cut.json", substr($text, 0, length($text) / 2));
$got = pvmmu('validate', $cut);
is($got->{code}, 4, 'truncated: error');
like($got->{err}, qr/cut\.json:\d+:\d+: /, 'truncated: line and column');
for my $bad (['', qr/:1:0: /], ['{', qr/:1:1: /], ["{\"a\":1,\n\"a\":2}", qr/:2:3: duplicate/],
	['[1]', qr/\(whole file\): expected object, found array/], ["\xff\xfe", qr/:1:/], ["\0\0", qr/:1:/]) {
	my $got = pvmmu('validate', spew("$tmp/bad.json", $bad->[0]));
	is($got->{code}, 4, 'malformed: error');
	like($got->{err}, qr/bad\.json$bad->[1]|bad\.json: $bad->[1]/, 'malformed: said where');
}
$got = pvmmu('validate', "$tmp/none.json");
is($got->{code}, 4, 'no such file: error');
like($got->{err}, qr/none\.json: cannot open: No such file/, 'no such file: said so');
$got = pvmmu('validate', $cut, "$root/tests/golden/two-variants.json");
is($got->{code}, 4, 'one bad of two: error');
like($got->{out}, qr/two-variants\.json: valid/, 'and the good one is still looked at');
is(pvmmu('validate')->{code}, 64, 'no file: usage');

# Every cut of a file is an error, never a crash and never "valid".
my $bad = 0;
for my $n (map { int(length($text) * $_ / 25) } 0 .. 24) {
	my $got = pvmmu('validate', spew("$tmp/bad.json", substr($text, 0, $n)));
	$bad++ if $got->{code} != 4 || $got->{out} ne '' || $got->{err} =~ /Sanitizer/;
}
is($bad, 0, 'no cut of a file passes');

# The schema itself: a description for everything, a unit for every number, nothing loose.
my ($undescribed, $unitless, $loose) = ('', '', '');
my $walk;
$walk = sub {
	my ($s, $at) = @_;
	return if $s->{'$ref'};
	$undescribed .= " $at" if !$s->{description};
	$unitless    .= " $at" if ($s->{type} // '') =~ /^(integer|number)$/ && !$s->{unit};
	$loose       .= " $at" if ($s->{type} // '') eq 'object' && !exists $s->{additionalProperties};
	$walk->($s->{properties}{$_}, "$at/$_") for keys %{$s->{properties} // {}};
	$walk->($s->{items}, "$at/items") if $s->{items};
	$walk->($s->{additionalProperties}, "$at/*") if ref $s->{additionalProperties} eq 'HASH';
};
my $schema = read_json("$root/results.schema.json");
$walk->($schema, '');
$walk->($schema->{'$defs'}{$_}, "\$defs/$_") for keys %{$schema->{'$defs'}};
is($undescribed, '', 'everything in the schema has a description');
is($unitless, '', 'every number has a unit');
is($loose, '', 'every object says what else it may hold');

# A keyword that our validator would pass over is an error.
my $dir = fixture();
unlink "$dir/results.schema.json";
$schema->{properties}{runs}{uniqueItems} = JSON::PP::true;
write_json("$dir/results.schema.json", $schema);
$got = pvmmu('validate', '--root', $dir, "$root/tests/golden/two-variants.json");
is($got->{code}, 4, 'a schema with an unknown keyword is refused');
like($got->{err}, qr{schema #/properties/runs/uniqueItems: unknown keyword}, 'and said where');

done_testing();
