# SPDX-License-Identifier: MIT
"""Makes #include find a header whatever its case, as on Windows.

Comes in: include folders. Goes out: an overlay file for clang's -ivfsoverlay in
which those folders are case-insensitive. Backslashes in include names are turned
by clang itself under -fms-compatibility.
When every folder lies below the overlay's own folder, names in it are relative to
the overlay, so the whole may be installed or moved together; otherwise absolute.
Clang then also needs -Wno-nonportable-include-path, and -I must name a folder by
the path without symbolic links or "..".
"""
import argparse
import os


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def folder_entries(path, name_of):
    """Yields the overlay lines of what lies in one folder, folders last."""
    seen = set()
    for name in sorted(os.listdir(path)):
        inside = os.path.join(path, name)
        if name.startswith(".") or name.lower() in seen:
            continue
        if os.path.isdir(inside):
            yield "{ 'name': %s, 'type': 'directory', 'contents': [" % quote(name)
            yield from folder_entries(inside, name_of)
            yield "]},"
        elif not name.endswith(".md"):
            yield "{ 'name': %s, 'type': 'file', 'external-contents': %s }," % (
                quote(name), quote(name_of(inside)))
        seen.add(name.lower())


def emit(include_dirs, out_file):
    """Writes the overlay of include_dirs to out_file. Folders that are not there
    are an error: a misspelt one would quietly stay case-sensitive."""
    out_file = os.path.abspath(out_file)
    base = os.path.dirname(out_file)
    folders = [os.path.abspath(folder) for folder in include_dirs]
    for folder in folders:
        if not os.path.isdir(folder):
            raise FileNotFoundError("no such include folder: " + folder)
    movable = all(os.path.commonpath([base, folder]) == base for folder in folders)

    def name_of(path):
        return os.path.relpath(path, base) if movable else path

    lines = ["{ 'version': 0, 'case-sensitive': 'false',"]
    if movable:
        lines.append("  'overlay-relative': 'true', 'root-relative': 'overlay-dir',")
    lines.append("  'roots': [")
    for folder in folders:
        lines.append("{ 'name': %s, 'type': 'directory', 'contents': [" % quote(name_of(folder)))
        lines.extend(folder_entries(folder, name_of))
        lines.append("]},")
    lines.append("]}")
    os.makedirs(base, exist_ok=True)
    with open(out_file, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="overlay file to write")
    parser.add_argument("folders", nargs="+", help="include folders")
    arguments = parser.parse_args()
    emit(arguments.folders, arguments.out)


if __name__ == "__main__":
    main()
