#!/bin/sh
# Runs shellcheck on every sh file of the project: whatever begins with #!/bin/sh.
set -eu

git ls-files -co --exclude-standard | while read -r file; do
	[ -f "$file" ] || continue
	IFS= read -r first <"$file" || true
	[ "$first" = '#!/bin/sh' ] && printf '%s\n' "$file"
done >"${TMPDIR:-/tmp}/whaleware-sh-files" || true

count=$(wc -l <"${TMPDIR:-/tmp}/whaleware-sh-files")
[ "$count" -gt 5 ] || {
	echo "found only $count sh files: is this the checkout?" >&2
	exit 1
}
xargs -d '\n' shellcheck <"${TMPDIR:-/tmp}/whaleware-sh-files"
echo "shellcheck: $count files are clean"
