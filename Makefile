# GNU make 3.81 (as on macOS) or later. `make help` lists what can be made.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
UV ?= uv
ARGS ?=

PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet
IN_VENV = PATH="$(CURDIR)/.venv/bin:$$PATH"
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-config --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS)
NEWS_OFF = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}

.PHONY: help lab test build site bench mutants lint lock clean
help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1	\2/p' Makefile
	@echo 'More for the command behind it: make test ARGS="-k forks"'

lab: .venv/.lab  ## open the course in JupyterLab
	$(IN_VENV) .venv/bin/python -m jupyterlab --ServerApp.root_dir="$(CURDIR)" $(wildcard notebooks/0-start/0.1*.ipynb) $(ARGS)

test: .venv/.test  ## run all tests
	$(IN_VENV) .venv/bin/python -m pytest -n auto $(ARGS)

build: .venv/.lab  ## build solutions/ and notebooks/ from course/
	$(IN_VENV) .venv/bin/autograde build $(ARGS)

site: .venv/.test  ## build the site with the browser edition in build/site (needs node and npm)
	$(IN_VENV) .venv/bin/autograde site $(ARGS)

bench: .venv/.test  ## run the scripts in benchmarks/
	@set -e; for script in $(sort $(wildcard benchmarks/[!_]*.py)); do echo "$$script"; $(IN_VENV) .venv/bin/python "$$script" $(ARGS); done

mutants: .venv/.test  ## weaken policies and references one by one: does a test notice? (long)
	$(IN_VENV) .venv/bin/python tests/weakened.py
	$(IN_VENV) .venv/bin/python tests/mutants.py $(ARGS)

lint: .venv/.test  ## check style, format and types
	$(IN_VENV) .venv/bin/python -m ruff check .
	$(IN_VENV) .venv/bin/python -m ruff format --check .
	$(IN_VENV) .venv/bin/python -m mypy

# The versions in site/browser.lock are those that Pyodide's own list names: to move to another Pyodide, change them there and in
# autograde/building/vendor.py, and this writes the checksums.
lock:  ## pin the dependencies of pyproject.toml (ARGS=--upgrade: to their newest versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) pyproject.toml --extra all -o requirements.lock
	$(COMPILE) pyproject.toml --all-extras -c requirements.lock -o requirements-test.lock
	grep -o '^[^ ]*==[^ ]*' site/browser.lock >site/browser.in
	$(UV) pip compile --quiet --no-deps --generate-hashes --no-config --no-annotate --no-header --no-emit-index-url \
		--python-version 3.14 site/browser.in -o site/browser.lock
	rm site/browser.in

clean:  ## remove .venv
	rm -rf .venv

.venv/.test: .venv/.lab requirements-test.lock
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

.venv/.lab: .venv/bin/python requirements.lock pyproject.toml autograde/__init__.py
	@echo "Installing into .venv (the first time this takes a minute or a few) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p .venv/share/jupyter/lab/settings
	@echo '$(NEWS_OFF)' > .venv/share/jupyter/lab/settings/overrides.json
	@touch $@

.venv/bin/python:
	@for python in $(PYTHON); do \
	    version=$$("$$python" --version 2>&1) || continue; \
	    "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
	        || { seen="$$seen $$python is $$version."; continue; }; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null \
	        || { seen="$$seen $$python has no venv module (Debian, Ubuntu: apt install python3-venv)."; continue; }; \
	    rm -rf .venv; "$$python" -m venv .venv && exit 0; rm -rf .venv; exit 1; \
	done; \
	echo "This needs Python 3.11 to 3.14 with its venv module.$$seen" >&2; \
	echo "Install one, or name one: make lab PYTHON=/path/to/python3.12" >&2; exit 1
