#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A chart that cannot be drawn does not take the site with it: all pages are there, and the one that lacks it
# says so and why.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use plot_lib;

plan(skip_all => 'gnuplot is not installed') if !$have_gnuplot;

my ($real) = grep { -x } map { "$_/gnuplot" } split /:/, $ENV{PATH};
my $golden = "$root/tests/golden/two-variants.json";
my %pages;

# A gnuplot that cannot draw what one of these scripts would.
sub with_gnuplot
{
	my ($fails, $what) = @_;
	mkdir "$tmp/bin";
	spew("$tmp/bin/gnuplot", <<"EOS");
#!/bin/sh
case "\$*" in
$fails)	echo "\\"$tmp/secret.gp\\" line 34: Trailing characters after numeric expression" >&2; exit 1;;
esac
exec $real "\$@"
EOS
	chmod 0755, "$tmp/bin/gnuplot";
	local $ENV{PATH} = "$tmp/bin:$ENV{PATH}";
	return $what->();
}

sub dashboard { return pvmmu('dashboard', $golden, '-o', $_[0], @_[1 .. $#_]) }
sub charts { return [sort map { s|.*/||r } glob("$_[0]/charts/*")] }

my $whole = dashboard("$tmp/whole");
is("$whole->{code}|$whole->{err}", '0|', 'all charts');
my $all = charts("$tmp/whole");
cmp_ok(scalar @$all, '>=', 4, 'there are some, in two themes each');

my $got = with_gnuplot('*bars.gp*', sub { dashboard("$tmp/site") });
is($got->{code}, 0, 'a chart that fails: the site is there') or diag($got->{err});
like($got->{err}, qr/^pvmmu: note: \d+ of \d+ charts could not be drawn; the first: gnuplot failed: .*Trailing characters/m, 'which is told');
my %left = map { $_ => 1 } @{charts("$tmp/site")};
ok(keys %left && keys %left < @$all, 'the others are drawn') or diag(join ' ', keys %left);
is(scalar(grep { my $dark = s/\.svg$/-dark.svg/r; !/-dark/ && !$left{$dark} } keys %left), 0, 'each in both themes');
for my $page (map { s|.*\Q/whole/\E||r } glob("$tmp/whole/*.html $tmp/whole/*/*.html")) {
	ok(-s "$tmp/site/$page", "$page is there");
	my $html = slurp("$tmp/site/$page");
	is(join(' ', grep { !-e "$tmp/site/charts/$_" } $html =~ m|charts/([^"]+\.svg)|g), '', "$page shows no picture that is not there");
	unlike($html, qr/\Q$tmp\E/, "$page names nothing of this machine");
	next if $page !~ m|^workload/|;
	like($html, qr/<p class="failed">The chart &quot;what it costs&quot; is missing because it could not be drawn: Trailing characters after numeric expression\./, "$page says what is missing and why");
}
like(slurp("$tmp/site/index.html"), qr/\d charts? could not be drawn; the pages of their workloads say why/, 'the overview counts them');

# Next time it can be drawn.
$got = dashboard("$tmp/site");
is("$got->{code}|$got->{err}", '0|', 'with a gnuplot that can');
is_deeply(charts("$tmp/site"), $all, 'all charts are there');
unlike(slurp("$tmp/site/index.html"), qr/could not be drawn/, 'and nothing else is said');

# No chart can be drawn.
$got = with_gnuplot('*.gp*', sub { dashboard("$tmp/none") });
is($got->{code}, 4, 'no chart can be drawn');
my $page = slurp("$tmp/none/workload/fork.html");
like($page, qr/is missing because it could not be drawn/, 'the pages are there');

# A chart without its script.
my $other_root = fixture();
unlink "$other_root/plots/bars.gp" or die;
$got = dashboard("$tmp/scriptless", '--root', $other_root);
is($got->{code}, 0, 'a script that is not there') or diag($got->{err});
like($got->{err}, qr/note: \d of \d charts could not be drawn; the first: .*bars\.gp/, 'which is told');
$page = slurp("$tmp/scriptless/workload/fork.html");
like($page, qr/is missing because it could not be drawn: gnuplot failed\./, 'the page says so');
like($page, qr/charts\/[0-9a-f]+\.svg/, 'and has the other ones');

# Publishing: what is there already is better than nothing but failures.
my $fixture = fixture();
{
	$got = with_gnuplot('*bars.gp*', sub { pvmmu('publish', '--root', $fixture, '--to', "$tmp/www", $golden) });
	is($got->{code}, 0, 'published without the chart') or diag($got->{err});
	like(slurp("$tmp/www/workload/fork.html"), qr/is missing because it could not be drawn/, 'and says so');
	$got = with_gnuplot('*.gp*', sub { pvmmu('publish', '--root', fixture(), '--to', "$tmp/empty", $golden) });
	is($got->{code}, 4, 'nothing is published if no chart can be drawn');
	like($got->{err}, qr/nothing is published: none of \d+ charts could be drawn/, 'which is told');
	ok(!-e "$tmp/empty/index.html", 'nothing is there');
}

done_testing();
