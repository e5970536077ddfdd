#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu profile, on a result set with made-up attributions.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $set = read_json("$root/tests/golden/two-variants.json");
my ($run, @others) = @{$set->{runs}};
my $n = @{$run->{series}[0]{samples}};
sub function { my %f; @f{qw(who object name instructions entered)} = @_; return \%f }
$run->{collected}{insn} = {sections => $n, faults => 2, xen => [(750) x $n], kernel => [(200) x $n],
	user => [(50) x $n], functions => [
		function('xen', 'xen', 'do_mmu_update', 700 * $n, 3 * $n),
		function('kernel', 'guest', 'copy page', 200 * $n, $n),
		function('xen', 'xen', 'get_page;type', 50 * $n, $n / 2),
		function('user', 'fork', '[unknown]', 50 * $n, 0)]};
$run->{id} = 'xen64-made~up';
$set->{runs} = [$run];
my $file = "$tmp/set.json";
write_json($file, $set);

my $text = pvmmu('profile', $file);
is($text->{code}, 0, 'shown') or diag($text->{err});
like($text->{out}, qr/^ +1,000 +75\.00 % +20\.00 % +5\.00 %  xen64-made~up$/m, 'shares of the mean sample');
like($text->{out}, qr/^ 70\.00 % +700 +3  xen: do_mmu_update\n 20\.00 % +200 +1  guest: copy page\n/m,
	'functions, most first');
is(() = $text->{out} =~ / %  *[\d,.]+  *[\d,.]+  /g, 4, 'all four');
is(() = pvmmu('profile', '--top', '2', $file)->{out} =~ /^ +[\d.]+ % /mg, 2, '--top 2 shows two');
unlike(pvmmu('profile', '--top', '0', $file)->{out}, qr/do_mmu_update/, '--top 0 shows none');
my $xen = pvmmu('profile', '--who', 'xen', $file)->{out};
like($xen, qr/ 5\.00 % .*get_page;type/, "Xen's only");
unlike($xen, qr/copy page|unknown/, 'and nothing else');
like(pvmmu('profile', '--format', 'md', $file)->{out},
	qr/^\| 1,000 \| 75\.00 % \| 20\.00 % \| 5\.00 % \| xen64-made~up \|$/m, 'as Markdown');
like(pvmmu('profile', '--format', 'tsv', $file)->{out}, qr/^70\.00\t700\t3\txen: do_mmu_update$/m, 'as TSV');

my $folded = pvmmu('profile', '--folded', '-', $file);
is($folded->{out}, join('', "xen64-made~up;xen;xen;do_mmu_update @{[700 * $n]}\n",
	"xen64-made~up;kernel;guest;copy_page @{[200 * $n]}\n",
	"xen64-made~up;xen;xen;get_page_type @{[50 * $n]}\n", "xen64-made~up;user;fork;[unknown] @{[50 * $n]}\n"),
	'folded: names of frames and a count, nothing that separates in a name');
pvmmu('profile', '--folded', "$tmp/f", $file);
is(slurp("$tmp/f"), $folded->{out}, 'the same into a file');
is(pvmmu('profile', '--folded', "$tmp/no/where", $file)->{code}, 4, 'a file that cannot be written is an error');

# A missing part is reported.
delete $run->{collected}{insn}{functions};
$run->{collected}{insn}{unnamed}{xen} = 'no symbols';
write_json($file, $set);
my $without = pvmmu('profile', $file);
like($without->{out}, qr/no functions: measure with --collect insn:symbols/, 'without functions there are shares');
like($without->{err}, qr/no names in xen: no symbols/, 'and the reason for missing names');
like(pvmmu('profile', '--folded', '-', $file)->{err}, qr/by function/, 'but nothing to fold');
delete $run->{collected};
$run->{uncollected}{insn} = 'no plugin';
write_json($file, $set);
my $none = pvmmu('profile', $file);
is($none->{code}, 4, 'nothing attributed is an error');
like($none->{err}, qr/no plugin/, 'with the reason');

for my $case (
	[qr/expected a file/],
	[qr/unknown part "zen"; did you mean "xen"\? valid: xen, kernel, user/, '--who', 'zen', $file],
	[qr/unknown format "csv"; did you mean "tsv"\? valid: text, md, tsv/, '--format', 'csv', $file],
	[qr/give one of them/, '--workload', 'fork', $file],
) {
	my ($reason, @arguments) = @$case;
	my $r = pvmmu('profile', @arguments);
	is($r->{code}, 64, "usage: @arguments");
	like($r->{err}, $reason, 'says why');
}
is(pvmmu('profile', "$tmp/nothing.json")->{code}, 4, 'a file that is not there');

# It measures, as run would.
my $fake = fixture();
{
	local $ENV{FAKE_QEMU} = 'ok';
	local $ENV{PVMMU_QEMU} = "$root/tests/fake-qemu";
	my $r = pvmmu('profile', '--root', $fake, '--variant', 'eager', '--workload', 'fork', '-o', "$tmp/m.json");
	is($r->{code}, 4, 'measured without the plugin: nothing to show') or diag($r->{out}, $r->{err});
	like($r->{err}, qr/pvmmu-insn\.so is missing: `make plugin` provides it/, 'and what provides it');
	is(read_json("$tmp/m.json")->{runs}[0]{outcome}{status}, 'success', 'the measurement itself is kept');
}

done_testing();
