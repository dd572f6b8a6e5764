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
PACKAGES := gcc libc6-dev make libgsl-dev libjansson-dev libcsv-dev nettle-dev librandom123-dev \
	libcmocka-dev
LINT_PACKAGES := clang clang-format
FUZZ_PACKAGES := clang

# A flavour is one way to compile the same sources; each has its own folder.
FLAVOUR := release
B := $(if $(filter release,$(FLAVOUR)),$(BUILD),$(BUILD)/$(FLAVOUR))

# The same input gives the same bytes whatever the compiler: no fused multiply-add that one of them
# contracts and the other does not, no -ffast-math. The two -fno- flags drop errno and exception
# flags, which nothing reads, and change no value.
FLAGS_FOR_ALL := -std=c17 -D_GNU_SOURCE -I. -g -pthread -ffp-contract=off \
	-fno-math-errno -fno-trapping-math
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wundef -Wformat=2
FLAGS_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
FLAGS_coverage := -O0 --coverage
LDFLAGS_release := -Wl,-z,relro,-z,now

CFLAGS = $(FLAGS_FOR_ALL) $(WARNINGS) $(FLAGS_$(FLAVOUR)) $(EXTRA_CFLAGS)
LDFLAGS = $(FLAGS_$(FLAVOUR)) -pthread $(LDFLAGS_$(FLAVOUR)) $(EXTRA_LDFLAGS)
LIBS = -lgsl -lgslcblas -ljansson -lcsv -lnettle -lm

MAIN := inputs/main.c
LIBRARY_SOURCES := $(sort $(filter-out $(MAIN),$(wildcard sim/*/*.c models/*.c inputs/*.c \
	reports/*.c plots/*.c)))
TEST_SOURCES := $(sort $(wildcard tests/test_*.c))
SUPPORT_SOURCES := $(sort $(filter-out $(TEST_SOURCES),$(wildcard tests/*.c)))
BENCH_SOURCES := $(sort $(wildcard tests/bench/bench*.c))

object = $(patsubst %.c,$(B)/obj/%.o,$(1))
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SOURCES))
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH_SOURCES))

.PHONY: all
all: $(B)/libcapsim.a $(if $(wildcard $(MAIN)),$(B)/capsim)

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
	@$(call keep_stamp,$(LIBRARY_SOURCES) $(SUPPORT_SOURCES))
.PHONY: FORCE

$(B)/obj/%.o: %.c $(B)/obj/flags | $(BUILD)/packages.ok
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# A test function gets a state that most do not look at.
$(B)/obj/tests/%.o: private WARNINGS += -Wno-unused-parameter

$(B)/libcapsim.a: $(call object,$(LIBRARY_SOURCES)) $(B)/obj/sources
	@rm -f $@
	$(call say,ar,$@)
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(B)/capsim: $(call object,$(MAIN)) $(B)/libcapsim.a
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/%: $(B)/obj/tests/%.o $(call object,$(SUPPORT_SOURCES)) $(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libcapsim.a
	@mkdir -p $(@D)
	$(call say,ld,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.SECONDARY:
-include $(patsubst %.c,$(B)/obj/%.d,$(LIBRARY_SOURCES) $(MAIN) $(TEST_SOURCES) \
	$(SUPPORT_SOURCES) $(BENCH_SOURCES))

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
	$(call install,$(PACKAGES))

# ---- what a newcomer runs --------------------------------------------------------------------

# Set-up comes first and the rest in a second make, on all cores unless -j was given.
JOBS := $(shell nproc)
AGAIN = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: demo test run-tests bench
demo: setup
	@$(AGAIN) all
	$(B)/capsim run inputs/scenarios/accubooks-pool.json --out $(B)/demo
	@echo "The report: $(B)/demo/report.md"

test: setup
	@$(AGAIN) run-tests
run-tests: all $(TESTS)
	@CAPSIM=$(B)/capsim JOBS=$(JOBS) tests/run $(TESTS)

bench: setup
	@$(AGAIN) all $(BENCHES)
	@CAPSIM=$(B)/capsim $(B)/bench/bench

.PHONY: clean help
help:
	@echo "make             build/capsim and build/libcapsim.a"
	@echo "make demo        set up, build, and judge the AccuBooks pool"
	@echo "make test        set up, build, and run every test"
	@echo "make bench       nanoseconds per request beside hand-written loops"
	@echo "make setup       install the packages that are missing"
	@echo "make clean       remove build/"
clean:
	rm -rf $(BUILD)
