#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Uses barelink as a stranger does.

usage: usage.py subproject|pkgconfig|cmake SOURCE_ROOT

subproject  a meson project that has barelink below subprojects/: nothing but the stranger's program may be built
pkgconfig   a meson project, and a plain compiler call, with the installed headers found by pkg-config
cmake       a CMake project with the installed headers found by find_package, from a tree that was moved
"""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def run(*command, **environment):
    """Runs a command; returns its output, or ends the test with it."""
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)}\n{done.stdout}\nstatus {done.returncode}")
    return done.stdout


def stranger(root, kind, folder):
    """Lays out the stranger's project: its build file and the two-line program."""
    project = folder / "stranger"
    shutil.copytree(root / "tests" / "usage" / kind, project)
    shutil.copy(root / "tests" / "usage" / "main.cpp", project)
    return project


def install(root, folder):
    """Installs barelink, and moves the installed tree: nothing in it may know where it was."""
    first, prefix = folder / "first", folder / "prefix"
    build = folder / "build-barelink"
    run("meson", "setup", str(build), str(root), f"--prefix={first}", "-Dtests=false", "-Dexamples=false")
    run("meson", "install", "-C", str(build))
    shutil.copytree(first, prefix)
    for name in ("include/barelink", "share/licenses/barelink/LICENSE"):
        if not (prefix / name).exists():
            sys.exit(f"not installed: {name}")
    return first, prefix


def use_subproject(root, folder):
    project = stranger(root, "meson", folder)
    copy = project / "subprojects" / "barelink"
    copy.mkdir(parents=True)
    # What a subproject may need; there are no tests and no examples here, so nothing can want to build them.
    for name in ("meson.build", "meson_options.txt"):
        shutil.copy(root / name, copy)
    shutil.copytree(root / "include", copy / "include")
    build = str(folder / "build")
    run("meson", "setup", build, str(project), "--wrap-mode=default")
    built = json.loads(run("meson", "introspect", "--targets", build))
    if [target["name"] for target in built] != ["device"]:
        sys.exit(f"builds more than the stranger's program: {[target['name'] for target in built]}")
    if json.loads(run("meson", "introspect", "--installed", build)):
        sys.exit("a subproject must not install anything")
    run("meson", "test", "-C", build)


def use_pkgconfig(root, folder):
    first, _ = install(root, folder)
    found = {"PKG_CONFIG_PATH": str(first / "share" / "pkgconfig")}
    project = stranger(root, "meson", folder)
    build = str(folder / "build")
    run("meson", "setup", build, str(project), "--wrap-mode=nofallback", **found)
    run("meson", "test", "-C", build)
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "barelink", **found))
    program = str(folder / "plain")
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    run(*compiler, "-std=c++20", str(project / "main.cpp"), *flags, "-o", program)
    run(program)


def use_cmake(root, folder):
    if not shutil.which("cmake"):
        print("no cmake here")
        sys.exit(SKIPPED)
    first, prefix = install(root, folder)
    shutil.rmtree(first)
    project = stranger(root, "cmake", folder)

    def configure(build, asked):
        paths = ("-S", str(project), "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}")
        return ("cmake", "-G", "Ninja", *paths, f"-DBARELINK_ASKED={asked}")

    version = json.loads(run("meson", "introspect", "--projectinfo", str(folder / "build-barelink")))["version"]
    build = str(folder / "build")
    run(*configure(build, version))
    run("cmake", "--build", build)
    run(str(folder / "build" / "device"))
    # A version that is not there must be refused, and by its number.
    major = int(version.split(".")[0])
    refused = subprocess.run(
        configure(str(folder / "build-newer"), f"{major + 1}.0"), capture_output=True, text=True, check=False
    )
    if refused.returncode == 0 or f"version: {version}" not in refused.stderr:
        sys.exit(f"version {major + 1}.0 was not refused:\n{refused.stderr}")


def main():
    ways = {"subproject": use_subproject, "pkgconfig": use_pkgconfig, "cmake": use_cmake}
    if len(sys.argv) != 3 or sys.argv[1] not in ways:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        ways[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(folder))


if __name__ == "__main__":
    main()
