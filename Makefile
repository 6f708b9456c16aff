# A thin layer over nox: `make` builds all, `make test` is what CI demands. ARGS go on: make serve ARGS="--port 8001"
PYTHON ?= python3
APT := $(if $(filter 0,$(shell id -u)),,sudo -n )apt-get -qq
SESSIONS := build html pdf serve linkcheck spelling lint types tests clean

$(SESSIONS): .venv/bin/nox
	@.venv/bin/nox -s $@ -- $(ARGS)

test: .venv/bin/nox
	@.venv/bin/nox -s lint types spelling tests

.venv/bin/nox: requirements-nox.txt
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo 'Installing python3-venv with apt, to set up .venv.'; \
	  { $(APT) update && $(APT) install --no-install-recommends python3-venv; } >/dev/null 2>&1; } || \
	  { echo 'Missing: sudo apt-get install --no-install-recommends python3-venv'; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-nox.txt
	@touch $@

.PHONY: $(SESSIONS) test
