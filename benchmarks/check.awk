# SPDX-License-Identifier: BSL-1.0
# Holds figures to budgets: awk -v slack=1.02 -f check.awk BUDGETS FIGURES. Each line is a key of words and a last word,
# the figure; it may be above its budget by the factor `slack`. Lines with # and heads are left out.
function key() {
    text = $1
    for (i = 2; i < NF; i++) text = text " " $i
    return text
}
/^#/ || $NF !~ /^-?[0-9]+$/ { next }
NR == FNR { limit[key()] = $NF; next }
{ seen++ }
!(key() in limit) { print "no budget for " key(); bad = 1; next }
$NF > limit[key()] * slack { print key() ": " $NF " is above its budget of " limit[key()]; bad = 1 }
END {
    if (seen == 0) print "no figures"
    exit bad || seen == 0
}
