# SPDX-License-Identifier: BSL-1.0
"""The files of the project, as git sees them; every file where there is no repository."""
import functools
import os
import pathlib
import subprocess


def names_from_git(root):
    """Tracked files and new ones that are not ignored; nothing if `root` is not the top of a repository."""
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    try:
        top = subprocess.run([*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=True)
        if pathlib.Path(top.stdout.strip()).resolve() != root:
            return []
        listed = subprocess.run(
            [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    return [name for name in listed.stdout.split("\0") if name]


def names_from_folders(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "build", "__pycache__")]
        for name in files:
            yield (pathlib.Path(folder) / name).relative_to(root).as_posix()


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        names = names_from_git(self.root) or names_from_folders(self.root)
        self.files = {name: None for name in sorted(names) if (self.root / name).is_file()}

    def text(self, path):
        return self._read(path)

    def lines(self, path):
        return self._read(path).splitlines()

    @functools.lru_cache(maxsize=None)
    def _read(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")
