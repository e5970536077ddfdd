#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# make deps, with stand-ins for apt-get, dpkg-query, id and sudo: it must do
# nothing when nothing is missing, and ask for exactly what is.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use workloads_lib;

# A PATH with the ordinary tools of the recipe, and our stand-ins.
mkdir "$tmp/$_" for qw(tools sudo);
for my $tool (qw(sh make sed grep tr env mkdir echo)) {
	my ($path) = grep { -x } map { "$_/$tool" } qw(/usr/bin /bin);
	symlink($path, "$tmp/tools/$tool") or die "$tool: $!";
}

sub stand_in
{
	my ($name, $script) = @_;
	open(my $f, '>', "$tmp/$name") or die "$name: $!";
	print $f "#!/bin/sh\n$script\n";
	close($f);
	chmod 0755, "$tmp/$name";
}

my $log = "$tmp/log";
stand_in('tools/apt-get',    "echo \"apt-get \$*\" >>$log\nexit \${APT_STATUS:-0}");
stand_in('tools/id',         'echo $FAKE_UID');
stand_in('sudo/sudo',        "echo \"sudo\" >>$log\nexec \"\$@\"");
# Installed is all that was asked for but what $MISSING names.
stand_in('tools/dpkg-query', <<'EOS');
[ "$1 $2" = "-W -f" ] || exit 2
shift 3
for p; do
	case " $MISSING " in
	*" $p "*) echo "no packages found matching $p" >&2 ;;
	*) case " $REMOVED " in *" $p "*) echo "config-files $p" ;; *) echo "installed $p" ;; esac
	esac
done
EOS

sub deps
{
	my (%env) = @_;
	my $path = "$tmp/tools" . ($env{sudo} ? ":$tmp/sudo" : '');

	unlink $log;
	my ($status, $out, $err) = run(
		'env', '-i', "PATH=$path", 'FAKE_UID=' . ($env{uid} // 0),
		"MISSING=" . ($env{missing} // ''), "REMOVED=" . ($env{removed} // ''),
		"APT_STATUS=" . ($env{apt} // 0),
		'/usr/bin/make', '--no-print-directory', '-C', $root, '-f', 'mk/deps.mk',
		"BUILD=$tmp/build", @{$env{make} // []}, 'deps');
	return ($status, $out, $err, -e $log ? slurp($log) : '');
}

my ($status, $out, $err, $did) = deps();
is("$status|$out|$err|$did", '0|||', 'nothing is missing: silent, no apt-get, no sudo');
is((deps(uid => 1000))[0], 0, 'nothing is missing: no need of root');

my $install = 'apt-get install -q -y --no-install-recommends';
($status, $out, $err, $did) = deps(missing => 'jq musl-tools', removed => 'clang');
is($status, 0, 'three missing: installed');
is($did, "apt-get update -q\n$install clang musl-tools jq\n", 'three missing: just these, after an update');
is(scalar(grep { /^  (clang|musl-tools|jq) +\w/ } split /\n/, $out), 3, 'three missing: a line for each');
unlike($out, qr/_/, 'three missing: the reasons read as text');

($status, $out, $err, $did) = deps(missing => 'jq', uid => 1000, sudo => 1);
is($status, 0, 'not root, with sudo');
is($did, "sudo\napt-get update -q\nsudo\n$install jq\n", 'not root, with sudo: through sudo');

($status, $out, $err, $did) = deps(missing => 'jq', uid => 1000);
is($status, 2, 'neither root nor sudo: fails');
is($did, '', 'neither root nor sudo: nothing was tried');
like($err, qr/neither root nor sudo.*apt-get install jq$/m, 'neither root nor sudo: says what to do');

is((deps(missing => 'jq', apt => 100))[0], 2, 'apt-get fails: so does make');

# The makefiles' questions at parse time are asked again after the installation.
open(my $f, '>', "$tmp/goal.mk") or die;
print $f "READ := \$(shell [ -e $log ] && echo after || echo before)\ngoal:\n\t\@echo goal \$(READ)\n";
close($f);
like((deps(missing => 'jq', make => ['-j4', '-f', "$tmp/goal.mk", 'goal']))[1],
	qr/^goal after$/m, 'goals beside deps: made by makefiles read after the installation');
($status, $out, $err, $did) = deps(make => ['-f', "$tmp/goal.mk", 'goal']);
is("$out$did", "goal before\n", 'goals beside deps: nothing to install, nothing to read again');
($status, $out, $err, $did) = deps(missing => 'jq', make => ['-n']);
is("$status$did", '0', 'a dry run installs nothing');
($status, $out, $err, $did) = deps(missing => 'jq', apt => 100, make => ['-f', "$tmp/goal.mk", 'goal']);
is($status, 2, 'apt-get fails: make fails');
unlike($out, qr/^goal/m, 'apt-get fails: nothing else is made');

unlink "$tmp/tools/apt-get";
($status, $out, $err, $did) = deps(missing => 'jq');
is($status, 2, 'no apt: fails');
like($err, qr/no apt; install by hand: .*gcc .*qemu-system-x86/, 'no apt: says what is needed');

done_testing();
