# Builds, tests and measures capsim. `make help` lists what can be made.
#
# BUILD=folder builds somewhere else, CC=clang with another compiler, EXTRA_CFLAGS=... adds flags,
# V=1 shows the whole commands.

CC := gcc
BUILD := build
PREFIX := /usr/local
EXTRA_CFLAGS :=
EXTRA_LDFLAGS :=

# What has to be installed (Debian's names). `make demo` and `make test` install what is missing.
PACKAGES := gcc libc6-dev linux-libc-dev make libgsl-dev libjansson-dev libcsv-dev nettle-dev librandom123-dev \
	libcmocka-dev libarchive-dev zlib1g-dev libyaml-dev libzstd-dev liblzma-dev libbz2-dev
# Programs that capsim starts where they are there, and does without where they are not.
RUNTIME_PACKAGES := librsvg2-bin openssh-client
LINT_PACKAGES := clang clang-format
ANALYZE_PACKAGES := clang-tidy cppcheck
VALGRIND_PACKAGES := valgrind libc6-dbg
INSTALL_PACKAGES := scdoc
DEB_PACKAGES := dpkg-dev lintian
BROWSER_PACKAGES := chromium poppler-utils
FUZZ_PACKAGES := clang libclang-rt-dev

# A flavour is one way to compile the same sources. The plain one, quick to build, is in build/, each
# other one in a folder of its own there: build/release/capsim. FLAVOUR=dev after any target chooses.
FLAVOUR := plain
B := $(if $(filter plain,$(FLAVOUR)),$(BUILD),$(BUILD)/$(FLAVOUR))

