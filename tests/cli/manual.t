#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The manual page and the completion for bash hold all that --help says, and are well-formed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $page = "$tmp/pvmmu.1";
my $got  = pvmmu('help', '--man');
is($got->{code}, 0, 'a page') or diag($got->{err});
spew($page, $got->{out});
is(pvmmu('help', '--man')->{out}, $got->{out}, 'the same each time');
unlike($got->{out}, qr/[^\x00-\x7f]/, 'in ASCII');

SKIP: {
	skip 'mandoc is not installed', 2 if system('command -v mandoc >/dev/null') != 0;
	my $lint = run_command(qw(mandoc -T lint -W warning), $page);
	# A date would make the page differ from one build of the same sources to the next.
	is(join('', grep { !/missing date/ } split /^/, $lint->{out} . $lint->{err}), '', 'mandoc finds no fault');
	like(run_command(qw(mandoc -T ascii), $page)->{out}, qr/pvmmu - what each way of managing page tables costs/, 'and shows it');
}
SKIP: {
	skip 'man-db is not installed', 1 if !-x '/usr/bin/man' || !-x '/usr/bin/groff';
	local $ENV{LC_ALL} = 'C.UTF-8';
	is(run_command(qw(man --warnings -l), $page)->{err}, '', 'nor does groff');
}
# What is in the page, without the orders of man.
my $text = $got->{out} =~ s/\\f.//gr =~ s/\\\(aq/'/gr =~ s/\\e/\\/gr =~ s/\\(?:-|\(hy)/-/gr;
my %part;
$part{$1} = $2 while $text =~ /^\.S[HS] (.+)\n((?:(?!\.S[HS] ).*\n)*)/mg;
my $overview = pvmmu('--help')->{out};
my @commands = $overview =~ /^  ([a-z]+)  /mg;
cmp_ok(scalar(@commands), '>', 10, 'there are commands');
my %options;
for my $command (grep { $_ ne 'help' } @commands) {
	my $help = pvmmu($command, '--help')->{out};
	my @head = $help =~ /^  (-\w, |    )(--[\w-]+)/mg;
	$options{$command} = [grep { /^--/ } @head];
	is_deeply([($part{$command} // '') =~ /^\.TP\n(?:-\w, )?(--[\w-]+)/mg], $options{$command}, "options of $command");
	my ($usage) = $help =~ /^usage: (.*)/;
	like($part{$command}, qr/^\Q$usage\E$/m, "usage of $command");
}
my ($codes) = $overview =~ /^Exit codes:\n(.*?)^\S/ms;
is_deeply([$part{'EXIT STATUS'} =~ /^\.TP\n(\d+)$/mg], [$codes =~ /^ +(\d+) /mg], 'and every exit code');

# What the program asks of its environment is told.
my $source = join '', map { slurp($_) } glob("$root/bench/*.[ch] $root/bench/*/*.[ch] $root/collectors/*.[ch]");
my %named  = $source =~ /^#define (\w+)\s+"(\w+)"/mg;
my %asked  = map { $_ => 1 } map { /"(.*)"/ ? $1 : $named{$_} } $source =~ /[^n]getenv\(("\w+"|[A-Z_]+)\)/g;
is_deeply([sort $part{ENVIRONMENT} =~ /^\.TP\n(\w+)$/mg], [sort keys %asked], 'variables of the environment');

# ---- completion ----

$got = pvmmu('help', '--bash');
is($got->{code}, 0, 'completion');
my $script = spew("$tmp/completion.bash", $got->{out});
is(run_command('bash', '-n', $script)->{err}, '', 'which bash can read');
sub completed
{
	my (@words) = @_;
	my $said = run_command('bash', '-c', 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _pvmmu; printf "%s\n" "${COMPREPLY[@]}"',
		'bash', $script, @words);
	is($said->{err}, '', "@words: no complaint");
	return [sort grep { length } split /\n/, $said->{out}];
}
is_deeply(completed('pvmmu', ''), [sort(@commands, '--help', '--version')], 'commands');
is_deeply(completed('pvmmu', 'ver'), ['verdict'], 'one of them');
is_deeply([sort map { s/=$//r } @{completed('pvmmu', $_, '--')}], [sort @{$options{$_}}], "options of $_") for grep { $options{$_} } @commands;
is_deeply(completed('pvmmu', 'compare', 'res'), [], 'files are left to bash');
is_deeply(completed('pvmmu', 'help', 'merg'), ['merge'], 'help of a command');
done_testing;
