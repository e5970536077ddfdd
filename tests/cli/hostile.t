#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Result sets that were made to do harm. Each is refused with a message that says where and why, or
# shown so that it does none; no command crashes, hangs, sends a terminal anything that it acts upon, or
# writes a file that nobody asked for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use File::Path qw(make_path);
use JSON::PP;
use PvmmuTest;

my $json   = JSON::PP->new->canonical->allow_nonref;
my $golden = slurp("$root/tests/golden/two-variants.json");

# A name with everything in it that some output could take for its own.
my $markup = q{<script>alert(1)</script>|`touch owned`$(touch owned)'"\\&amp;{/=20 x}%s%n^_#,;=~};
my $paths  = '../../../owned';

# Every command that reads result sets, with arguments for a file; `plot` also writes one.
my $out      = "$tmp/out";
my %commands = (
	validate => ['validate'],
	compare  => ['compare'],
	(map { ("compare $_" => ['compare', '--format', $_]) } qw(md tsv json)),
	tax      => ['compare', '--tax', '--counters', 'hypercalls.*'],
	wide     => ['compare', '--wide', '--least'],
	growth   => ['growth', '--by', 'mb'],
	plot     => ['plot', '-o', "$out/x.svg"],
	batch    => ['plot', '--kind', 'batch', '-o', "$out/x.svg"],
	profile  => ['profile'],
	(map { ("export $_" => ['export', '--format', $_]) } qw(bmf bmf1 csv gha-bigger gha-smaller go hyperfine influx openmetrics)),
	effects  => ['effects'],
	(map { ("effects $_" => ['effects', '--format', $_]) } qw(md csv json)),
	verdict  => ['verdict', '-o', "$tmp/verdict.json"],
	merge    => ['merge', '-f', '-o', "$tmp/merged.json"],
	import   => ['import', '--results', "$tmp/imported"],
);

sub text_of
{
	my ($change) = @_;
	my $set = $json->decode($golden);
	$change->($set, @{$set->{runs}});
	return $json->encode($set);
}

sub first_series { return $_[0]{runs}[0]{series}[0] }

# Each file, and its error; all commands refuse it in the same words.
my $deep = '[' x 100_000;
my $text = text_of(sub { });
my %refused = (
	'nested deeply'       => [$deep, qr/:1:\d+: maximum parsing depth/],
	'objects in objects'  => ['{"a":' x 100_000, qr/:1:\d+: maximum parsing depth/],
	'a number too large'  => [$text =~ s/"samples":\[\d+/"samples":[1e999/r, qr/:1:\d+: real number overflow/],
	'an integer too large' => [$text =~ s/"samples":\[\d+/"samples":[99999999999999999999/r, qr/:1:\d+: too big integer/],
	'1e308'               => [$text =~ s/"samples":\[\d+/"samples":[1e308/r, qr{/samples/0: expected a number within 9007199254740992}],
	'NaN'                 => [$text =~ s/"samples":\[\d+/"samples":[NaN/r, qr/:1:\d+: invalid token/],
	'Infinity'            => [$text =~ s/"samples":\[\d+/"samples":[-Infinity/r, qr/:1:\d+: invalid token/],
	'NaN as text'         => [$text =~ s/"samples":\[\d+/"samples":["NaN"/r, qr{/samples/0: expected number, found string "NaN"}],
	'the same name twice' => [qq({"runs":[],\n"runs":[1]}), qr/:2:\d+: duplicate object key/],
	'twice, escaped'      => [qq({"runs":[],\n"r\\u0075ns":[1]}), qr/:2:\d+: duplicate object key/],
	'a NUL in a name'     => [text_of(sub { $_[1]{id} = "a\0b" }), qr/:1:\d+: \\u0000 is not allowed/],
	'a NUL between'       => ["{\0}", qr/:1:/],
	'no UTF-8'            => [$text =~ s/fork/f\xff\xfe/r, qr/:1:\d+: unable to decode byte 0xff/],
	'half of a surrogate' => [$text =~ s/fork/\\ud800/r, qr/:1:\d+: invalid Unicode/],
	'bytes of an escape'  => ["\e]0;owned\a", qr/:1:\d*: /],
	'no JSON at all'      => ["\x7fELF" . "\0" x 1000, qr/:1:/],
	'empty'               => ['', qr/:1:0: /],
	'counters overflow'   => [text_of(sub { $_[1]{counters}{hypercalls} = {map { ("c$_" => 9007199254740992) } 1 .. 2000} }),
		qr{/runs/0/counters/hypercalls: expected a sum of at most}],
	'iterations overflow' => [text_of(sub { first_series($_[0])->{iterations_per_sample} = 9007199254740992 }), qr{/runs/0/counted_iterations: expected \d+}],
	'wrong everywhere'    => [text_of(sub { @{first_series($_[0])->{samples}} = ('x') x 100_000 }), qr/and 99950 violations more/],
	'another origin'      => [text_of(sub { $_[1]{origin} = 3 }), qr{/runs/0/origin: expected an index into 0}],
);
# Characters that a terminal acts upon, in each place of a name.
my %invisible = ('an escape' => "\e[31m", 'a bell' => "\a", 'a newline' => "\n", 'a carriage return' => "\r",
	'a delete' => "\x7f", 'a Latin escape' => "\x{9b}31m", 'another direction' => "\x{202e}", 'a line separator' => "\x{2028}");
my %places = (
	id       => sub { $_[0]{runs}[0]{id} .= $_[1] },
	variant  => sub { $_[0]{runs}[0]{identity}{variant}{name} .= $_[1] },
	metric   => sub { first_series($_[0])->{name} .= $_[1] },
	unit     => sub { first_series($_[0])->{unit} .= $_[1] },
	workload => sub { $_[0]{runs}[0]{identity}{workload}{name} .= $_[1] },
	counter  => sub { $_[0]{runs}[0]{counters}{hypercalls}{"a$_[1]"} = 1 },
	warning  => sub { push @{$_[0]{runs}[0]{warnings}}, "w$_[1]" },
	parameter => sub { $_[0]{runs}[0]{identity}{workload}{parameters}{"p$_[1]"} = 1 },
);
for my $what (sort keys %invisible) {
	$refused{"$what in a $_"} = [do { my $p = $_; text_of(sub { $places{$p}->($_[0], $invisible{$what}) }) =~ s/([^\x00-\x7f])/sprintf '\\u%04x', ord $1/ger },
		qr/expected (?:text|names) without control characters|expected a string like/] for $what eq 'an escape' ? sort keys %places : 'metric';
}

# Only what may be shown, and nobody wrote anything else than what was asked for.
sub harmless
{
	my ($got, $what) = @_;
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	my $shown = $got->{out} . $got->{err};
	unlike($shown, qr/[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]/, "$what: nothing that a terminal acts upon");
	cmp_ok(length $shown, "<", $what =~ /export/ ? 2_000_000 : 200_000, "$what: not too much");
}

make_path($out, "$tmp/work");
chdir "$tmp/work" or die;
for my $what (sort keys %refused) {
	my ($bytes, $say) = @{$refused{$what}};
	my $file = spew("$tmp/hostile.json", $bytes);
	# All read through the same function; a command that does not do so any more is found by these.
	for my $name ($what =~ /^(?:1e308|nested deeply|an escape in a id)$/ ? sort keys %commands : 'validate') {
		my $got = pvmmu(@{$commands{$name}}, $file);
		is($got->{code}, 4, "$what: $name: refused") or diag($got->{out});
		is($got->{out}, '', "$what: $name: without a word on stdout");
		like($got->{err}, qr/^pvmmu: \Q$file\E.*$say/m, "$what: $name: said where and why");
		harmless($got, "$what: $name");
	}
}

# Shown, since markup and paths are harmless where nobody takes them for such.
my %shown = (
	markup => sub {
		for my $run (@{$_[0]{runs}}) {
			$run->{id} .= $markup =~ tr/ ~//dr;
			$run->{identity}{variant}{name} .= $markup;
			$run->{identity}{workload}{name} = $markup;
			$run->{series}[0]{unit} = $markup;
			$run->{warnings} = [$markup];
			$run->{identity}{compiler} = $run->{id};
			$run->{counters}{hypercalls}{$markup} = 1;
		}
	},
	paths => sub {
		for my $run (@{$_[0]{runs}}) {
			$run->{id} = "xen64-$paths/$run->{id}$paths";
			$run->{identity}{variant}{name} .= $paths;
			$run->{identity}{workload}{name} = $paths;
		}
	},
	'long names' => sub {
		$_->{id} .= 'x' x 10_000, $_->{identity}{variant}{name} .= 'y' x 10_000, $_->{series}[0]{name} = 'z' x 10_000 for @{$_[0]{runs}};
	},
	extremes => sub {
		@{$_->{series}[0]{samples}} = (9007199254740992, -9007199254740992, 0, 1e-308, (5e-324) x 4) for @{$_[0]{runs}};
	},
	zeros => sub { @{$_->{series}[0]{samples}} = (0) x 8 for @{$_[0]{runs}} },
);
for my $what (sort keys %shown) {
	my $file = spew("$tmp/shown.json", text_of($shown{$what}));
	for my $name (sort keys %commands) {
		unlink glob("$out/*");
		my $got = pvmmu(@{$commands{$name}}, $file);
		# There are no profile, batches, times and rates in it, nothing declared, no logarithm of 0; that is said.
		my $lacks = $name =~ /^(?:profile|batch|verdict|export gha-bigger|export hyperfine)$/ || ($name =~ /^effects/ && $what eq 'zeros');
		is($got->{code}, $lacks ? 4 : 0, "$what: $name: exit code") or diag($got->{err});
		harmless($got, "$what: $name");
		my $picture = $name eq 'plot' && -e "$out/x.svg";
		is_deeply([glob("$out/*")], $picture ? ["$out/x.svg"] : [], "$what: $name: no other file");
		next if $name ne 'plot';
		ok($picture, "$what: there is a picture");
		my $xml = run_command('/usr/bin/python3', '-c', 'import sys, xml.dom.minidom; d = xml.dom.minidom.parse(sys.argv[1]); sys.exit(len(d.getElementsByTagName("script")))', "$out/x.svg");
		is($xml->{code}, 0, "$what: which is XML and has no script") or diag($xml->{err});
	}
}
is_deeply([glob("$tmp/work/* $tmp/work/.??*")], [], 'nothing was written where the commands ran');
ok(!-e "$tmp/owned" && !-e "$out/owned" && !-e "$root/owned", 'nor where a name points to');

# A table stays a table.
my $file = spew("$tmp/shown.json", text_of($shown{markup}));
my @bars = map { scalar(() = /(?<!\\)\|/g) } grep { /^\|/ } split /\n/, pvmmu('compare', '--format', 'md', $file)->{out};
is_deeply([grep { $_ != $bars[0] } @bars], [], 'Markdown: each line has as many columns');

# Size: stated, before anything is read; of a pipe while reading; to be raised by whoever wants to.
{
	my $huge = "$tmp/huge.json";
	open(my $f, '>', $huge) or die;
	truncate($f, 200 << 20);
	close $f;
	my $got = pvmmu('validate', $huge);
	is($got->{code}, 4, '200 MB: refused');
	is($got->{err}, "pvmmu: $huge: larger than 64 MiB, the most that is read; set PVMMU_RESULT_LIMIT to read more\n", 'and said how to read it all the same');
	$got = run_command('sh', '-c', "head -c 70000000 /dev/zero | tr '\\0' ' ' | '$pvmmu' validate /dev/stdin");
	is($got->{code}, 4, 'a pipe: refused');
	like($got->{err}, qr/larger than 64 MiB/, 'a pipe: said so');
	local $ENV{PVMMU_RESULT_LIMIT} = 1;
	$got = pvmmu('validate', spew("$tmp/blank.json", $text . ' ' x (1 << 20)));
	like($got->{err}, qr/larger than 1 MiB/, 'the limit can be lowered');
	$ENV{PVMMU_RESULT_LIMIT} = 2;
	is(pvmmu('validate', "$tmp/blank.json")->{code}, 0, 'and raised');
	$ENV{PVMMU_RESULT_LIMIT} = 'much';
	$got = pvmmu('validate', "$tmp/blank.json");
	is($got->{code}, 4, 'not to anything');
	like($got->{err}, qr/PVMMU_RESULT_LIMIT \(MiB\): "much" is not a whole number/, 'said so');
}

# A directory, a missing file with a name of that kind, and a device.
for my $case (["$tmp", qr/cannot read: Is a directory/], ["$tmp/\e[31mnone", qr/none: cannot open: No such file/], ["/dev/null", qr/:1:0: /]) {
	my $got = pvmmu('validate', $case->[0]);
	is($got->{code}, 4, 'no file: error');
	like($got->{err}, $case->[1], 'no file: said why');
	harmless($got, 'no file');
}

# The output of a program is kept as it was, because no command prints it.
my $verbatim = spew("$tmp/output.json", text_of(sub { $_[1]{output} = [{fd => 1, bytes => 5, text => "\e[31m"}] }));
my $got = pvmmu('compare', $verbatim);
is($got->{code}, 0, 'output of a program may be anything') or diag($got->{err});
harmless($got, 'output of a program');

chdir $root or die;
done_testing();
