// node compile.mjs CORE ROOT: compile every .py below ROOT to .pyc, in Pyodide itself, so that the versions agree.
// A folder whose name begins with KEEP keeps its sources and has __pycache__; elsewhere the .pyc takes the .py's place.
import { pathToFileURL } from "node:url";
import path from "node:path";

const [core, root, keep] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(core, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: `${path.resolve(core)}/` });
python.FS.mkdirTree("/root");
python.FS.mount(python.FS.filesystems.NODEFS, { root: path.resolve(root) }, "/root");
python.globals.set("keep", keep);
python.runPython(`
import importlib.util, pathlib, py_compile
for package in pathlib.Path("/root").iterdir():
    for source in package.rglob("*.py"):
        kept = package.name.startswith(keep)
        target = importlib.util.cache_from_source(str(source)) if kept else f"{source}c"
        shown = f"/lib/python3.14/site-packages/{source.relative_to(package)}"
        try:
            py_compile.compile(str(source), target, shown, True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        except py_compile.PyCompileError:  # a template or a test of another Python's syntax
            continue
        if not kept:
            source.unlink()
`);
