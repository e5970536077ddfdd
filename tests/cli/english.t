#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Plain English begins with its subject: no sentence in a comment, a text of the program or a document
# begins with Of, Who, Whose, What or That. Code, headings and quoted output are not looked at.
use strict;
use warnings;
use File::Find qw(find);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# Directories and files that are held to it.
my @places = qw(abi bench collectors guest-kernel workloads mk plots tests .ci Makefile);

my $banned = qr/(?:Of|Who|Whose|What|That)\b(?!')/;

# Sentences of a text that begin in a banned way. A sentence begins where the text does, with a capital
# letter, or behind a full stop; a colon or a semicolon begins none.
sub wrong_sentences
{
	my ($text) = @_;
	$text =~ s/\s+/ /g;
	return map { substr $_, 0, 60 } grep { /^["'(\[]*$banned/ } split /(?<=[.!?])["')\]]*\s+(?=["'(\[]*[A-Z])/, $text =~ s/^ //r;
}

# The comments and texts of C as [line, text]: a paragraph of a comment is a text, and so are strings
# that stand one behind the other.
sub texts_of_c
{
	my ($source) = @_;
	my ($line, $string, @texts) = (1);
	while ($source =~ m{\G(?:(/\*.*?\*/|//[^\n]*(?:\n[ \t]*//[^\n]*)*)|"((?:[^"\\]|\\.)*)"|('(?:[^'\\]|\\.)*')|(\s+)|(.))}gs) {
		my ($comment, $text, $other) = ($1, $2, $3 // $5);
		if (defined $comment) {
			my $at = $line;
			for my $paragraph (split /\n[ \t]*\*?[ \t]*\n/, $comment) {
				push @texts, [$at, $paragraph =~ s{^\s*(?:/\*+|\*/|\*|//)|\*/$}{}gmr];
				$at += 2 + ($paragraph =~ tr/\n//);
			}
		}
		if (defined $text) {
			push @texts, $string = [$line, ''] if !$string;
			$string->[1] .= $text =~ s/\\[nt]/ /gr =~ s/\\(.)/$1/gr;
		}
		undef $string if defined $other;
		$line += ($& =~ tr/\n//);
	}
	return @texts;
}

# The sentences of a document: without headings and blocks of code; an item of a list and a cell of a
# table begin a text.
sub texts_of_markdown
{
	my ($source) = @_;
	my ($line, $code, $text, @texts) = (0, 0);
	for (split /\n/, $source) {
		$line++;
		$code = !$code if /^\s*```/;
		if ($code || /^(?:\s*```|#|\s*$|    |\t)/) {
			undef $text;
			next;
		}
		s/`[^`]*`/`x`/g;
		undef $text if /^\s*(?:[-*]|\d+\.)\s|^\|/;
		s/^\s*(?:[-*]|\d+\.)\s+//;
		if (/^\|/) {
			push @texts, map { [$line, $_] } split /\|/;
			next;
		}
		push @texts, $text = [$line, ''] if !$text;
		$text->[1] .= "$_ ";
	}
	return @texts;
}

# The comments of a script as [line, text]: lines of comments that follow each other are a text, and a
# comment behind code is one. An empty comment line ends a paragraph. `#` begins a comment in a string
# too: that is rare, and such a string has to pass as well.
sub texts_of_script
{
	my ($source, $mark) = @_;
	my ($line, $text, @texts) = (0);
	for (split /\n/, $source) {
		$line++;
		if (/^\s*$mark(?!!)\s*(\S.*)/) {
			push @texts, $text = [$line, ''] if !$text;
			$text->[1] .= "$1 ";
			next;
		}
		undef $text;
		push @texts, [$line, $1] if /\S\s+$mark\s+(\S.*)/;
	}
	return @texts;
}

# How to find the texts of a file, or undef if it has none.
sub texts_in
{
	my ($name, $source) = @_;
	return $name =~ /\.md$/ ? \&texts_of_markdown
		: $name =~ /\.(?:[chS]|css)$/ ? \&texts_of_c
		: $name =~ /\.js$/ ? sub { texts_of_script($_[0], '//') }
		: $name =~ /\.(?:t|pl|pm|py|sh|awk|mk|gp|cfg)$|Makefile$/ || $source =~ /^#!/ ? sub { texts_of_script($_[0], '#') }
		: undef;
}

sub wrong_in
{
	my ($name, $source) = @_;
	my $texts_of = texts_in($name, $source) or return;
	my @texts = $texts_of->($source);
	my @wrong;
	for my $text (@texts) {
		push @wrong, map { "$name:$text->[0]: $_" } wrong_sentences($text->[1] =~ s/\*\*//gr);
	}
	return @wrong;
}

# Sentences that it catches, and others that pass.
for my $case (
	['x.c', "/* Of two lines the second. */", 1],
	['x.c', "/*\n * It runs.\n * Who waits, waits\n * long. What is left? That is it.\n */", 3],
	['x.c', "/* It runs.\n *\n * Whose they are. */", 1],
	['x.c', "// That is it.\nint x;\n// What else.", 2],
	['x.c', "int x; /* of one file */", 0],
	['x.c', "/* Offset of it: What it says. That's it. */", 0],
	['x.c', 'f("it runs. " "Of course");', 1],
	['x.c', 'f("What of it");', 1],
	['x.c', 'f("what of it", "Official");', 0],
	['x.c', 'f("a \" /* Of a string */", \'"\'); /* Of a comment */', 1],
	['x.md', "# What it is\n\nThat is it. Of these\n- What else\n\n    What code\n", 3],
	['x.t', "#!/bin/x\n# Of two\n# the second. What else.\n#\n# Who else.\nx();\t# That one", 4],
	['x.mk', "x := 1 # of what\n# Such\ny#Of\n", 0],
	['x.js', "// What else.\nf(/x/); // Of it", 2],
	['x', "#!/bin/sh\n# What else.", 1],
	['x', "# What else.", 0],
	['x.md', "| a | Of b |\n\n```\nWhat code\n```\n`f`. The rest.", 1],
) {
	my ($name, $source, $n) = @$case;
	my @found = wrong_in($name, $source);
	is(scalar @found, $n, $source =~ s/\n/ /gr) or diag(join "\n", @found);
}

chdir $root or die;
my (@files, @wrong);
find({no_chdir => 1, wanted => sub { push @files, $_ if -f && !-l && !m{^tests/(?:golden|cli/english\.t|fuzz/corpus)} }}, @places);
cmp_ok(scalar @files, '>', 50, 'the sources are looked at');
push @wrong, wrong_in($_, slurp($_)) for sort @files;
is_deeply(\@wrong, [], 'no sentence begins with Of, Who, Whose, What or That') or diag(join "\n", @wrong);

done_testing();
