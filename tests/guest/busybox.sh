# SPDX-License-Identifier: MIT
# What ten applets of busybox print, between lines that name them. $1: busybox, $2: a
# directory to work in, empty or not there yet: the guest's /tmp may have the files of the test in it.
BB=$1
$BB mkdir -p "$2" && cd "$2" || exit 1

echo '== sh'
n=0
sum=0
while [ $n -lt 100 ]; do
	sum=$((sum + $(echo 1$n | $BB cat | $BB tr 0-9 9876543210)))
	n=$((n + 1))
done
echo "$n $sum"
say() { echo "$1:${2:-nothing}:$#"; }
say a
say b 'c d' e
for i in 1 2 3; do
	case $i in
	2) continue ;;
	*) (exit $i) ;;
	esac
	echo "exit $?"
done
(trap 'echo caught' USR1; kill -USR1 $(exec $BB sh -c 'echo $PPID'); echo after)
$BB sleep 5 &
kill $!
wait $!
echo "killed $?"
$BB cat <<END | while read -r a b; do echo "$b $a"; done
one two
$(echo three four)
END
echo 'echo $0 $1' > script
$BB sh ./script argument 3>&1 1>&2 2>&3 | $BB wc -l
set -- x y z
shift
echo "$* $(pwd | $BB sed 's,.*/,,' | $BB wc -w)"

n=0
while [ $n -lt 300 ]; do
	echo "$((n * 7919 % 1009)) word$((n % 17)) $n"
	n=$((n + 1))
done > table

echo '== sort'
$BB sort -n table | $BB head -n 3
$BB sort -k 2,2 -k 1,1nr table | $BB tail -n 3
$BB sort -u -k 2,2 table | $BB wc -l
$BB sort -r table | $BB md5sum

echo '== awk'
$BB awk '{ n[$2] += $1 } END { for (w in n) print w, n[w] }' table | $BB sort
$BB awk -F '[ d]' 'NR % 50 == 0 { printf "%05d|%-8s|%.3f\n", $1, $2, $3 / 7 }' table
$BB awk 'BEGIN { while (("echo a b; echo c" | getline line) > 0) print toupper(line); print substr("hello", 2, 3), index("abc", "c") }'

echo '== sed'
$BB sed -n '2,4p;/^1 /{s/word/W/;p}' table
$BB sed -e 's/\([0-9]*\) \(.*\) \(.*\)/\3-\2-\1/' -e '5q' table
$BB cp table edited
$BB sed -i '1,290d;y/abc/xyz/' edited
$BB cat edited

echo '== find'
$BB mkdir -p tree/a/b/c tree/d
for f in tree/a/one tree/a/b/two.txt tree/d/three.txt; do echo $f > $f; done
$BB ln -s a/one tree/link
$BB find tree | $BB sort
$BB find tree -name '*.txt' -exec $BB cat {} \; | $BB sort
$BB find tree -type d -name '[bc]' | $BB sort
$BB find tree -type l
$BB find tree -type f -print0 | $BB xargs -0 -n 1 $BB wc -c | $BB sort

echo '== grep'
$BB grep -c word1 table
$BB grep -n '^100[0-9] ' table | $BB sort -n | $BB head -n 5
$BB grep -E -o 'word(3|5) 29.' table
$BB grep -r three tree
$BB grep -v -i WORD table
echo "status $?"

echo '== tar'
$BB tar cf archive.tar tree
$BB tar tf archive.tar | $BB sort
$BB mkdir out
$BB tar xf archive.tar -C out
$BB diff -r tree out/tree && echo equal
$BB readlink out/tree/link
$BB tar cf - tree | $BB tar xOf - tree/a/one
$BB rm -r out

echo '== gzip'
$BB gzip -c < table | $BB sha256sum
$BB gzip table
$BB gunzip -c table.gz | $BB wc
$BB gunzip table.gz
$BB dd if=/dev/zero bs=1024 count=1024 2> /dev/null | $BB gzip | $BB gunzip | $BB wc -c

echo '== sha256sum'
$BB sha256sum table edited
$BB sha256sum table > sums
$BB sha256sum -c sums
echo more >> table
$BB sha256sum -c sums 2> /dev/null
echo "status $?"
printf '' | $BB sha256sum

echo '== bc'
echo '2 ^ 200; scale = 30; 1 / 7; sqrt(2)' | $BB bc
printf 'define f(n) {\nif (n < 2) return (1)\nreturn (n * f(n - 1))\n}\nf(30)\n' | $BB bc
echo '16 i FF 2 * p' | $BB dc

echo '== end'
$BB ls | $BB sort
