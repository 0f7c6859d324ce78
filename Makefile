# tomopair: `make demo` and `make test` are all a new machine needs.

SHELL := /bin/bash
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# A folder of its own for builds, so that several checkouts or settings can live side by side.
SCRATCH ?= .build
DEMO ?= demo
# The folder of the registration study, and what it is told: make study-registration TRIALS=100
STUDY ?= study
TRIALS ?= 10
PACKAGES := libtiff-dev libhdf5-dev libfftw3-dev libpng-dev libdeflate-dev zlib1g-dev \
	libssl-dev libsqlite3-dev pkg-config
SWIFT_BUILD := swift build --scratch-path $(SCRATCH)
SWIFT_TEST := swift test --scratch-path $(SCRATCH)
# Tests see inside modules, which users' builds do not allow; a folder apart keeps both built.
RELEASE_TESTS := --scratch-path $(SCRATCH)-testing -c release -Xswiftc -enable-testing
# The rooms whose kernels are tested in debug builds too, where every overflow and index is checked
# before the optimiser has seen it.
KERNELS := Volumes|Randomness|Dataset|Morphology|PoreNetwork|Fourier|Registration|Segmentation|Measurement|Tomography|DigitalRock|Workspace|Manifest|Catalog|Report|Resizing|Degradation|ImageMetrics|WeightFiles|PatchFeed|TrainingRecipe|RunLog
# Whole registrations, and the surfaces and grey values of whole rocks, take minutes before the optimiser;
# their parts are tested in debug builds.
WHOLES := (Register[A-Za-z]*|Interface|GreyCorrection)Tests\.swift
# The package manager remembers what Package.swift came to, by its text and the environment; what it
# says depends on whether libtorch is there.
export TOMOPAIR_LIBTORCH = $(realpath $(or $(TORCH_ROOT),.libtorch/torch))

.PHONY: demo demo-training test setup toolchain packages libtorch python build lint bench bench-training \
	bench-pores study-registration race-registration clean

QUICK := $(DEMO)/runs/tomography-quick

demo: build
	@echo "== The main job on the shipped (simulated) samples"
	$(SCRATCH)/release/tomopair build samples/manifest.yaml --output $(DEMO)
	@if [ -d "$$TOMOPAIR_LIBTORCH" ]; then \
		$(MAKE) --no-print-directory demo-training DEMO=$(DEMO) SCRATCH=$(SCRATCH); \
	else echo "There is no libtorch, so the demo ends without training."; fi

# Goes on with a training that was stopped.
demo-training:
	@echo "== A small network on those samples, judged on the one it has not seen"
	$(SCRATCH)/release/tomopair-train train $(DEMO) --recipe manifests/training/tomography-quick.yaml \
		$$([ ! -e $(QUICK)/checkpoints ] || echo --resume)
	$(SCRATCH)/release/tomopair-train evaluate $(DEMO) --checkpoint $(QUICK)
	@echo "== The run and its figures, taken into the catalog"
	$(SCRATCH)/release/tomopair build samples/manifest.yaml --output $(DEMO)

test: setup python
	swift build $(RELEASE_TESTS) --build-tests
	swift test $(RELEASE_TESTS) --skip-build
	$(SWIFT_BUILD) --build-tests
	$(SWIFT_TEST) --skip-build --filter '^($(KERNELS))Tests\.' --skip '$(WHOLES)'

build: setup
	$(SWIFT_BUILD) -c release --product tomopair
	@[ ! -d "$$TOMOPAIR_LIBTORCH" ] || { set -x; $(SWIFT_BUILD) -c release --product tomopair-train; }

setup: toolchain packages libtorch

toolchain:
	@command -v swift >/dev/null || { \
		echo "tomopair needs the Swift 6.3 toolchain, and there is no 'swift' on the PATH."; \
		echo "Install it from swift.org (Linux: swiftly, or the archive for your system), then run make again."; \
		exit 69; }

# Installs only what is missing, and asks for rights only then.
packages:
	@missing=""; \
	if command -v dpkg-query >/dev/null; then \
		for package in $(PACKAGES); do \
			dpkg-query -W -f '$${db:Status-Abbrev}' $$package 2>/dev/null | grep -q '^ii' \
				|| missing="$$missing $$package"; \
		done; \
		if [ -n "$$missing" ]; then \
			echo "== Installing$$missing"; \
			$(SUDO) apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
		fi; \
	else \
		for library in libtiff-4 hdf5 fftw3f libpng libdeflate zlib libcrypto sqlite3; do \
			pkg-config --exists $$library 2>/dev/null || missing="$$missing $$library"; \
		done; \
		if [ -n "$$missing" ]; then \
			echo "This is no Debian or Ubuntu, so make cannot install what is missing:$$missing."; \
			echo "Install the development packages of libtiff, HDF5, FFTW 3 (single precision), libpng,"; \
			echo "libdeflate, zlib, OpenSSL and SQLite 3, and pkg-config, with your system's package manager."; \
			exit 69; \
		fi; \
	fi

