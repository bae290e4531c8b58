# SPDX-License-Identifier: MIT
# The front door. `make` builds, `make demo` shows, `make test` proves.
#
#   make          builds everything into build/
#   make demo     a driver, a machine, a Windows program, side by side
#   make check    the inner loop: room tests with AddressSanitizer and UBSan
#   make test     every test; what CI runs
#   make bench    what a request costs, beside its own baselines
#   make fuzz-loader N=1000000   the loader against that many damaged images
#   make fuzz-inf N=1000000      the INF parser and checker against that many damaged files
#   make fuzz-sixteen N=1000000  readers and linker of 16-bit files against that many
#   make fuzz-thunk N=1000000    the thunk compiler against that many damaged scripts
#   make soak     kills, load, a million opens, signals; what must be flat or unchanged at the end
#   make install  PREFIX=/usr/local
#   make tidy     formatting, READMEs, layers
BUILD  ?= build
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)
CMAKE   = CC=clang-19 cmake -G Ninja -S .

.PHONY: all setup demo check test bench fuzz-loader fuzz-inf fuzz-sixteen fuzz-thunk soak install tidy clean
all: setup
	@test -f $(BUILD)/build.ninja || $(CMAKE) -B $(BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	@ninja -C $(BUILD) --quiet -j $(JOBS)

setup:
	@tools/setup/setup.sh

demo: all
	@tools/demo/demo.sh $(BUILD)

# The native half with every check of the compiler's runtime on.
$(BUILD)-asan/build.ninja:
	@$(CMAKE) -B $(BUILD)-asan -DCOVE_SANITIZE=address,undefined >/dev/null

check: setup $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS)
	@ctest --test-dir $(BUILD)-asan -L room -j $(JOBS) --output-on-failure --no-tests=error

# The sanitizer does not know the stacks of a program's threads: programs run plain against
# the sanitized machine.
test: all $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS)
	@mkdir -p $(BUILD)-asan/mixed
	@ln -sf $(abspath $(BUILD)-asan/libexec/cove/cove-machine) \
	    $(abspath $(BUILD)-asan/libexec/cove/drivers) \
	    $(abspath $(BUILD)/libexec/cove/cove-program) \
	    $(abspath $(BUILD)/libexec/cove/cove-program32) $(BUILD)-asan/mixed/
	@COVE_LIBEXEC=$(abspath $(BUILD)-asan/mixed) ctest --test-dir $(BUILD)-asan \
	    -L "room|driver|program|walk" -j $(JOBS) --output-on-failure --no-tests=error
	@ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-tests=error

bench: all
	@$(BUILD)/bin/cove-bench

N    ?= 1000000
SEED ?= 1
fuzz-loader: setup $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS) loader_fuzz
	@$(BUILD)-asan/test/loader_fuzz --seed $(SEED) --count $(N) $$(cat $(BUILD)-asan/test/fuzz/images.txt)

fuzz-inf: setup $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS) inf_fuzz
	@$(BUILD)-asan/test/inf_fuzz --seed $(SEED) --count $(N) tests/fuzz/inf/*.inf src/inf/inbox/*.inf

fuzz-thunk: setup $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS) thunk_fuzz
	@$(BUILD)-asan/test/thunk_fuzz --seed $(SEED) --count $(N) tests/fuzz/thunk/* examples/flat/*.thk

fuzz-sixteen: setup $(BUILD)-asan/build.ninja
	@ninja -C $(BUILD)-asan --quiet -j $(JOBS) sixteen_fuzz fuzz_sixteen
	@$(BUILD)-asan/test/sixteen_fuzz --seed $(SEED) --count $(N) $(BUILD)-asan/test/fuzz/program.obj \
	    $(BUILD)-asan/test/fuzz/program.exe tests/fuzz/sixteen/library.def

SOAK_KILLS    ?= 10000
SOAK_MACHINES ?= 1000
SOAK_PROGRAMS ?= 24
SOAK_THREADS  ?= 100
SOAK_REQUESTS ?= 10000
SOAK_OPENS    ?= 1000000
SOAK_PLUGS    ?= 100000
SOAK_SIGNALS  ?= 60
SOAK_SEED     ?= 1
export SOAK_MACHINES SOAK_PROGRAMS SOAK_THREADS SOAK_REQUESTS SOAK_OPENS SOAK_SEED
soak: all
	@cd tests/soak && COVE=$(abspath $(BUILD)/bin/cove) SOAK_PLUGS=$(SOAK_PLUGS) python3 -B -m unittest -v test_soak
	@cd tests/program && COVE=$(abspath $(BUILD)/bin/cove) COVE_KILLS=$(SOAK_KILLS) \
	    python3 -B -m unittest -v test_kill
	@cd tests/program && COVE=$(abspath $(BUILD)/bin/cove) SIGNALS_SECONDS=$(SOAK_SIGNALS) \
	    python3 -B -m unittest -v test_signals test_sixteen.Sixteen.test_signals

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX)

tidy:
	@tools/tidy/tidy.sh

clean:
	@rm -rf $(BUILD) $(BUILD)-asan
