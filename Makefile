# Runs nox: `make` builds all, `make test` is what CI demands. ARGS go on to it: make serve ARGS="--port 8001"
# Neither make nor a shell runs what they hold, which may be the name of somebody's branch.
override ARGS := $(value ARGS)
override PYTHON := $(or $(value PYTHON),python3)
export ARGS PYTHON
override SUDO := $(if $(filter 0,$(shell id -u)),,sudo -n)
SESSIONS := build html pdf serve linkcheck spelling diff lint types tests lowest newest standards package clean

$(SESSIONS): .venv/bin/nox
	@set -f; .venv/bin/nox -s $@ -- $$ARGS

test: .venv/bin/nox
	@.venv/bin/nox --stop-on-first-error -s spelling lint types tests

.venv/bin/nox: requirements-nox.txt
	@"$$PYTHON" -c 'import ensurepip' 2>/dev/null || { exec 2>/dev/null; $(SUDO) apt-get --version >/dev/null && \
	  echo 'Installing python3-venv with apt, to set up .venv.' && $(SUDO) apt-get -qq update && \
	  $(SUDO) apt-get -qq install --no-install-recommends python3-venv >/dev/null; } || \
	  { echo 'Missing to set up .venv: sudo apt-get install --no-install-recommends python3-venv'; exit 1; }
	@"$$PYTHON" -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-nox.txt
	@touch $@

.PHONY: $(SESSIONS) test