# libtorch as the PyTorch wheel has it, for tomopair-train; TORCH_ROOT names another one. The wheel
# without CUDA is a tenth of the other's size, and is taken where there is no GPU of NVIDIA's and pip
# can find it. Without libtorch all but the trainer is built. What the package manager remembers of
# the package is forgotten when libtorch comes, so that a bare `swift build` sees it too.
libtorch:
ifeq ($(TORCH_ROOT),)
	@[ -e .libtorch/installed ] || { \
		[ ! -e .libtorch/failed ] && \
		echo "== Installing libtorch into .libtorch" && \
		{ python3 -c 'import venv, ensurepip' 2>/dev/null || \
			{ command -v apt-get >/dev/null && $(SUDO) apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }; } && \
		rm -rf .libtorch && python3 -m venv .libtorch && \
		wheel=torch && \
		if ! nvidia-smi >/dev/null 2>&1; then \
			cpu=$$(.libtorch/bin/pip index versions torch 2>/dev/null \
				| grep -o '[0-9][0-9.]*+cpu' | sort -Vr | head -n 1); \
			[ -z "$$cpu" ] || wheel="torch==$$cpu"; \
		fi && \
		.libtorch/bin/pip install --quiet --disable-pip-version-check "$$wheel" numpy && \
		folder=$$(.libtorch/bin/python -c 'import torch; print(torch.__path__[0])') && \
		ln -sfn "$${folder#$(CURDIR)/.libtorch/}" .libtorch/torch && \
		rm -f "$${XDG_CACHE_HOME:-$$HOME/.cache}"/org.swift.swiftpm/manifests/manifest.db && \
		echo "$$wheel" > .libtorch/installed; } || { \
		mkdir -p .libtorch && touch .libtorch/failed; \
		echo "libtorch could not be installed, so tomopair-train will not be built; tomopair will."; \
		echo "To try again, remove .libtorch; or set TORCH_ROOT to a folder with its include/ and lib/."; }
else
	@[ -e "$(TORCH_ROOT)/include/ATen/ATen.h" ] || { \
		echo "TORCH_ROOT is $(TORCH_ROOT), which holds no include/ATen/ATen.h."; exit 66; }
endif

# The Python environment of the tests; the programs need none.
python: .venv/installed

.venv/installed: Tests/requirements.txt
	@echo "== Installing the tests' Python environment into .venv"
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { \
		command -v apt-get >/dev/null || { echo "The tests need python3 with venv."; exit 69; }; \
		$(SUDO) apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends python3-venv; }
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	touch $@

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

bench: build python
	Benchmarks/run
	@[ ! -d "$$TOMOPAIR_LIBTORCH" ] || $(MAKE) --no-print-directory bench-training

# The trainer's parts beside PyTorch's, BasicSR's and BSRGAN's; PARTS=step,degrade,patches,wait takes
# some of them.
bench-training: build .venv-race/installed
	@[ -d "$$TOMOPAIR_LIBTORCH" ] || { echo "There is no libtorch, and so no trainer to time."; exit 69; }
	swift build -c release --package-path Benchmarks --product training-speed
	$(SCRATCH)/release/tomopair build samples/manifest.yaml --output $(DEMO) >/dev/null
	.venv-race/bin/python Benchmarks/training.py --workspace $(DEMO) \
		--trainer $(SCRATCH)/release/tomopair-train $(if $(PARTS),--parts $(PARTS))

# The kernels of segmentation and measurement beside their peers; EDGES="200 300" says on how large
# cubes, PARTS=otsu,median takes some of them. Takes half an hour.
bench-pores: setup .venv-pores/installed
	swift build -c release --package-path Benchmarks --product kernels
	.venv-pores/bin/python Benchmarks/pores.py $(if $(EDGES),--edges $(EDGES)) \
		$(if $(PARTS),--parts $(PARTS))

# Goes on where it was stopped; CASES=shift,part takes some of the cases.
study-registration: setup
	swift build -c release --package-path Benchmarks --product registration-study
	Benchmarks/.build/release/registration-study run $(STUDY) --trials $(TRIALS) \
		$(if $(CASES),--cases $(CASES))

race-registration: setup .venv-race/installed
	swift build -c release --package-path Benchmarks --product registration-study
	.venv-race/bin/python Benchmarks/registration.py --trials $(TRIALS) \
		$(if $(CASES),--cases $(CASES))

.venv-race/installed: Benchmarks/requirements.txt Benchmarks/requirements-alone.txt
	python3 -m venv .venv-race
	.venv-race/bin/pip install --quiet --disable-pip-version-check -r $<
	.venv-race/bin/pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --use-pep517 -r Benchmarks/requirements-alone.txt
	touch $@

.venv-pores/installed: Benchmarks/requirements-pores.txt Benchmarks/requirements-pores-built.txt
	python3 -m venv .venv-pores
	.venv-pores/bin/pip install --quiet --disable-pip-version-check -r $<
	.venv-pores/bin/pip install --quiet --disable-pip-version-check --no-deps --no-cache-dir \
		--no-build-isolation --use-pep517 -r Benchmarks/requirements-pores-built.txt
	touch $@

clean:
	rm -rf $(SCRATCH) $(SCRATCH)-testing $(DEMO)
