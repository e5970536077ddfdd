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
# The page's text, without man's macros.
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

# The page names each variable of the environment that the program reads.
my $source = join '', map { slurp($_) } glob("$root/bench/*.[ch] $root/bench/*/*.[ch] $root/collectors/*.[ch]");
my %named  = $source =~ /^#define (\w+)\s+"(\w+)"/mg;
my %asked  = map { $_ => 1 } map { /"(.*)"/ ? $1 : $named{$_} } $source =~ /[^n]getenv\(("\w+"|[A-Z_]+)\)/g;
is_deeply([sort $part{ENVIRONMENT} =~ /^\.TP\n(\w+)$/mg], [sort keys %asked], 'variables of the environment');

# ---- completion ----

# The completions of these words, as `pvmmu help --complete` prints them, in order.
sub offered
{
	my $said = pvmmu('help', '--complete', @_);
	is($said->{code} . $said->{err}, '0', "@_: offered");
	return [map { s/\t.*//r } split /\n/, $said->{out}];
}
$ENV{PVMMU_ROOT} = fixture(1);
is_deeply(offered(''), [@commands, '--help', '--version'], 'commands');
is_deeply(offered('ver'), ['verdict'], 'one of them');
is_deeply([map { s/=$//r } @{offered($_, '--')}], $options{$_}, "options of $_") for grep { $options{$_} } @commands;
is_deeply(offered('help', 'merg'), ['merge'], 'help of a command');
is_deeply(offered('compare', 'res'), [], 'files are left to the shell');
is_deeply(offered('run', '--', '--v'), [], 'so are the words of a program');
my @names = qw(native eager nopin);
is_deeply(offered('run', '--variant', ''), [@names, 'custom:'], 'variants');
is_deeply(offered('run', '--variant=n'), ['--variant=native', '--variant=nopin'], 'behind an equals sign');
is_deeply(offered('run', '--variant', 'eager,no'), ['eager,nopin'], 'behind a comma');
is_deeply(offered('dashboard', '--baseline', 'nop'), ['nopin'], 'another option that takes one');
is_deeply(offered('run', '--variant', 'custom:p'), [map { "custom:$_=" } qw(pin ptl pte)], 'axes');
is_deeply(offered('run', '--variant', 'custom:depth=8,batch='), [map { "custom:depth=8,batch=$_" } qw(off multicall)], 'and their values');
is_deeply(offered('run', '--workload', 'f'), ['fork'], 'workloads');
is_deeply(offered('run', '--workload', 'exec,fork:mb=0,1:'), [map { "exec,fork:mb=0,1:$_=" } qw(n warmup mb)], 'and their parameters');
is_deeply(offered('run', '--rig=s'), ['--rig=solo'], 'rigs');
is_deeply([sort @{offered('run', '--tier', '')}], ['exact', 'wall'], 'tiers');
is_deeply([sort @{offered('run', '--env', 'x')}], ['xen32', 'xen64'], 'envs');
is_deeply(offered('run', '--collect', 'xens'), ['xenstat'], 'collectors');
is_deeply(offered('list', 'var'), ['variants'], 'topics');
is_deeply(offered('history', 'ch'), ['changes'], 'views');
is_deeply(offered('compare', '--where', 'se'), ['seed='], 'axes of runs');
# The words of an option's help are what the command takes, and all of it: each, and no other.
for my $case (['compare', '--format'], ['compare', '--sort'], ['effects', '--format'], ['growth', '--format'],
	['history', '--format'], ['profile', '--format'], ['profile', '--who'], ['plot', '--theme'], ['plot', '--kind'],
	['export', '--format'], ['merge', '--prefer']) {
	my ($command, $option) = @$case;
	my $words = offered($command, $option, '');
	cmp_ok(scalar(@$words), '>', 1, "$command $option: there are values");
	my $ask = sub { ($command eq 'plot' ? pvmmu($command, $option, $_[0], '-o', "$tmp/x.svg", '/dev/null')->{err} : '') . pvmmu($command, $option, $_[0], $command eq 'history' ? () : '/dev/null')->{err} };
	like($ask->('frob'), qr/frob/, "$command $option: another is refused");
	unlike($ask->($_), qr/(unknown|expected)\b.*"$_"/, "$command $option: $_ is not") for @$words;
}

# The shells' scripts, asked as their shells would.
sub script
{
	my ($shell) = @_;
	my $said = pvmmu('help', "--$shell");
	is($said->{code}, 0, "a script for $shell");
	return spew("$tmp/completion.$shell", $said->{out});
}
like(pvmmu('help', '--csh')->{err}, qr/unknown command/, 'there is none for another shell');

# bash has cut the words at = and : and wants the last piece only.
my $bash = script('bash');
sub in_bash
{
	my ($line) = @_;
	my @pieces = $line =~ /[=:]+|[^\s=:]+/g;
	push @pieces, '' if $line =~ /\s$/;
	my $said = run_command('bash', '-c', 'source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { echo "$*"; }; _pvmmu; printf "%s\n" "${COMPREPLY[@]}"',
		'bash', $bash, $line, @pieces);
	is($said->{err}, '', "$line: no complaint");
	return [grep { length } split /\n/, $said->{out}];
}
is_deeply(in_bash("$pvmmu "), [@commands, '--help', '--version'], 'bash: commands');
is_deeply(in_bash("$pvmmu run --variant nat"), ['native'], 'bash: a value');
is_deeply(in_bash("$pvmmu run --variant=nat"), ['native'], 'bash: behind an equals sign');
is_deeply(in_bash("$pvmmu run --variant="), [@names, 'custom:'], 'bash: directly behind it');
is_deeply(in_bash("$pvmmu run --workload fork:m"), ['-o nospace', 'mb='], 'bash: a parameter goes on');
is_deeply(in_bash("$pvmmu run --workload fork:"), ['n=', 'warmup=', 'mb='], 'bash: behind a colon');
is_deeply(in_bash("$pvmmu compare res"), [], 'bash: files');
SKIP: {
	skip 'zsh is not installed', 4 if system('command -v zsh >/dev/null') != 0;
	my $zsh = script('zsh');
	my $in = sub {
		my $said = run_command('zsh', '-f', '-c', 'compdef() { :; }; compadd() { local a=${@[-1]}; print -rl -- "$*" "${(@P)a}"; }; _files() { print files; }; compset() { :; }; source $1; shift; words=("$@"); CURRENT=$#; PREFIX=$words[-1]; _pvmmu',
			'zsh', $zsh, $pvmmu, @_);
		return $said->{err} . $said->{out};
	};
	is($in->('run', '--variant=nat'), "-Q -a closed\n--variant=native\n", 'zsh: a value');
	is($in->('run', '--workload', 'fork:m'), "-Q -S  -a open\nfork:mb=\n", 'zsh: what goes on has no space behind it');
	is($in->('compare', 'res'), "files\n", 'zsh: files');
}
SKIP: {
	skip 'fish is not installed', 3 if system('command -v fish >/dev/null') != 0;
	my $fish = script('fish');
	local $ENV{HOME} = $tmp;
	local $ENV{PATH} = ($pvmmu =~ s|/[^/]*$||r) . ":$ENV{PATH}";
	my $in = sub { run_command('fish', '-N', '-c', 'source $argv[1]; complete -C $argv[2]', $fish, $_[0])->{out} =~ s/\t.*//gmr };
	is($in->('pvmmu run --variant nat'), "native\n", 'fish: a value');
	is($in->('pvmmu run --variant=nat'), "--variant=native\n", 'fish: behind an equals sign');
}
done_testing;
