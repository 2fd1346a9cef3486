# SPDX-License-Identifier: GPL-2.0-only
# A page with its parts: a line '.\" include NAME' is replaced by the file dir/NAME.
$1 == ".\\\"" && $2 == "include" {
	file = dir "/" $3
	while ((got = (getline line <file)) > 0)
		print line
	if (got < 0) {
		print FILENAME ": no file " file >"/dev/stderr"
		exit 1
	}
	close(file)
	next
}
{ print }
