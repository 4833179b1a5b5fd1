"""A file that calls a layer it may not use does not build: tried with every
file of every layer, in a copy of the source.

Each layer is linked whole with what it may use (cmake/Layer.cmake). Here each
of its files gets a function that calls into every layer it may not use, and the
link has to name the file and the call."""

import json
import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Promises to the people who run it: what serves a mount cannot write to the
# platform, and what reads a mount cannot ask the platform at all.
WRITES = ["gateway_post", "gateway_delete"]
ASKS = ["gateway_create", "platform_create", "http_create"]
PROMISED = {
    "platform": WRITES, "cli_mount": WRITES, "cli_runtime": ["gateway_post"],
    "cli_warm": ASKS, "cli_wait": ASKS, "cli_status": ASKS,
}


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60,
                          **options).stdout


class Copy:
    """The source in a folder of its own, and what its build knows of the layers."""

    def __init__(self, folder):
        self.source, self.build = os.path.join(folder, "source"), os.path.join(folder, "build")
        for path in output("git", "ls-files", "-z", cwd=ROOT).split("\0"):
            if path and not path.startswith(("tests/", "bench/")) and os.path.exists(f"{ROOT}/{path}"):
                os.makedirs(os.path.dirname(f"{self.source}/{path}"), exist_ok=True)
                shutil.copyfile(f"{ROOT}/{path}", f"{self.source}/{path}")
        output("cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
               "-DCMAKE_BUILD_TYPE=Debug", "-DCAIFS_TESTS=OFF", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        targets = output("ninja", "-C", self.build, "-t", "targets", "all")
        self.layers = sorted(set(re.findall(r"^layer_(\w+): phony$", targets, re.M)))

    def make(self, *targets):
        """Its exit status and all that was said."""
        done = subprocess.run(["ninja", "-C", self.build, "-j", "2", *targets], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                              env=dict(os.environ, LC_ALL="C"), check=False)
        return done.returncode, done.stdout

    def files(self):
        """The sources of each layer."""
        found = {layer: [] for layer in self.layers}
        with open(f"{self.build}/compile_commands.json", encoding="utf-8") as handle:
            for entry in json.load(handle):
                layer = re.search(r" -o \S*/caifs_(\w+)\.dir/", entry["command"])
                if layer:
                    found[layer[1]].append(entry["file"])
        return found

    def archives(self):
        """Where the archive of each layer is."""
        targets = output("ninja", "-C", self.build, "-t", "targets", "all")
        return dict((name, path) for path, name in
                    re.findall(r"^(\S*/libcaifs_(\w+)\.a):", targets, re.M))

    def linked(self, layer):
        """The layers that are linked with this one: those that it may use."""
        query = output("ninja", "-C", self.build, "-t", "query", f"layers/layer_{layer}")
        return set(re.findall(r"/libcaifs_(\w+)\.a", query)) - {layer}

    def functions(self, archive):
        symbols = output("nm", "-g", "--defined-only", f"{self.build}/{archive}")
        return sorted(set(re.findall(r"^[0-9a-f]+ T (\w+)$", symbols, re.M)))


def plant(path, number, symbols):
    """Adds a function that calls them all. Their names are given to the
    assembler, for the file may declare one of them as it is."""
    with open(path, encoding="utf-8") as handle:
        text = handle.read()
    names = [f"planted_{number}_{i}" for i in range(len(symbols))]
    with open(path, "a", encoding="utf-8") as handle:
        for name, symbol in zip(names, symbols):
            handle.write(f'\nextern void {name}(void) __asm__("{symbol}");')
        handle.write(f"\nvoid planted_{number}(void);\nvoid planted_{number}(void)\n{{\n")
        handle.writelines(f"\t{name}();\n" for name in names)
        handle.write("}\n")
    return text


def refused(said, path):
    """The functions that the linker said it lacks for calls in a file."""
    return set(re.findall(re.escape(path) + r":\d+: undefined reference to `(\w+)'", said))


def test_no_file_of_a_layer_can_call_one_it_may_not_use(tmp_path):
    copy = Copy(str(tmp_path))
    status, said = copy.make("caifs", *(f"layer_{layer}" for layer in copy.layers))
    assert status == 0, said

    files, archives = copy.files(), copy.archives()
    uses = {layer: copy.linked(layer) for layer in copy.layers}
    assert {"util", "platform", "fuse", "cli_mount"} <= set(copy.layers)
    assert set(archives) == set(copy.layers) and all(files.values())
    # Two of each, and so never one alone: of more than five references in a
    # row to the same function the linker names but the first five.
    functions = {layer: copy.functions(archives[layer]) for layer in copy.layers}
    samples = {layer: [*found[:1], *found[1:][-1:]] for layer, found in functions.items()}

    faults = [f"{layer} and {lower} use each other" for layer in copy.layers
              for lower in uses[layer] if layer in uses[lower]]
    # From the top down: what is below is then always as it was.
    for layer in sorted(copy.layers, key=lambda layer: -len(uses[layer])):
        symbols = [symbol for other in copy.layers if other != layer and other not in uses[layer]
                   for symbol in samples[other]]
        symbols += [symbol for symbol in PROMISED.get(layer, []) if symbol not in symbols]
        assert len(symbols) > 1, layer
        whole = {path: plant(path, number, symbols) for number, path in enumerate(files[layer])}
        status, said = copy.make(f"layer_{layer}")
        if status == 0:
            faults.append(f"layer_{layer} builds with calls to {symbols}")
        for path, text in whole.items():
            faults += [f"{os.path.relpath(path, copy.source)} may call {symbol}"
                       for symbol in symbols if symbol not in refused(said, path)]
            with open(path, "w", encoding="utf-8") as handle:
                handle.write(text)
    known = {symbol for found in functions.values() for symbol in found}
    assert {symbol for symbols in PROMISED.values() for symbol in symbols} <= known
    assert not faults, "\n".join(faults[:40])
