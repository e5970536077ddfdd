// SPDX-License-Identifier: MIT
/*
 * Only a command sees the table of its options. So each command is run with --help, while
 * options_help prints the help in another format.
 *
 * In the source of a page a line that begins with a dot or an apostrophe is an order, and a
 * backslash begins one within a line; a hyphen that is to be copied and pasted is written \-.
 */
#include "manual.h"

#include <stdio.h>
#include <string.h>

#include "lib/outcome.h"
#include "lib/options.h"

static void put(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (i == 0 && (c == '.' || c == '\''))
			fputs("\\&", stdout);
		if (c == '\\')
			fputs("\\e", stdout);
		else if (c == '-')
			fputs("\\-", stdout);
		else if (c == '~')
			fputs("\\(ti", stdout);
		else if (c == '^')
			fputs("\\(ha", stdout);
		else if (c == '`')
			fputs("\\(ga", stdout);
		else if (c == '\'')
			fputs("\\(aq", stdout);
		else
			putchar(c);
	}
}

static void put_line(const char *text)
{
	put(text, strlen(text));
	putchar('\n');
}

/*
 * A text as it stands in a command's details: lines that begin with blanks are kept as they are,
 * others are filled, an empty one parts paragraphs.
 */
static void put_text(const char *text)
{
	bool kept = false, fresh = false;

	for (const char *end; *text; text = *end ? end + 1 : end) {
		size_t n;

		end = strchrnul(text, '\n');
		n = (size_t)(end - text);
		if (!n) {
			fresh = true;
			continue;
		}
		if ((*text == ' ') != kept)
			puts(kept ? ".fi" : ".nf");
		else if (fresh)
			puts(kept ? "" : ".PP");
		kept = *text == ' ';
		fresh = false;
		put(text, n);
		putchar('\n');
	}
	if (kept)
		puts(".fi");
}

static void put_option(char letter, const char *name, const char *argument, const char *help)
{
	puts(".TP");
	if (letter)
		printf("\\fB\\-%c\\fR, ", letter);
	fputs("\\fB\\-\\-", stdout);
	put(name, strlen(name));
	fputs("\\fR", stdout);
	if (argument) {
		fputs(" \\fI", stdout);
		put(argument, strlen(argument));
		fputs("\\fR", stdout);
	}
	putchar('\n');
	put_line(help);
}

static void put_command(const struct command *cmd, const struct option_spec *specs)
{
	printf(".SS ");
	put_line(cmd->name);
	fputs("\\fBpvmmu\\fR ", stdout);
	put_line(cmd->usage);
	puts(".PP");
	printf("%c", cmd->summary[0] >= 'a' && cmd->summary[0] <= 'z' ? cmd->summary[0] - 32
								      : cmd->summary[0]);
	put(cmd->summary + 1, strlen(cmd->summary) - 1);
	puts(".");
	if (cmd->details) {
		puts(".PP");
		put_text(cmd->details);
	}
	for (const struct option_spec *o = specs; o->name; o++)
		put_option(o->letter, o->name, o->argument, o->help);
	put_option('h', "help", NULL, "this text");
}

static void put_terms(const char *const (*terms)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf(".TP\n\\fB");
		put(terms[i][0], strlen(terms[i][0]));
		puts("\\fR");
		put_line(terms[i][1]);
	}
}

static void put_exit_codes(void)
{
	puts(".SH EXIT STATUS");
	printf(".TP\n\\fB%d\\fR\nfine\n", EXIT_FINE);
	for (int o = OUTCOME_SKIP; o < NR_OUTCOMES; o++) {
		printf(".TP\n\\fB%d\\fR\n%s: ", outcome_exit((enum outcome)o),
		       outcome_name((enum outcome)o));
		put_line(outcome_meaning((enum outcome)o));
	}
	printf(".TP\n\\fB%d\\fR\nusage\n.TP\n\\fB%d\\fR\ninterrupted; nothing is left running\n.PP\n",
	       EXIT_USAGE, EXIT_INTERRUPTED);
	puts("The worst of several runs counts: error, crash, timeout, failure, skip.");
}

static void put_surroundings(void)
{
	static const char *const variables[][2] = {
		{"PVMMU_ROOT",
		 "the project's root, if the program does not lie below it; as --root"},
		{"PVMMU_QEMU", "the QEMU that is run (qemu-system-x86_64)"},
		{"PVMMU_RESULT_LIMIT", "MiB that a result set may have at most to be read (64)"},
		{"PVMMU_INSTRUCTION_CLOCK", "set by rig box: its processors count instructions"},
		{"PVMMU_STOP_AFTER_MS",
		 "for `make exactness`: stop a machine whose state is kept so long after it says "
		 "that it may be; it must make no difference"},
		{"NO_COLOR", "if set to anything: no colours on a terminal"},
		{"TERM", "if it is dumb: no progress, no colours"},
		{"COLUMNS", "how wide a terminal is that does not tell"},
		{"TMPDIR", "where temporary files go (/tmp)"},
		{"PATH", "where gnuplot, git, QEMU and others are looked for"},
	};
	static const char *const files[][2] = {
		{"results/", "result sets, for commands that are given none"},
		{"results/verdict.json", "how the last run or judgement ended, and why"},
		{"results/noise.json", "the noise floor, by `pvmmu aa`"},
		{"results.schema.json", "what a result set is; also marks the project's root"},
		{"verdict.schema.json, declaration.schema.json", "likewise"},
		{"build/share/", "variants, workloads and their parameters, as built"},
		{"build/warm/", "machines' states after booting, to start from"},
	};

	puts(".SH ENVIRONMENT");
	put_terms(variables, sizeof(variables) / sizeof(*variables));
	puts(".SH FILES");
	put_terms(files, sizeof(files) / sizeof(*files));
}

