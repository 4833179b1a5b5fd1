"""Each layer calls only layers that its USES names: what it may call through one of
them (test_layers.py) is not enough.

    CAIFS_BUILD=build/asan /usr/bin/python3 -m pytest -q tests/structure
"""

import os

import circles
from test_circles import BUILD, archive
from test_references import built, place


def calls(build):
    """By the name of each library: the others that define what it leaves undefined."""
    defined, wanted = {}, {}
    for folder, _, files in os.walk(build):
        for file in files:
            name = circles.LIBRARY.fullmatch(file)
            for _, symbol, kind in circles.symbols(os.path.join(folder, file)) if name else ():
                if kind in circles.UNDEFINED:
                    wanted.setdefault(name[1], set()).add(symbol)
                else:
                    defined[symbol] = name[1]
    return {name: {defined[symbol] for symbol in symbols if symbol in defined} - {name}
            for name, symbols in wanted.items()}


def test_each_layer_names_what_it_calls():
    uses, found = built(), calls(BUILD)
    layers = {place(name): {place(one) for one in others} for name, others in found.items()}
    assert uses.keys() <= layers.keys() | {"fs/parquet", "fs/util"}     # these call no other
    unnamed = {layer: sorted(more) for layer in uses if (more := layers.get(layer, set()) - uses[layer])}
    assert not unnamed


def test_a_planted_call_is_found(tmp_path):
    for name, files in {"high": {"high.c": "int low(void); int high(void) { return low(); }"},
                        "low": {"low.c": "int low(void) { return 0; }"}}.items():
        folder = tmp_path / name
        folder.mkdir()
        archive(folder, files)
        (folder / "libcaifs_planted.a").rename(folder / f"libcaifs_{name}.a")
    assert calls(tmp_path)["high"] == {"low"}
