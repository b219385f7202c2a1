#!/bin/sh
# Runs shellcheck on every sh file of the project: whatever begins with #!/bin/sh.
set -eu
cd "$(dirname "$0")/.."

command -v shellcheck >/dev/null || {
	echo 'shellcheck is not installed' >&2
	exit 1
}
all=$(mktemp)
sh_files=$(mktemp)
trap 'rm -f "$all" "$sh_files"' EXIT
git ls-files -co --exclude-standard >"$all"
while read -r file; do
	[ -f "$file" ] || continue
	IFS= read -r first <"$file" || true
	[ "$first" != '#!/bin/sh' ] || printf '%s\n' "$file"
done <"$all" >"$sh_files"

count=$(wc -l <"$sh_files")
[ "$count" -gt 0 ] || {
	echo 'found no sh files: is this the checkout?' >&2
	exit 1
}
xargs -d '\n' shellcheck <"$sh_files"
echo "shellcheck: $count files are clean"