void manual_page(const struct command *const *commands, size_t n)
{
	char *words[] = {(char[]){"pvmmu"}, (char[]){"--help"}, NULL};

	printf(".\\\" Made by `pvmmu help --man` of what --help says.\n"
	       ".TH PVMMU 1 \"\" \"pvmmu %s\" \"\"\n.SH NAME\n"
	       "pvmmu \\- what each way of managing page tables costs a Xen PV guest\n"
	       ".SH SYNOPSIS\n\\fBpvmmu\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n"
	       ".br\n\\fBpvmmu help\\fR [\\fICOMMAND\\fR | \\fB\\-\\-man\\fR | \\fB\\-\\-bash\\fR | \\fB\\-\\-zsh\\fR | \\fB\\-\\-fish\\fR]\n"
	       ".br\n\\fBpvmmu \\-\\-version\\fR\n.SH DESCRIPTION\n",
	       PVMMU_VERSION);
	put_text(
		"A small guest kernel, with its MMU layer built in variants, boots as a PV guest on "
		"Xen, runs workloads that are ordinary Linux programs, and hands over samples. They "
		"go into a result set, a file of JSON, of which the other commands make tables, "
		"charts, verdicts and sites.\n");
	puts(".SH COMMANDS");
	options_help = put_command;
	for (size_t i = 0; i < n; i++)
		commands[i]->run(2, words);
	options_help = NULL;
	put_exit_codes();
	put_surroundings();
	puts(".SH EXAMPLES");
	put_text(
		"  pvmmu run --variant eager,batched,native --workload fork:mb=16 --out results/a.json\n"
		"  pvmmu compare results/a.json --tax\n"
		"  pvmmu plot results/a.json -o a.svg --theme both\n"
		"  pvmmu verdict results/b.json --base results/a.json --gate 'fork:insns<=+1%'\n"
		"  pvmmu publish --to /srv/www/pvmmu\n");
	puts(".SH SEE ALSO");
	put_text("README.md and docs/ of the project.\n");
}

/* Each asks `pvmmu help --complete` (complete.h) with the words up to the cursor. */
static const struct {
	const char *shell, *script;
} completions[] = {
	/* bash breaks words at = and : as well, and replaces only the last piece. */
	{"bash",
	 "# Completion in bash: source <(pvmmu help --bash)\n"
	 "_pvmmu()\n{\n"
	 "\tlocal line=${COMP_LINE:0:COMP_POINT} piece=${COMP_WORDS[COMP_CWORD]} whole one\n"
	 "\tlocal -a words found\n"
	 "\tread -ra words <<< \"$line\"\n"
	 "\t[[ $line = *[[:space:]] ]] && words+=('')\n"
	 "\twhole=${words[-1]}\n"
	 "\t[[ $piece = [=:] ]] && piece=\n"
	 "\tmapfile -t found < <(\"${words[0]/#\\~/$HOME}\" help --complete \"${words[@]:1}\" 2> /dev/null)\n"
	 "\tCOMPREPLY=()\n"
	 "\tfor one in \"${found[@]%%$'\\t'*}\"; do\n"
	 "\t\tCOMPREPLY+=(\"${one#\"${whole%\"$piece\"}\"}\")\n"
	 "\tdone\n"
	 "\t# What ends like this goes on.\n"
	 "\t[[ ${#COMPREPLY[@]} = 1 && ${COMPREPLY[0]} = *[=:,] ]] && compopt -o nospace\n"
	 "\treturn 0\n"
	 "}\n"
	 "# Where pvmmu knows nothing, files are meant.\n"
	 "complete -o default -F _pvmmu pvmmu build/pvmmu ./build/pvmmu\n"},
	{"zsh",
	 "#compdef pvmmu\n"
	 "# Completion in zsh, behind compinit: source <(pvmmu help --zsh)\n"
	 "_pvmmu()\n{\n"
	 "\tlocal -a found open closed\n"
	 "\tlocal one\n"
	 "\tfound=(\"${(@f)$(${~words[1]} help --complete \"${(@)words[2,CURRENT]}\" 2> /dev/null)}\")\n"
	 "\tfor one in \"${(@)found%%$'\\t'*}\"; do\n"
	 "\t\tcase $one in '') ;; *[=:,]) open+=(\"$one\") ;; *) closed+=(\"$one\") ;; esac\n"
	 "\tdone\n"
	 "\tif (( $#open + $#closed == 0 )); then\n\t\t[[ $PREFIX = --*=* ]] && compset -P '*='\n\t\t_files\n\t\treturn\n\tfi\n"
	 "\t(( $#open )) && compadd -Q -S '' -a open\n"
	 "\t(( $#closed )) && compadd -Q -a closed\n"
	 "}\n"
	 "compdef _pvmmu pvmmu build/pvmmu ./build/pvmmu\n"},
	{"fish", "# Completion in fish: pvmmu help --fish | source\n"
		 "function __pvmmu_complete\n"
		 "\tset -l words (commandline -opc) (commandline -ct)\n"
		 "\t$words[1] help --complete $words[2..-1] 2>/dev/null\n"
		 "end\n"
		 "complete -c pvmmu -a '(__pvmmu_complete)'\n"},
};

bool manual_completion(const char *shell)
{
	for (size_t i = 0; i < sizeof(completions) / sizeof(*completions); i++) {
		if (strcmp(completions[i].shell, shell) != 0)
			continue;
		fputs(completions[i].script, stdout);
		return true;
	}
	return false;
}
