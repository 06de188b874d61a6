#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# debian_sources.sh NAME...: fetches Debian's source packages of these names, unpacks each into build/debian/NAME with
# Debian's patches, and prints one folder a line. What is there already is not fetched again.
# The entries are those that the machine installs packages from, asked for sources; they, the lists and the cache lie
# under build/debian/.apt, so the machine's own configuration stays as it is, and no root is needed.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

store=$PWD/build/debian
own=$store/.apt
log=$own/log

give_up() {
    echo "debian_sources.sh: $*" >&2
    if [ -s "$log" ]; then tail -n 20 "$log" >&2; fi
    exit 1
}

# What the entries that begin with "deb" say, with "deb-src" in that place. Third parties, who may have no sources, are
# left out: Debian's suites bear the name of the release, and have a component main.
source_entries() {
    local release
    release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
    python3 - "${release:?no release in /etc/os-release}" /etc/apt/sources.list /etc/apt/sources.list.d/* <<'END'
import re
import sys

release, *files = sys.argv[1:]

def ours(suites, components):
    return any(s == release or s.startswith((release + "-", release + "/")) for s in suites) and "main" in components

def stanza(text):
    fields = {}
    name = None
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value
    words = lambda key: fields.get(key, "").split()
    if fields.get("enabled", "yes").strip().lower() in ("no", "false", "0"):
        return ""
    if "deb" not in words("types") or not ours(words("suites"), words("components")):
        return ""
    fields["types"] = " deb-src"
    fields.pop("architectures", None)
    return "".join(f"{key.title()}:{value}\n" for key, value in fields.items()) + "\n"

for file in files:
    try:
        text = open(file, encoding="utf-8").read()
    except OSError:
        continue
    if file.endswith(".sources"):
        for part in re.split(r"\n\s*\n", text):
            sys.stdout.write(stanza(part))
    elif file.endswith(".list"):
        for line in text.splitlines():
            found = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+(.+)", line)
            if found and ours([found[3]], found[4].split("#")[0].split()):
                options = re.findall(r"(signed-by|trusted)=(\S+)", found[1] or "", re.I)
                sys.stdout.write(f"Types: deb-src\nUris: {found[2]}\nSuites: {found[3]}\n")
                sys.stdout.write("Components: " + found[4].split("#")[0].strip() + "\n")
                sys.stdout.write("".join(f"{k.title()}: {v}\n" for k, v in options) + "\n")
END
}

# apt-get with a configuration of its own. As root it would become a user who may not write here.
own_apt() {
    LC_ALL=C apt-get -q -y -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$own/sources.list.d" \
        -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o APT::Sandbox::User= \
        -o Acquire::Retries=3 -o Acquire::Languages=none "$@" >>"$log" 2>&1
}

prepare() {
    mkdir -p "$own/sources.list.d" "$own/lists/partial" "$own/cache/archives/partial"
    : >"$log"
    command -v apt-get >/dev/null || give_up "no apt-get. On another system put the sources into $store/NAME yourself."
    command -v dpkg-source >/dev/null || give_up "no dpkg-source: install the package dpkg-dev"
    source_entries >"$own/sources.list.d/debian.sources"
    [ -s "$own/sources.list.d/debian.sources" ] || give_up "no entry of Debian's in /etc/apt/sources.list*"
    # A mirror that failed matters only if the package does not come from another one.
    own_apt update || echo "debian_sources.sh: some list of sources could not be read" >&2
}

fetch() {
    local name=$1 folder=$own/$1
    rm -rf "$folder" "$folder.tree"
    mkdir -p "$folder"
    (cd "$folder" && own_apt source --download-only --only-source "$name") ||
        give_up "the source package $name could not be fetched"
    # apt has compared the digests with the signed list.
    dpkg-source --no-check --no-copy -x "$folder"/*.dsc "$folder.tree" >>"$log" 2>&1 ||
        give_up "the source package $name could not be unpacked"
    mv "$folder.tree" "$store/$name"
    rm -rf "$folder"
}

[ $# -gt 0 ] || { sed -n '3,6s/^# *//p' "${BASH_SOURCE[0]}" >&2 && exit 2; }
mkdir -p "$own"
exec 9>"$own/lock"
flock 9 # another suite may want the same at this moment
prepared=
for name in "$@"; do
    case $name in *[!a-z0-9+.-]* | '' | .*) give_up "not a package: $name" ;; esac
    if [ ! -d "$store/$name" ]; then
        [ -n "$prepared" ] || prepare
        prepared=yes
        fetch "$name"
    fi
    echo "$store/$name"
done
rm -rf "$own/lists" "$own/cache" # 30 MB