# The same input gives the same bytes whatever the compiler: no fused multiply-add that one of them
# contracts and the other does not, no -ffast-math. The two -fno- flags drop errno and exception
# flags, which nothing reads, and change no value.
FLAGS_FOR_ALL := -std=c17 -D_GNU_SOURCE -I. -g -pthread -ffp-contract=off \
	-fno-math-errno -fno-trapping-math
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wundef -Wformat=2
HARDENED := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
	$(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
# CAPSIM_CHECK has the engine check its invariants: after every event those that cost little, all of
# them once for as many events as there are requests; with 2 all after every event.
CHECKED := -DCAPSIM_CHECK -fno-omit-frame-pointer
CHECKED_ALWAYS := -DCAPSIM_CHECK=2 -fno-omit-frame-pointer
FLAGS_plain := -O2 $(HARDENED)
FLAGS_release := -O2 $(HARDENED)
FLAGS_dev := -Og $(CHECKED)
FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(CHECKED)
FLAGS_tsan := -O1 -fsanitize=thread $(CHECKED)
# What was reached is written beside the sources, which the sandbox would refuse.
FLAGS_coverage := -O1 --coverage -fprofile-update=atomic -DCAPSIM_UNCONFINED
FLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	$(CHECKED_ALWAYS)
LDFLAGS_plain := -Wl,-z,relro,-z,now
LDFLAGS_release := $(LDFLAGS_plain)

# The same bytes from the same sources in any folder. gcov looks for the sources where they were.
ANYWHERE := $(if $(filter coverage,$(FLAVOUR)),,-ffile-prefix-map=$(CURDIR)=.)

# For a release gcc looks at the whole program when it links capsim and the benches. The objects are
# ordinary ones too ("fat"), so tests link fast and clang and nm can read them.
ifeq ($(FLAVOUR)$(findstring clang,$(CC)),release)
FLAGS_release += -flto=auto -ffat-lto-objects
WHOLE_PROGRAM := -flto=auto $(ANYWHERE)
ONE_BY_ONE := -fno-lto
AR := gcc-ar
endif

CFLAGS = $(FLAGS_FOR_ALL) $(WARNINGS) $(ANYWHERE) $(FLAGS_$(FLAVOUR)) $(EXTRA_CFLAGS)
LDFLAGS = $(filter-out -flto%,$(FLAGS_$(FLAVOUR))) -pthread $(LDFLAGS_$(FLAVOUR)) $(EXTRA_LDFLAGS)
# Of libarchive only what the program uses: the shared one loads a dozen libraries of formats that it
# does not read, which takes longer than all else that a short command does.
ARCHIVE_LIBS := -l:libarchive.a -lzstd -llzma -lbz2
LIBS = -lgsl -lgslcblas -ljansson -lcsv -lnettle $(ARCHIVE_LIBS) -lz -lyaml -lm

# The program but for its processes: ranks_none.c in capsim, ranks_mpi.c in capsim-mpi.
PROGRAM := $(sort $(wildcard inputs/program/*.c))
MPI_SOURCES := inputs/program/ranks_mpi.c
MAIN := $(filter-out $(MPI_SOURCES),$(PROGRAM))
LIBRARY_SOURCES := $(sort $(filter-out $(PROGRAM),$(wildcard sim/*/*.c models/*/*.c inputs/*/*.c \
	reports/*/*.c plots/*.c)))
TEST_SOURCES := $(sort $(wildcard tests/*/test_*.c))
SUPPORT_SOURCES := $(sort $(filter-out $(TEST_SOURCES),$(wildcard tests/support/*.c)))
BENCH_SOURCES := $(sort $(wildcard tests/bench/bench*.c))
BENCH_SUPPORT := $(sort $(filter-out $(BENCH_SOURCES),$(wildcard tests/bench/*.c)))
VALIDATE_SOURCES := $(sort $(wildcard tests/validate/*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SUPPORT := tests/fuzz/target.c tests/fuzz/mutate.c $(wildcard tests/support/random_*.c) \
	tests/support/scenario_trial.c tests/support/exact_laws.c tests/support/system_check.c
HEADERS := $(sort $(shell find sim models inputs reports plots tests -name '*.h' 2>/dev/null))
SOURCES := $(sort $(shell find sim models inputs reports plots tests -name '*.c' 2>/dev/null))

object = $(patsubst %.c,$(B)/obj/%.o,$(1))
TESTS := $(patsubst %.c,$(B)/tests/%,$(notdir $(TEST_SOURCES)))
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH_SOURCES))

.PHONY: all
all: $(B)/libcapsim.a $(B)/capsim

.PHONY: dev release
dev release:
	+@$(AGAIN) FLAVOUR=$@ all

# ---- compiling -------------------------------------------------------------------------------

Q := $(if $(V),,@)
say = @$(if $(V),,echo "  $(1)  $(2)")

# Two stamps that change only when their text does: the flags rebuild every object, the list of
# sources rebuilds the archive, so that a deleted file leaves it.
FLAGS_TEXT = $(CC) $(CFLAGS) | $(LDFLAGS) $(LIBS)
keep_stamp = mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@
$(B)/obj/flags: FORCE
	@$(call keep_stamp,$(FLAGS_TEXT))
$(B)/obj/sources: FORCE
	@$(call keep_stamp,$(LIBRARY_SOURCES) $(SUPPORT_SOURCES) $(BENCH_SUPPORT))
.PHONY: FORCE

$(B)/obj/%.o: %.c $(B)/obj/flags | $(BUILD)/packages.ok
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# The schema of scenarios is built in, for `capsim explain`: one string for each line, as C allows.
$(B)/made/inputs/scenario_schema.inc: inputs/scenario.schema.json
	@mkdir -p $(@D)
	$(Q)sed -e 's/["\\]/\\&/g' -e 's/.*/"&\\n"/' $< > $@
$(B)/obj/inputs/guide/explain.o: $(B)/made/inputs/scenario_schema.inc
$(B)/obj/inputs/guide/explain.o: private WARNINGS += -I$(B)/made -Wno-overlength-strings

# The engine compares numbers all the time, and what it compares leads a fuzzer nowhere.
ifeq ($(FLAVOUR),fuzz)
$(B)/obj/sim/%.o $(B)/obj/models/%.o: private FLAGS_fuzz += -fno-sanitize-coverage=trace-cmp
endif

# A test function gets a state that most do not look at.
$(B)/obj/tests/%.o: private WARNINGS += -Wno-unused-parameter

$(B)/libcapsim.a: $(call object,$(LIBRARY_SOURCES)) $(B)/obj/sources
	@rm -f $@
	$(call say,ar,$@)
	$(Q)$(AR) rcsD $@ $(filter %.o,$^)

$(B)/capsim: $(call object,$(MAIN)) $(B)/libcapsim.a
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) $(WHOLE_PROGRAM) -o $@ $^ $(LIBS)

# The same program as the processes of MPI: of the one that mpicc means, and of each that is installed.
MPI_PACKAGES := mpi-default-dev openmpi-bin
MPI_TEST_PACKAGES := $(MPI_PACKAGES) libmpich-dev mpich
MPI_KINDS := $(foreach kind,openmpi mpich,$(if $(shell command -v mpicc.$(kind)),$(kind)))
MPI_MAIN := $(filter-out inputs/program/ranks_none.c,$(MAIN))
mpicc_of = $(if $(filter openmpi mpich,$(1)),mpicc.$(1),mpicc)
$(B)/%/ranks_mpi.o: $(MPI_SOURCES) $(B)/obj/flags
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(call mpicc_of,$*) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/%/capsim-mpi: $(B)/%/ranks_mpi.o $(call object,$(MPI_MAIN)) $(B)/libcapsim.a
	$(call say,ld,$@)
	$(Q)$(call mpicc_of,$*) $(LDFLAGS) $(WHOLE_PROGRAM) -o $@ $^ $(LIBS)
$(B)/capsim-mpi: $(B)/mpi/capsim-mpi
	@cp $< $@
-include $(wildcard $(B)/*/ranks_mpi.d)

.PHONY: setup-mpi mpi run-mpi test-mpi run-test-mpi
setup-mpi:
	$(call install,$(MPI_TEST_PACKAGES))
mpi: setup
	$(call install,$(MPI_PACKAGES))
	+@$(AGAIN) run-mpi
run-mpi: $(B)/capsim-mpi

# KILLS sweeps lose a rank and are resumed; RANKS="1 2 3 8".
KILLS := 40
RANKS := 1 2 3 8
test-mpi: setup setup-mpi
	+@$(AGAIN) run-test-mpi
run-test-mpi: all $(MPI_KINDS:%=$(B)/%/capsim-mpi)
	@KILLS=$(KILLS) RANKS="$(RANKS)" FOLDER=$(B)/test-mpi tests/mpi/run $(B)/capsim $(MPI_KINDS:%=$(B)/%/capsim-mpi)

# What ranks cost beside threads; with the fastest program.
$(B)/%/bench_ranks: $(B)/%/ranks_mpi.o $(call object,tests/mpi/bench_ranks.c) $(B)/libcapsim.a
	$(call say,ld,$@)
	$(Q)$(call mpicc_of,$*) $(LDFLAGS) $(WHOLE_PROGRAM) -o $@ $^ $(LIBS)
.PHONY: bench-mpi run-bench-mpi
bench-mpi: setup
	$(call install,$(MPI_PACKAGES))
	+@$(AGAIN) FLAVOUR=release run-bench-mpi
run-bench-mpi: all $(B)/openmpi/capsim-mpi $(B)/openmpi/bench_ranks
	@tests/mpi/bench $(B)/capsim $(B)/openmpi/capsim-mpi $(B)/openmpi/bench_ranks inputs/scenarios/mmc.json

# A test's program has the name of its source, whatever its folder: build/tests/test_stream. It takes the
# names of tests (tests/support/choose_tests.h).
CHOOSE_TESTS := -Wl,--wrap=_cmocka_run_group_tests
$(foreach source,$(TEST_SOURCES),$(eval $(B)/tests/$(basename $(notdir $(source))): $(call object,$(source))))
$(TESTS): $(call object,$(SUPPORT_SOURCES)) $(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) $(ONE_BY_ONE) $(CHOOSE_TESTS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LIBS)

# Each fuzz target once more, under its own name, for the test that runs the inputs that are kept.
REPLAYED := $(patsubst tests/fuzz/%.c,$(B)/obj/replayed/%.o,$(FUZZ_SOURCES))
$(B)/obj/replayed/%.o: tests/fuzz/%.c $(B)/obj/flags | $(BUILD)/packages.ok
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(CFLAGS) -DLLVMFuzzerTestOneInput=$* -MMD -MP -c -o $@ $<
$(B)/tests/test_fuzz_corpus: $(REPLAYED) $(call object,tests/fuzz/target.c tests/fuzz/mutate.c)

$(B)/validate/validate: $(call object,$(VALIDATE_SOURCES) $(SUPPORT_SOURCES)) $(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) $(ONE_BY_ONE) $(CHOOSE_TESTS) -o $@ $^ -lcmocka $(LIBS)

# Loaded before the C library, it makes one call fail (tests/program/test_faults.c).
$(B)/faults.so: tests/faults/faults.c $(B)/obj/flags
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O1 -g $(WARNINGS) -fPIC -shared -o $@ $< -ldl

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(call object,$(BENCH_SUPPORT)) $(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) $(WHOLE_PROGRAM) -o $@ $^ $(LIBS)

$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(call object,$(FUZZ_SUPPORT) tests/fuzz/libfuzzer.c) \
		$(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

.PHONY: objects
objects: $(call object,$(filter-out $(MPI_SOURCES),$(SOURCES)))

.SECONDARY:
-include $(patsubst %.c,$(B)/obj/%.d,$(SOURCES)) $(REPLAYED:.o=.d)

# ---- set-up ----------------------------------------------------------------------------------

# Shell: the packages of $(1) that are not installed, in $missing. A machine without dpkg is taken
# at its word; the compiler will tell.
find_missing = missing=; if command -v dpkg-query >/dev/null; then for p in $(1); do \
	dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || \
	missing="$$missing $$p"; done; fi
define install
	@$(call find_missing,$(1)); [ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=env; \
	elif command -v sudo >/dev/null; then as_root="sudo env"; \
	else echo "capsim needs$$missing; install with: apt-get install$$missing (as root)" >&2; \
	exit 1; fi; \
	echo "installing$$missing"; \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get update -q && \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing
endef

$(BUILD)/packages.ok: Makefile
	@$(call find_missing,$(PACKAGES)); [ -z "$$missing" ] || \
	{ echo "capsim needs$$missing: 'make setup' installs that" >&2; exit 1; }
	@mkdir -p $(@D); touch $@

.PHONY: setup
setup:
	$(call install,$(PACKAGES) $(RUNTIME_PACKAGES))

# ---- what a newcomer runs --------------------------------------------------------------------

# Set-up comes first and the rest in a second make, on all cores unless -j was given.
JOBS := $(shell nproc)
AGAIN = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: demo test run-tests bench
demo: setup
	+@$(AGAIN) release
	$(BUILD)/release/capsim run inputs/scenarios/accubooks-pool.json --out $(BUILD)/demo
	@echo; grep -m 1 -E '^(PASS|FAIL|UNDECIDED)' $(BUILD)/demo/report.txt
	@echo "The report: $(BUILD)/demo/report.html (as text, Markdown, JSON and CSV beside it)"

test: setup
	+@$(AGAIN) run-tests
# The library that makes calls fail is of no use beside a sanitizer or gcov.
FAULTS := $(if $(filter plain dev release,$(FLAVOUR)),$(B)/faults.so)
run-tests: all $(TESTS) $(B)/validate/validate $(FAULTS)
	@CAPSIM=$(B)/capsim $(FAULTS:%=CAPSIM_FAULTS=%) JOBS=$(JOBS) tests/run $(LONG_TESTS) $(QUICK_TESTS)
	+@$(if $(MPI_KINDS),$(if $(filter plain release,$(FLAVOUR)),$(MAKE) --no-print-directory \
	run-test-mpi KILLS=3 RANKS="1 3"))

# The programs that take more than some seconds because they try much at random: statistical ones,
# and those in which memory, runs or evidence are broken. The longest first.
LONG_TESTS := $(addprefix $(B)/tests/test_,exact coverage rollout_study calibration false_pass \
	pool_twin rollout faults run_variance random_scenarios arrivals signals collectors \
	verify_edits picture_geometry size sweep distribution calibrate_command fit_law score \
	distribution_residual arrival_fit estimate study_sequential)
QUICK_TESTS := $(filter-out $(LONG_TESTS),$(TESTS))
.PHONY: quick run-quick
quick: setup
	+@$(AGAIN) run-quick
run-quick: all $(QUICK_TESTS) $(B)/validate/validate $(FAULTS)
	@CAPSIM=$(B)/capsim $(FAULTS:%=CAPSIM_FAULTS=%) JOBS=$(JOBS) tests/run $(QUICK_TESTS)

# The pages in a real browser: three widths, light and dark, in print.
.PHONY: browser-test
browser-test: setup
	$(call install,$(BROWSER_PACKAGES))
	+@$(AGAIN) all
	@tests/browser/run $(B)/capsim

bench: setup
	+@$(AGAIN) FLAVOUR=release run-bench
.PHONY: run-bench
run-bench: all $(BENCHES)
	@CAPSIM=$(B)/capsim $(B)/bench/bench

# Wrong verdicts, counted (README): 1,000 studies of up to 160 replications for each claim of the usual
# queues; then the adversarial family, tests/calibration/systems.json, as a table of Markdown.
FAMILY_STUDIES = 500
.PHONY: calibrate
calibrate: setup
	+@$(AGAIN) all $(B)/tests/test_calibration $(B)/tests/test_false_pass
	@CALIBRATION_STUDIES=1000 CALIBRATION_MOST=160 $(B)/tests/test_calibration
	@FAMILY_STUDIES=$(FAMILY_STUDIES) $(B)/tests/test_false_pass

# The engine against every answer that is known, from the command line, and two engines that are wrong
# on purpose, which it must find out: reports/validation.md. A table that fails stays in $(B).
WRONG_ORDER = one request in a thousand is served out of order
WRONG_TIMEOUT = one time-out in a thousand is dropped
.PHONY: validate
validate: setup
	+@$(AGAIN) all $(B)/validate/validate
	+@$(AGAIN) BUILD=$(B)/wrong-order EXTRA_CFLAGS="$(EXTRA_CFLAGS) -DCAPSIM_WRONG_ORDER" all
	+@$(AGAIN) BUILD=$(B)/wrong-timeout EXTRA_CFLAGS="$(EXTRA_CFLAGS) -DCAPSIM_WRONG_TIMEOUT" all
	$(B)/validate/validate $(B)/capsim "$(WRONG_ORDER)=$(B)/wrong-order/capsim" \
		"$(WRONG_TIMEOUT)=$(B)/wrong-timeout/capsim" >$(B)/validation.md
	cp $(B)/validation.md reports/validation.md

# ---- what a change must pass -----------------------------------------------------------------

.PHONY: check lint analyze format asan tsan valgrind coverage fuzz golden-update
check: lint test

# Both compilers' warnings are errors here; the other rules are short scripts in tests/lint, each of
# which says what it wants. All of them run before lint fails.
LINT_BUILD := $(BUILD)/lint
lint: setup
	$(call install,$(LINT_PACKAGES))
	+@status=0; code="$(SOURCES) $(HEADERS)"; headers="$(HEADERS)"; try() { "$$@" || { echo "lint: failed: $$*" | cut -c -99; status=1; }; }; \
	try $(AGAIN) -k BUILD=$(LINT_BUILD)/gcc CC=gcc EXTRA_CFLAGS=-Werror objects; \
	try $(AGAIN) -k BUILD=$(LINT_BUILD)/clang CC=clang EXTRA_CFLAGS=-Werror objects; \
	try tests/lint/layers $$code; \
	try tests/lint/rooms tests/lint/layers CONTRIBUTING.md $(wildcard */README.md); \
	try tests/lint/sizes $$code; \
	try tests/lint/manuals $$headers; \
	try tests/lint/headers "gcc $(FLAGS_FOR_ALL) $(WARNINGS)" $$headers; \
	try tests/lint/headers "clang $(FLAGS_FOR_ALL) $(WARNINGS)" $$headers; \
	try tests/lint/symbols $(LINT_BUILD)/gcc/obj; \
	try tests/lint/circles $(LINT_BUILD)/gcc/obj; \
	try tests/lint/packages gcc "$(PACKAGES)" "$(LIBS) -lcmocka" $(filter-out $(MPI_SOURCES),$(SOURCES)) $$headers; \
	try tests/lint/words Makefile .ci/run $(wildcard *.md) $$code; \
	try tests/lint/metrics $$code; \
	try tests/lint/format $$code; \
	[ $$status = 0 ] && echo "lint: all rules hold"; exit $$status

# Three programs read the library and the program: gcc's -fanalyzer, clang-tidy (.clang-tidy says
# which checks, and why not the others), cppcheck (tests/lint/cppcheck the same). Minutes the first
# time; then only what has changed. All of them run before analyze fails. The tests are left out: to
# all three an assertion of cmocka's seems to come back, so that they follow paths that end there.
ANALYSIS := $(BUILD)/analysis
ANALYZED := $(MAIN) $(LIBRARY_SOURCES)
analysis = $(patsubst %.c,$(ANALYSIS)/%.$(1),$(ANALYZED))
MADE := $(B)/made/inputs/scenario_schema.inc
analyze: setup
	$(call install,$(ANALYZE_PACKAGES))
	+@$(AGAIN) -k run-analysis && echo "analyze: nothing found"
.PHONY: run-analysis
run-analysis: $(call analysis,gcc) $(call analysis,tidy) $(ANALYSIS)/cppcheck.ok
$(ANALYSIS)/%.gcc: %.c $(HEADERS) $(MADE)
	@mkdir -p $(@D)
	$(call say,gcc,$<)
	$(Q)gcc $(FLAGS_FOR_ALL) -I$(B)/made -O1 -fanalyzer -Werror -c -o /dev/null $< && touch $@
$(ANALYSIS)/%.tidy: %.c .clang-tidy $(HEADERS) $(MADE)
	@mkdir -p $(@D)
	$(call say,tidy,$<)
	$(Q)clang-tidy --quiet $< -- $(FLAGS_FOR_ALL) -I$(B)/made 2>$@.log || { cat $@.log; exit 1; }
	@touch $@
$(ANALYSIS)/cppcheck.ok: $(ANALYZED) $(HEADERS) tests/lint/cppcheck $(MADE)
	@mkdir -p $(ANALYSIS)/cppcheck
	$(call say,cppcheck,$(words $(ANALYZED)) files)
	$(Q)cppcheck -j $(JOBS) --quiet --error-exitcode=1 --std=c11 --cppcheck-build-dir=$(ANALYSIS)/cppcheck \
		--enable=warning,performance,portability --suppressions-list=tests/lint/cppcheck \
		-D_GNU_SOURCE -I. -I$(B)/made $(ANALYZED)
	@touch $@

format:
	clang-format -i $(SOURCES) $(HEADERS)

# Each call for memory and each step of writing fails once, of every subcommand that takes long; make
# test tries a few.
FAULTS_ALL := 1
.PHONY: faults
faults: setup
	+@$(AGAIN) all $(B)/faults.so $(B)/tests/test_faults
	CAPSIM=$(B)/capsim CAPSIM_FAULTS=$(B)/faults.so FAULTS_ALL=$(FAULTS_ALL) $(B)/tests/test_faults

# Would the tests notice a line that is wrong? MUTANTS changes of the engine, drawn with SEED.
.PHONY: mutants
MUTANTS := 200
SEED := 1
mutants: setup
	@MUTANTS=$(MUTANTS) SEED=$(SEED) JOBS=$(JOBS) CC="$(CC)" tests/mutants/run $(BUILD)/mutants \
	$(wildcard sim/kernel/*.[ch] sim/random/*.[ch] models/*/*.[ch])

# SIGINT, SIGTERM and SIGKILL at random moments of what takes time; make test tries a few.
SIGNALS_TRIALS := 60
.PHONY: signals
signals: setup
	+@$(AGAIN) all $(B)/tests/test_signals
	CAPSIM=$(B)/capsim SIGNALS_TRIALS=$(SIGNALS_TRIALS) $(B)/tests/test_signals

# A trace of 100 million rows, 1.6 GB in TMPDIR; make test reads 400,000 (tests/hostile.md).
.PHONY: hostile
hostile: setup
	+@$(AGAIN) all $(B)/tests/test_hostile
	CAPSIM=$(B)/capsim HOSTILE_ROWS=100000000 $(B)/tests/test_hostile

# What the limits of SECURITY.md take: a row of its table each; one of them alone with LIMIT=steps.
LIMIT :=
.PHONY: limits
limits: setup
	$(call install,time)
	+@$(AGAIN) release
	tests/limits/run $(BUILD)/release/capsim $(LIMIT)

# These run the tests many times slower: an hour for each program, and those that live on numbers
# repeat what they do less often (tests/support/support.h).
asan tsan coverage valgrind: export TEST_LIMIT_S := 3600
asan tsan coverage valgrind: export CAPSIM_QUICK := 1
asan tsan: setup
	+@$(AGAIN) FLAVOUR=$@ run-tests

# 50 times slower, and one thread at a time. Left out are the tests that simulate for more than some
# seconds as it is, and those that need the program's speed (limits, signals, memory that the kernel
# counts), and those that reckon with a long double of 80 bits, which has 64 there (support, tally);
# tests/memcheck/run has each subcommand on short runs instead. AddressSanitizer sees all.
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	--trace-children=yes --trace-children-skip=/bin/*,/usr/*
VALGRIND_LEFT_OUT := arrivals bad_input calibration collectors compare coverage exact explain false_pass faults \
	golden process rollout_study report_schema signals size study_sequential support sweep tally verify
VALGRIND_TESTS := $(filter-out $(VALGRIND_LEFT_OUT:%=$(B)/tests/test_%),$(TESTS))
valgrind: setup
	$(call install,$(VALGRIND_PACKAGES))
	+@$(AGAIN) all $(VALGRIND_TESTS)
	@CAPSIM=$(B)/capsim JOBS=$(JOBS) TEST_UNDER="$(VALGRIND)" tests/run $(VALGRIND_TESTS)
	@tests/memcheck/run "$(VALGRIND)" $(B)/capsim

coverage: setup
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null || true
	+@$(AGAIN) FLAVOUR=$@ run-tests; status=$$?; \
	tests/lint/coverage $(BUILD)/coverage/obj 95 sim/ models/ && exit $$status

# Each target (FUZZ_TARGETS: some of them) for FUZZ_SECONDS, from the cases and inputs that are in
# the tree; what it finds new stays in $(BUILD)/fuzz/corpus. fuzz-keep takes over of that what
# reaches further.
FUZZ_TARGETS := $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=%)
CHOSEN_FUZZERS = $(addprefix $(B)/fuzz/fuzz_,$(FUZZ_TARGETS))
FUZZ_SECONDS := 20
fuzz: setup
	$(call install,$(FUZZ_PACKAGES))
	+@$(AGAIN) FLAVOUR=fuzz CC=clang run-fuzzers
.PHONY: fuzz-keep run-fuzzers run-fuzz-keep
fuzz-keep:
	+@$(AGAIN) FLAVOUR=fuzz CC=clang run-fuzz-keep
run-fuzzers: $(CHOSEN_FUZZERS)
	@JOBS=$(JOBS) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(B)/corpus $(CHOSEN_FUZZERS)
run-fuzz-keep: $(CHOSEN_FUZZERS)
	@tests/fuzz/keep $(B)/corpus $(CHOSEN_FUZZERS)

# Accepts what the program prints now as what it shall print: read the diff before committing it.
golden-update: setup
	+@$(AGAIN) all $(B)/tests/test_golden
	CAPSIM=$(B)/capsim GOLDEN_UPDATE=1 $(B)/tests/test_golden

# ---- installing ------------------------------------------------------------------------------

# What goes beside the program comes out of it: its tables know every option, its schema every key.
MANUALS := $(BUILD)/man/capsim.1 $(BUILD)/man/capsim-scenario.5
COMPLETIONS := $(BUILD)/completions/capsim $(BUILD)/completions/_capsim \
	$(BUILD)/completions/capsim.fish
$(BUILD)/man/capsim.1: $(B)/capsim
	@mkdir -p $(@D); command -v scdoc >/dev/null || \
	{ echo "the manual page needs scdoc: 'make setup-install' installs it" >&2; exit 1; }
	@$(B)/capsim help --scdoc | SOURCE_DATE_EPOCH=0 scdoc >$@.part && mv $@.part $@
$(BUILD)/man/capsim-scenario.5: $(B)/capsim $(BUILD)/man/capsim.1
	@$(B)/capsim explain --scdoc | SOURCE_DATE_EPOCH=0 scdoc >$@.part && mv $@.part $@
$(BUILD)/completions/capsim: $(B)/capsim
	@mkdir -p $(@D); $(B)/capsim completion bash >$@
$(BUILD)/completions/_capsim: $(B)/capsim
	@mkdir -p $(@D); $(B)/capsim completion zsh >$@
$(BUILD)/completions/capsim.fish: $(B)/capsim
	@mkdir -p $(@D); $(B)/capsim completion fish >$@

# What the program is made of, with versions and licences: SPDX 2.3.
.PHONY: sbom
sbom: setup
	+@$(AGAIN) $(B)/capsim.spdx.json
	@echo $(B)/capsim.spdx.json
$(B)/capsim.spdx.json: $(B)/capsim .ci/sbom
	@.ci/sbom $< "$$($< --version | cut -d' ' -f2)" >$@.part && mv $@.part $@

.PHONY: install run-install uninstall clean help deb setup-install
setup-install:
	$(call install,$(INSTALL_PACKAGES))
SHARE = $(DESTDIR)$(PREFIX)/share
install: setup setup-install
	+@$(AGAIN) FLAVOUR=release run-install
run-install: all $(MANUALS) $(COMPLETIONS) $(B)/capsim.spdx.json
	install -D -m 755 $(B)/capsim $(DESTDIR)$(PREFIX)/bin/capsim
	install -D -m 644 -t $(SHARE)/capsim/scenarios $(wildcard inputs/scenarios/*.*)
	install -D -m 644 -t $(SHARE)/capsim/claims $(wildcard inputs/claims/*.json)
	install -D -m 644 -t $(SHARE)/capsim/ledgers $(wildcard inputs/ledgers/*.json)
	install -D -m 644 -t $(SHARE)/capsim/scenarios/deploy $(wildcard inputs/scenarios/deploy/*)
	for schema in $(wildcard inputs/*.schema.json reports/*.schema.json); do \
	install -D -m 644 -t $(SHARE)/capsim $$schema; done
	install -D -m 644 -t $(SHARE)/man/man1 $(BUILD)/man/capsim.1
	install -D -m 644 -t $(SHARE)/man/man5 $(BUILD)/man/capsim-scenario.5
	install -D -m 644 -t $(SHARE)/bash-completion/completions $(BUILD)/completions/capsim
	install -D -m 644 -t $(SHARE)/zsh/vendor-completions $(BUILD)/completions/_capsim
	install -D -m 644 -t $(SHARE)/fish/vendor_completions.d $(BUILD)/completions/capsim.fish
	install -D -m 644 LICENSE $(SHARE)/doc/capsim/LICENSE
	install -D -m 644 $(B)/capsim.spdx.json $(SHARE)/doc/capsim/capsim.spdx.json
	install -D -m 644 -t $(SHARE)/doc/capsim inputs/scenario-format.md inputs/criteria.md \
		inputs/claims-format.md \
		inputs/ledger-format.md inputs/telemetry-import.md reports/commands.md \
		reports/evidence.md sim/accuracy.md

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/capsim $(SHARE)/man/man1/capsim.1 $(SHARE)/man/man5/capsim-scenario.5 \
		$(SHARE)/bash-completion/completions/capsim \
		$(SHARE)/zsh/vendor-completions/_capsim $(SHARE)/fish/vendor_completions.d/capsim.fish
	rm -rf $(SHARE)/capsim $(SHARE)/doc/capsim
	rm -f $(DESTDIR)$(PREFIX)/bin/capsim-mpi $(SHARE)/man/man1/capsim-mpi.1
	rm -rf $(SHARE)/doc/capsim-mpi

# The program for MPI beside capsim, whose manual and scenarios it uses.
.PHONY: install-mpi run-install-mpi
install-mpi: setup
	$(call install,$(MPI_PACKAGES))
	+@$(AGAIN) FLAVOUR=release run-install-mpi
run-install-mpi: run-mpi
	install -D -m 755 $(B)/capsim-mpi $(DESTDIR)$(PREFIX)/bin/capsim-mpi
	install -d $(SHARE)/man/man1
	echo '.so man1/capsim.1' >$(SHARE)/man/man1/capsim-mpi.1
	install -D -m 644 -t $(SHARE)/doc/capsim-mpi sim/ranks.md
	install -D -m 644 -t $(SHARE)/doc/capsim-mpi/examples $(wildcard inputs/cluster/*)

# build/capsim_VERSION_ARCHITECTURE.deb, from what `make install` would install, and capsim-mpi_... from
# what `make install-mpi` would.
deb: setup setup-install
	$(call install,$(DEB_PACKAGES) $(MPI_PACKAGES))
	+@$(AGAIN) release
	@rm -rf $(BUILD)/deb $(BUILD)/deb-mpi
	+@$(AGAIN) install PREFIX=/usr DESTDIR=$(BUILD)/deb >/dev/null
	+@$(AGAIN) install-mpi PREFIX=/usr DESTDIR=$(BUILD)/deb-mpi >/dev/null
	@version=$$($(BUILD)/release/capsim --version | cut -d ' ' -f 2) && \
	.ci/deb $(BUILD)/deb $(BUILD) capsim $$version && \
	.ci/deb $(BUILD)/deb-mpi $(BUILD) capsim-mpi $$version

clean:
	rm -rf $(BUILD)

help:
	@echo "make                 build/capsim and build/libcapsim.a, quickly: -O2"
	@echo "make dev             build/dev/capsim: -Og, invariants checked after every event"
	@echo "make release         build/release/capsim, the fastest: for demo, bench, install and deb"
	@echo "make demo            install what is missing, build, judge the AccuBooks pool"
	@echo "make test            install what is missing, build, run every test"
	@echo "make quick           the same without the long statistical tests: two minutes after a build"
	@echo "make browser-test    the HTML pages in Chromium"
	@echo "make bench           nanoseconds per request beside hand-written loops"
	@echo "make mpi             build/capsim-mpi, whose processes share the work by MPI"
	@echo "make test-mpi        it gives the same bytes on any number of ranks, and after losing one"
	@echo "make bench-mpi       what ranks cost beside threads"
	@echo "make lint            layers, sizes, manuals, warnings, format, words"
	@echo "make analyze         gcc -fanalyzer, clang-tidy and cppcheck read the sources"
	@echo "make format          let clang-format lay out every file"
	@echo "make check           lint and test: what a change must pass"
	@echo "make asan, tsan      the tests under gcc's sanitizers"
	@echo "make valgrind        most tests, and each subcommand, under memcheck"
	@echo "make coverage        lines and branches that the tests reach; sim, models: 95 %"
	@echo "make fuzz            FUZZ_SECONDS=20 for each reader of text, and for random scenarios;"
	@echo "                     FUZZ_TARGETS=\"trace system\" for some; fuzz-keep keeps what is new"
	@echo "make faults          every call for memory and every step of writing fails once"
	@echo "make mutants         would the tests notice a line that is wrong? (hours)"
	@echo "make signals         SIGINT, SIGTERM and SIGKILL at random moments"
	@echo "make hostile         a trace of 100 million rows, with all that test_hostile tries"
	@echo "make golden-update   accept what the program prints now"
	@echo "make calibrate       how often are verdicts wrong? (hours; FAMILY_STUDIES=50 for less)"
	@echo "make validate        every answer that is known, from the command line (minutes)"
	@echo "make setup           install the packages that are missing"
	@echo "make install         to DESTDIR/PREFIX (/usr/local); make uninstall takes it back"
	@echo "make install-mpi     capsim-mpi beside it"
	@echo "make deb             a Debian package in build/"
	@echo "make sbom            build/capsim.spdx.json: libraries with versions and licences"
	@echo "make clean           remove build/"
	@echo "FLAVOUR=dev CC=clang BUILD=folder EXTRA_CFLAGS=... V=1 change how:"
	@echo "                     make test FLAVOUR=dev tests build/dev/capsim"
